from dataclasses import replace
from typing import Any

import pytest

from auterity_sdk.runtime.plugins import builtin_registry
from auterity_sdk.steps.context import StepContext
from auterity_sdk.testing.scripted_model import Scripted, ScriptedModel
from tests.steps.ai.one_model import Asking, OneModel


@pytest.fixture
def asking(context: StepContext) -> Asking:
    """A context whose model answers so, and the model."""

    def made(*answers: Scripted, **more: Any) -> tuple[StepContext, ScriptedModel]:
        model = ScriptedModel(answers, **more)
        return replace(context, connections=OneModel(model), catalog=builtin_registry()), model

    return made

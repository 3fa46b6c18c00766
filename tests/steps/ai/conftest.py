from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import pytest

from auterity_sdk.ai.language_model import LanguageModel
from auterity_sdk.runtime.plugins import builtin_registry
from auterity_sdk.steps.context import StepContext
from auterity_sdk.testing.scripted_model import Scripted, ScriptedModel

Port = TypeVar("Port")
Asking = Callable[..., tuple[StepContext, ScriptedModel]]


@dataclass
class OneModel:
    model: Any

    def get(self, port: Callable[..., Port], name: str | None = None) -> Port:
        assert port is LanguageModel
        return self.model  # type: ignore[no-any-return]


@pytest.fixture
def asking(context: StepContext) -> Asking:
    """A context whose model answers so, and the model."""

    def made(*answers: Scripted, **more: Any) -> tuple[StepContext, ScriptedModel]:
        model = ScriptedModel(answers, **more)
        return replace(context, connections=OneModel(model), catalog=builtin_registry()), model

    return made

"""The step type `ai.moderate`."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from auterity_sdk.ai.language_model import LanguageModel
from auterity_sdk.steps.context import StepContext
from auterity_sdk.steps.output import Outcome, Output
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.declaration import argument, declare, effect


class Moderated(Output):
    """Whether a text is harmful."""

    clean: ClassVar[Outcome] = Outcome("nothing harmful was found")
    flagged: ClassVar[Outcome] = Outcome("a person should look at it")

    categories: list[str] = Field(default_factory=list)
    """What was found, in the provider's words (`harassment/threatening`), sorted."""
    provider: str
    model: str


@step(
    name="ai.moderate",
    idempotent=True,  # asked again, a model does nothing again; what it cost counts each time
    declares=declare(
        effects=[effect("llm", boundary="external", text=argument("text"))], passes=()
    ),
)
async def moderate(context: StepContext, text: str, connection: str | None = None) -> Moderated:
    """Look for threats, harassment, hate, self-harm and sexual content in a text."""
    model: LanguageModel = context.connections.get(LanguageModel, connection)
    found = await model.moderate(text)
    made = Moderated(categories=list(found.categories), provider=found.provider, model=found.model)
    return Moderated.flagged(made) if found.flagged else Moderated.clean(made)

"""The step type `ai.embed`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from auterity_sdk.ai.language_model import LanguageModel
from auterity_sdk.steps.context import StepContext
from auterity_sdk.steps.output import Output
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.declaration import argument, declare, effect

MOST = 256
"""Texts in one step."""


class Embedded(Output):
    """One vector for each text, in their order, each of length 1."""

    vectors: list[list[float]]
    provider: str
    model: str
    input_tokens: int


@step(
    name="ai.embed",
    idempotent=True,  # asked again, a model does nothing again; what it cost counts each time
    declares=declare(
        effects=[effect("llm", boundary="external", text=argument("texts"))], passes=()
    ),
)
async def embed(
    context: StepContext,
    texts: Annotated[list[str], Field(min_length=1, max_length=MOST)],
    connection: str | None = None,
    model: str = "",
) -> Embedded:
    """The vectors of texts: those that mean alike lie close to each other. To look things up, use `ai.retrieve`."""
    asked: LanguageModel = context.connections.get(LanguageModel, connection)
    found = await asked.embed(texts, model)
    return Embedded(
        vectors=[list(vector) for vector in found.vectors],
        provider=found.provider,
        model=found.model,
        input_tokens=found.usage.input,
    )

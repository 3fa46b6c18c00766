"""The step type `ai.summarize`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from auterity_sdk.ai import prompts
from auterity_sdk.dealership.classification import Classified, DataClass
from auterity_sdk.steps.asking import ASKS, Asked, ModelChoice, ask
from auterity_sdk.steps.context import StepContext
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.declaration import argument, declare, effect, label


class Summary(Asked):
    """A text in few words."""

    summary: Annotated[str, Classified(DataClass.FREE_TEXT)] = ""


@step(
    name="ai.summarize",
    idempotent=True,  # asked again, a model does nothing again; what it cost counts each time
    declares=declare(
        effects=[
            effect("llm", boundary="external", text=argument("text")),
            effect("llm", boundary="external", text=argument("prompt")),
        ],
        labels=[label("llm_generated", "summary")],
    ),
    asks=ASKS,
)
async def summarize(
    context: StepContext,
    text: str,
    sentences: Annotated[int, Field(ge=1, le=20)] = 3,
    prompt: str = "",
    connection: str | None = None,
    model: str = "",
    max_tokens: Annotated[int, Field(ge=1)] | None = None,
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None,
) -> Summary:
    """Say in few sentences what a text says, for a person who has to read many.

    What the text holds, its personal data included, may be in the summary too. Ends `invalid` where no answer fits.
    """
    reply = await ask(
        context,
        prompts.summarize(text, sentences, prompt),
        lambda found: str(found["summary"]),
        ModelChoice(connection, model, max_tokens, temperature),
        told="summary",
    )
    return reply.ended(Summary(summary=reply.value or "", evidence=reply.evidence))

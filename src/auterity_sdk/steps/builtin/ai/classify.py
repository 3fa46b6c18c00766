"""The step type `ai.classify`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from msgspec.structs import replace
from pydantic import Field

from auterity_sdk.ai import prompts
from auterity_sdk.errors import StepError
from auterity_sdk.steps.asking import ASKS, Asked, ModelChoice, ask
from auterity_sdk.steps.context import StepContext
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.declaration import argument, declare, effect
from auterity_sdk.workflow.signature import Shaping


class Classification(Asked):
    """What a text is about."""

    label: str = ""
    """One of the labels."""
    confidence: float = 0.0
    """How sure the model says it is, from 0 to 1. It is no probability: compare it with cases of your own."""


@step(
    name="ai.classify",
    idempotent=True,  # asked again, a model does nothing again; what it cost counts each time
    declares=declare(
        effects=[
            effect("llm", boundary="external", text=argument("text")),
            effect("llm", boundary="external", text=argument("prompt")),
        ],
        passes=(),
    ),
    shapings=[Shaping("labels", "names", "label")],
    asks=replace(ASKS, longest_answer=prompts.LONGEST_LABEL),
)
async def classify(
    context: StepContext,
    text: str,
    labels: dict[str, str] | list[str],
    prompt: str = "",
    connection: str | None = None,
    model: str = "",
    max_tokens: Annotated[int, Field(ge=1)] | None = None,
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None,
) -> Classification:
    """Pick the label that says best what a text is about.

    `text` may be a stranger's: the model is told to read it as data. `labels` are names, best with what each
    means; `prompt` is advice of the workflow's author. Ends `invalid` where no answer fits, twice.
    """
    named = dict(labels) if isinstance(labels, Mapping) else dict.fromkeys(labels, "")
    if not named:
        raise StepError("there are no labels to pick from", type="bad_input")
    reply = await ask(
        context,
        prompts.classify(text, named, prompt),
        _read,
        ModelChoice(connection, model, max_tokens, temperature),
    )
    label, confidence = reply.value or ("", 0.0)
    made = Classification(label=label, confidence=confidence, evidence=reply.evidence)
    return reply.ended(made)


def _read(found: Mapping[str, Any]) -> tuple[str, float]:
    return found["label"], float(found["confidence"])

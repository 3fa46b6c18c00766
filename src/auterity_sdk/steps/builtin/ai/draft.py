"""The step type `ai.draft`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from auterity_sdk.ai import prompts
from auterity_sdk.dealership.ai_disclosure import ai_disclosure
from auterity_sdk.dealership.classification import Classified, DataClass
from auterity_sdk.steps.asking import ASKS, Asked, ModelChoice, ask
from auterity_sdk.steps.context import StepContext
from auterity_sdk.steps.founded_text import FoundedText
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.declaration import argument, declare, effect, label


class Drafted(Asked):
    """A text that a model wrote; nobody has looked at it."""

    text: Annotated[str, Classified(DataClass.FREE_TEXT)] = ""
    """The text alone."""
    disclosure: str = ""
    """The sentence that says who wrote it, by the dealership's name and the language."""
    message: Annotated[str, Classified(DataClass.FREE_TEXT)] = ""
    """The text, and the disclosure below it: what is sent."""


@step(
    name="ai.draft",
    idempotent=True,  # asked again, a model does nothing again; what it cost counts each time
    declares=declare(
        effects=[
            effect("llm", boundary="external", text=argument("text")),
            effect("llm", boundary="external", text=argument("prompt")),
            effect("llm", boundary="external", text=argument("facts")),
        ],
        labels=[
            label("llm_generated", "text"),
            label("llm_generated", "message"),
            label("ai_disclosure", "message"),
            label("ai_disclosure", "disclosure"),
        ],
    ),
    asks=ASKS,
)
async def draft(
    context: StepContext,
    prompt: Annotated[str, Field(min_length=1)],
    facts: dict[str, Any] = {},  # noqa: B006 - never changed
    text: str = "",
    language: Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]+)*$")] = "en",
    longest: Annotated[int, Field(ge=0)] = 0,
    connection: str | None = None,
    model: str = "",
    max_tokens: Annotated[int, Field(ge=1)] | None = None,
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None,
) -> Drafted:
    """Write a text for a customer that states nothing but the given facts.

    `prompt` says what to write, `text` is what it answers, if anything (it may be a stranger's), `longest` bounds
    it in characters. Every number, price, date and time of the draft must be one of `facts`; so must each address, and
    each word that binds the dealership (guaranteed, approved, free). A draft that states another, or quotes what the
    model was told, is sent back once, and then the step ends `invalid`.
    """
    known = {name: prompts.as_fact(value, context.zone) for name, value in facts.items()}
    request = prompts.draft(prompt, known, language=language, longest=longest, text=text)
    founded = FoundedText.of(
        facts,
        (*known.values(), prompt),
        request.messages[0].text,
        context,
        language,
        longest,
    )

    def read(found: Mapping[str, Any]) -> str:
        return founded.read(found["text"])

    choice = ModelChoice(connection, model, max_tokens, temperature)
    reply = await ask(context, request, read, choice, told="text")
    said = reply.value or ""
    disclosure = ai_disclosure(str(context.dealership.get("name") or ""), language)
    made = Drafted(
        text=said,
        disclosure=disclosure,
        message=f"{said}\n\n{disclosure}" if said else "",
        evidence=reply.evidence,
    )
    return reply.ended(made)

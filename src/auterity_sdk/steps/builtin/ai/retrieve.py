"""The step type `ai.retrieve`."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from auterity_sdk.ai.knowledge.searching import Knowledge
from auterity_sdk.errors import StepError
from auterity_sdk.steps.context import StepContext
from auterity_sdk.steps.output import Output
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.declaration import argument, declare, effect


class RetrievedPassage(BaseModel):
    """A passage of a document that may answer the question."""

    text: str
    source: str
    """Where it stands: file, headings, lines, page or row."""
    score: float
    """Only for the order within one answer."""


class Retrieved(Output):
    """The passages that are nearest to the question, the best first; empty where nothing is near."""

    passages: list[RetrievedPassage] = Field(default_factory=list)
    text: str = ""
    """All of them with their sources: what a model is given to answer from."""
    model: str
    """What made the vectors; `offline/…` are hashed words."""
    input_tokens: int = 0


@step(
    name="ai.retrieve",
    idempotent=True,
    declares=declare(
        effects=[effect("llm", boundary="external", text=argument("question"))], passes=()
    ),
)
async def retrieve(
    context: StepContext,
    question: str,
    knowledge: str | None = None,
    most: Annotated[int, Field(ge=1, le=50)] = 5,
) -> Retrieved:
    """Find the passages of the dealership's own documents that answer a question, with their sources.

    `knowledge` is a name of `[knowledge.NAME]` in the settings, needed where there are several; its index is made by
    `auterity knowledge build`. Words and vectors are ranked together.
    """
    if not question.strip():
        raise StepError("there is no question", type="bad_input")
    found = await context.connections.get(Knowledge, knowledge).search(question, most)
    passages = [
        RetrievedPassage(
            text=hit.passage.text,
            source=f"{hit.passage.file}: {hit.passage.place}",
            score=hit.score,
        )
        for hit in found.hits
    ]
    return Retrieved(
        passages=passages,
        text="\n\n".join(f"[{each.source}]\n{each.text}" for each in passages),
        model=found.model,
        input_tokens=found.usage.input,
    )

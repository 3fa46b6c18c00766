"""How well questions are answered whose answers are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from pydantic import BaseModel, ConfigDict, RootModel

from auterity_sdk.ai.knowledge.passage import Hit
from auterity_sdk.ai.knowledge.searching import Knowledge


class Question(BaseModel):
    """A question, and where its answer is: in a file, in a passage that has these words."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ask: str
    file: str
    says: str


class Questions(RootModel[dict[str, tuple[Question, ...]]]):
    """Questions in groups, each measured for itself."""


class Recall(Struct, frozen=True):
    """A group's questions, and those whose answer was not among the first passages."""

    group: str
    questions: int
    missed: tuple[Question, ...]

    @property
    def share(self) -> float:
        """The share that was answered, from 0 to 1."""
        return 1 - len(self.missed) / self.questions if self.questions else 1.0


async def measure(
    knowledge: Knowledge, groups: Mapping[str, Sequence[Question]], most: int
) -> list[Recall]:
    """Recall at `most` of each group of questions."""
    found = []
    for group, questions in groups.items():
        missed = [
            each
            for each in questions
            if not answers((await knowledge.search(each.ask, most)).hits, each)
        ]
        found.append(Recall(group, len(questions), tuple(missed)))
    return found


def answers(hits: Sequence[Hit], question: Question) -> bool:
    """Whether the answer is among the passages."""
    said = _flat(question.says)
    return any(
        hit.passage.file.endswith(question.file) and said in _flat(hit.passage.text) for hit in hits
    )


def _flat(text: Any) -> str:
    return " ".join(str(text).split())

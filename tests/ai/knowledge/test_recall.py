"""How well the shipped, made-up documents answer their sixty questions, offline."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import yaml

from auterity_sdk.ai.knowledge.building import Build
from auterity_sdk.ai.knowledge.recall import Questions, Recall, measure
from auterity_sdk.ai.knowledge.searching import IndexedKnowledge
from auterity_sdk.ai.offline import OfflineModel
from auterity_sdk.runtime.sqlite_knowledge import SqliteKnowledgeIndex

FOLDER = Path(__file__).parents[3] / "examples" / "knowledge"


async def recalls(path: Path) -> dict[str, Recall]:
    index = SqliteKnowledgeIndex(path)
    files = {file.name: partial(file.read_bytes) for file in (FOLDER / "documents").iterdir()}
    await Build(index, OfflineModel(), lambda _: None).run(files)
    questions = Questions.model_validate(
        yaml.safe_load((FOLDER / "questions.yaml").read_text(encoding="utf-8"))
    )
    knowledge = IndexedKnowledge("documents", index, OfflineModel())
    return {each.group: each for each in await measure(knowledge, questions.root, 5)}


async def test_nine_of_ten_questions_in_the_documents_words_are_answered(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    found = await recalls(tmp_path / "k.db")
    own, other = found["own_words"], found["other_words"]
    assert (own.questions, other.questions) == (40, 20)
    for each in (own, other):
        record_property(f"recall_{each.group}", each.share)
        print(f"recall@5 {each.group}: {each.share:.2f}")  # noqa: T201 - the figure that is asked for
    assert own.share >= 0.9, own.missed

"""Builds are incremental and whole; searches answer from them, and refuse another model's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from model_server import ModelServer, Reply, serving

from auterity_sdk.ai.knowledge.building import BATCH, Build, Built, Told
from auterity_sdk.ai.knowledge.documents.section import Unreadable
from auterity_sdk.ai.knowledge.query_words import query_words
from auterity_sdk.ai.knowledge.ranking import fused
from auterity_sdk.ai.knowledge.searching import IndexedKnowledge
from auterity_sdk.ai.language_model import LanguageModel, Vectors
from auterity_sdk.ai.offline import OfflineModel
from auterity_sdk.ai.openai.client import Endpoint
from auterity_sdk.ai.openai.model import OpenAIModel
from auterity_sdk.errors import ConfigurationError, StepError
from auterity_sdk.runtime.sqlite_knowledge import SqliteKnowledgeIndex


class Counting(OfflineModel):
    """The offline model, which remembers what it was asked to embed, and may break off."""

    def __init__(self, most: int = 1000) -> None:
        super().__init__()
        self.asked: list[list[str]] = []
        self.most = most

    async def embed(self, texts: Sequence[str], model: str = "") -> Vectors:
        if len(self.asked) >= self.most:
            raise StepError("the provider is away", type="network", retryable=True)
        self.asked.append(list(texts))
        return await super().embed(texts, model)


def documents(**texts: str | None) -> dict[str, Callable[[], bytes]]:
    return {f"{name}.txt": partial(_content, text) for name, text in texts.items()}


def _content(text: str | None) -> bytes:
    if text is None:
        raise Unreadable("permission denied")
    return text.encode()


@pytest.fixture
def index(tmp_path: Path) -> SqliteKnowledgeIndex:
    return SqliteKnowledgeIndex(tmp_path / "k.db")


async def build(
    index: SqliteKnowledgeIndex, model: LanguageModel, **texts: str | None
) -> tuple[Built, list[Told]]:
    told: list[Told] = []
    built = await Build(index, model, told.append).run(documents(**texts))
    assert built.told == told
    return built, told


async def found(index: SqliteKnowledgeIndex, question: str, model: LanguageModel | None = None) -> list[str]:  # fmt: skip
    knowledge = IndexedKnowledge("documents", index, model or OfflineModel())
    return [hit.passage.text for hit in (await knowledge.search(question)).hits]


async def test_only_what_changed_is_read_again(index: SqliteKnowledgeIndex) -> None:
    first = Counting()
    built, told = await build(index, first, oil="Oil costs $79.95", hours="Open from 9:00", old="x")
    assert [(each.file, each.done) for each in told] == [
        ("hours.txt", "added"),
        ("oil.txt", "added"),
        ("old.txt", "added"),
    ]
    assert (built.files, built.passages, built.model) == (3, 3, "offline/hashed-1")
    assert built.tokens > 0
    assert built.estimated
    again = Counting()
    built, told = await build(index, again, oil="Oil costs $99.95", hours="Open from 9:00")
    assert [(each.file, each.done) for each in told] == [
        ("oil.txt", "changed"),
        ("old.txt", "removed"),
    ]
    assert again.asked[1:] == [["Oil costs $99.95"]]
    assert (built.files, built.unchanged) == (2, 1)
    assert await found(index, "oil costs") == ["Oil costs $99.95"]


async def test_what_cannot_be_read_is_told_and_leaves_the_index(
    index: SqliteKnowledgeIndex,
) -> None:
    await build(index, OfflineModel(), oil="Oil costs $79.95", hours="Open from 9:00")
    built, told = await build(index, OfflineModel(), oil=None, hours="Open from 9:00")
    assert told == [Told("oil.txt", "unreadable", why="permission denied")]
    assert built.count("unreadable") == 1
    assert await found(index, "oil") == []


async def test_texts_are_embedded_in_batches(index: SqliteKnowledgeIndex) -> None:
    model = Counting()
    text = "\n\n".join(f"{number} " + "word " * 100 for number in range(BATCH + 6))
    await build(index, model, long=text)
    assert [len(texts) for texts in model.asked] == [1, BATCH, 6]


async def test_a_build_that_breaks_off_leaves_an_index_that_is_right(
    index: SqliteKnowledgeIndex,
) -> None:
    await build(index, OfflineModel(), a="alpha one", b="beta one", c="gamma one")
    with pytest.raises(StepError):
        await build(index, Counting(2), a="alpha two", b="beta two", c="gamma two")
    assert await found(index, "alpha") == ["alpha two"]
    assert await found(index, "beta") == ["beta one"]
    built, told = await build(index, OfflineModel(), a="alpha two", b="beta two", c="gamma two")
    assert [each.file for each in told] == ["b.txt", "c.txt"]
    assert built.unchanged == 1


def vectors(body: dict[str, object]) -> Reply:
    texts = body["input"]
    assert isinstance(texts, list)
    return Reply(
        vectors=[[1.0, 0.0] if "oil" in text.lower() else [0.0, 1.0] for text in texts],
        model=str(body["model"]),
    )


def client(server: ModelServer, name: str) -> OpenAIModel:
    return OpenAIModel(Endpoint(url=server.url), "scripted-1", name)


async def test_the_providers_vectors_are_of_its_model_alone(index: SqliteKnowledgeIndex) -> None:
    with serving(script=vectors) as server:
        small, large = client(server, "small"), client(server, "large")
        built, _ = await build(index, small, oil="Oil costs $79.95", hours="Open from 9:00")
        assert built.model.endswith("/small")
        assert await found(index, "oil?", small) == ["Oil costs $79.95"]
        asked = len(server.received)
        await build(index, small, oil="Oil costs $79.95", hours="Open from 9:00")
        assert len(server.received) == asked + 1  # which model it is, and nothing else
        for other in (large, OfflineModel()):
            with pytest.raises(ConfigurationError, match="was built by") as refused:
                await found(index, "oil?", other)
            assert refused.value.help == "auterity knowledge build documents"
        _, told = await build(index, large, oil="Oil costs $79.95", hours="Open from 9:00")
        assert [each.done for each in told] == ["added", "added"]
        assert await found(index, "oil?", large) == ["Oil costs $79.95"]


async def test_until_another_models_build_is_complete_the_old_one_answers(
    index: SqliteKnowledgeIndex,
) -> None:
    await build(index, OfflineModel(), a="alpha one", b="beta one")
    with serving(Reply(vectors=[[1.0, 0.0]]), Reply(status=500)) as server:
        with pytest.raises(StepError):
            await build(index, client(server, "small"), a="alpha two", b="beta two")
        assert await found(index, "alpha") == ["alpha one"]


async def test_an_index_that_was_never_built_says_what_to_do(index: SqliteKnowledgeIndex) -> None:
    with pytest.raises(ConfigurationError, match="was not built yet"):
        await found(index, "oil")


async def test_a_search_gives_as_many_as_are_asked_for(index: SqliteKnowledgeIndex) -> None:
    await build(index, OfflineModel(), **{f"f{n}": f"oil number {n}" for n in range(9)})
    knowledge = IndexedKnowledge("documents", index, OfflineModel())
    assert len((await knowledge.search("oil", 3)).hits) == 3
    assert len((await knowledge.search("oil", 0)).hits) == 1


@given(st.text(max_size=200))
def test_a_question_is_words_each_once(text: str) -> None:
    words = query_words(text)
    assert len(set(words)) == len(words) <= 64
    assert all(word.isalnum() or "_" in word or not word.isascii() for word in words)


def test_small_words_are_left_out_unless_there_are_no_others() -> None:
    assert query_words("What is the price of an oil change?") == ("price", "oil", "change")
    assert query_words("¿Cuánto es el cambio?") == ("cuánto", "cambio")
    assert query_words("to be or not") == ("not",)
    assert query_words("are you in") == ("are", "you", "in")


@given(st.lists(st.lists(st.integers(0, 30), unique=True, max_size=10), max_size=3))
def test_a_joined_ranking_has_all_and_keeps_what_all_agree_on(rankings: list[list[int]]) -> None:
    joined = [each for each, _ in fused(rankings)]
    assert sorted(joined) == sorted({each for ranking in rankings for each in ranking})
    for first in joined:
        for second in joined:
            ahead = [
                r.index(first) < r.index(second) for r in rankings if first in r and second in r
            ]
            if len(ahead) == len(rankings) and ahead and all(ahead):
                assert joined.index(first) < joined.index(second)

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from auterity_sdk.ai.recorded import RecordedModel, RecordingModel, key_of
from auterity_sdk.ai.request import Extract, Message, Picture, Request, Shape, Tool
from auterity_sdk.ai.scrub.keeping import scrubbed
from auterity_sdk.errors import ConfigurationError, StepError
from tests.ai.asking import SECRET_TEXT, model, request
from tests.ai.model_server import Call, Reply, serving

PHONE = "+1 614 555 0142"


async def test_an_answer_is_kept_and_given_again_without_a_call(tmp_path: Path) -> None:
    file = tmp_path / "tests" / "answers.json"
    heard: list[str] = []
    with serving(Reply(f"Call {PHONE}.", calls=(Call("t", f'{{"to": "{PHONE}"}}'),))) as server:
        live = await RecordingModel(model(server), file, scrubbed).answer(request())
        again = await RecordedModel(file, scrubbed).answer(request(), heard.append)
    assert len(server.received) == 1
    assert live.text == f"Call {PHONE}."
    assert (again.text, heard) == ("Call [PHONE_NUMBER].", ["Call [PHONE_NUMBER]."])
    assert (again.provider, again.model, again.usage) == ("recorded", "scripted-1", live.usage)
    assert again.calls[0].arguments == '{"to": "[PHONE_NUMBER]"}'


async def test_nothing_personal_is_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "answers.json"
    with serving(Reply(f"Mail rosa@example.com or {PHONE}", refusal=PHONE)) as server:
        await RecordingModel(model(server), file, scrubbed).answer(request())
    kept = file.read_text()
    assert "555" not in kept
    assert "rosa@" not in kept
    assert "chatcmpl" not in kept
    assert "[user] Rosa Martinez, [PHONE_NUMBER]" in kept


async def test_vectors_and_verdicts_are_kept_too(tmp_path: Path) -> None:
    file = tmp_path / "answers.json"
    with serving(Reply(vectors=[[3, 4]], flagged=("violence",))) as server:
        live = RecordingModel(model(server, embedding_model="small"), file, scrubbed)
        vectors, verdict = await live.embed(["a"]), await live.moderate("I will hurt you")
        recorded = RecordedModel(file, scrubbed)
        assert (await recorded.embed(["a"])).vectors == vectors.vectors
        assert (await recorded.moderate("I will hurt you")).categories == verdict.categories
        assert len(server.received) == 2
    for asking in (recorded.embed(["b"]), recorded.moderate("hello")):
        with pytest.raises(StepError) as raised:
            await asking
        assert raised.value.type == "unrecorded"


async def test_what_is_not_kept_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    file = tmp_path / "answers.json"
    with pytest.raises(StepError) as raised:
        await RecordedModel(file, scrubbed).answer(request())
    error = raised.value
    assert (error.type, error.retryable) == ("unrecorded", False)
    assert str(file) in error.message
    assert "--record" in error.message
    assert SECRET_TEXT not in error.message


@pytest.mark.parametrize(
    "content", ["", "{", '{"answers": {}}', '{"auterity_answers": 9, "answers": {}}', "\xff"]
)
async def test_a_file_that_is_none_is_named(tmp_path: Path, content: str) -> None:
    file = tmp_path / "answers.json"
    file.write_text(content, encoding="latin-1")
    with pytest.raises(ConfigurationError, match=re.escape(str(file))):
        await RecordedModel(file, scrubbed).answer(request())


async def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    file = tmp_path / "a file" / "answers.json"
    file.parent.write_text("in the way")
    with serving(Reply("hi")) as server, pytest.raises(ConfigurationError, match="a file"):
        await RecordingModel(model(server), file, scrubbed).answer(request())


async def test_one_more_answer_is_one_more_entry(tmp_path: Path) -> None:
    """Sorted by its hash, whichever was first: two who record the same make the same file."""
    files = [tmp_path / "one.json", tmp_path / "two.json"]
    texts = ["a", "b", "c"]
    with serving(Reply("hi")) as server:
        for file, order in zip(files, (texts, texts[::-1]), strict=True):
            recording = RecordingModel(model(server), file, scrubbed)
            for text in order:
                await recording.answer(request(text))
    assert files[0].read_text() == files[1].read_text()
    found = json.loads(files[0].read_text())
    assert len(found["answers"]) == 3
    assert list(found["answers"]) == sorted(found["answers"])


async def test_two_who_record_into_one_file_lose_nothing(tmp_path: Path) -> None:
    file = tmp_path / "answers.json"
    with serving(Reply("hi")) as server:
        both = [RecordingModel(model(server), file, scrubbed) for _ in range(2)]
        for number in range(6):
            await both[number % 2].answer(request(f"question {number}"))
    assert len(json.loads(file.read_text())["answers"]) == 6


BASE = request("What is it worth?")
CHANGED: list[dict[str, Any]] = [
    {"messages": (*BASE.messages, Message("user", "more"))},
    {"messages": (replace(BASE.messages[0], role="user"), *BASE.messages[1:])},
    {
        "messages": (
            *BASE.messages[:1],
            replace(BASE.messages[1], pictures=(Picture("image/png", b"1"),)),
        )
    },
    {"model": "gpt-4o"},
    {"shape": Shape("s", {"type": "object"})},
    {"tools": (Tool("t", "", {"type": "object"}),)},
    {"longest_answer": 5},
    {"temperature": 0.0},
    {"seed": 1},
]


@pytest.mark.parametrize("change", CHANGED, ids=lambda change: next(iter(change)))
def test_whatever_a_model_is_told_is_in_the_hash(change: dict[str, Any]) -> None:
    assert key_of(replace(BASE, **change), scrubbed) != key_of(BASE, scrubbed)


def test_what_a_model_is_not_told_is_not_in_the_hash() -> None:
    assert key_of(replace(BASE, task=Extract("x")), scrubbed) == key_of(BASE, scrubbed)


@given(st.dictionaries(st.text(max_size=3), st.integers(), max_size=5))
def test_the_order_of_keys_does_not_count(schema: dict[str, int]) -> None:
    one = Request(task=BASE.task, messages=(), shape=Shape("s", schema))
    other = Request(task=BASE.task, messages=(), shape=Shape("s", dict(reversed(schema.items()))))
    assert key_of(one, str) == key_of(other, str)

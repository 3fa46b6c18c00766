"""What a step writes is read along, here and elsewhere: over loopback HTTP, by the real client."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from auterity_sdk.ai.language_model import LanguageModel
from auterity_sdk.ai.openai.client import Api
from auterity_sdk.ai.prices import Prices
from auterity_sdk.connections.memory import MemoryConnections, MemoryUsage
from auterity_sdk.connections.usage import UsageLedger
from auterity_sdk.runs.events import Event, StepEnded
from auterity_sdk.runtime import live_text
from auterity_sdk.runtime.attempt import World
from auterity_sdk.runtime.following import follow
from auterity_sdk.runtime.inspection import Looking
from auterity_sdk.runtime.live_text import Shown, TextPart, text_kept
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.plugins import builtin_registry
from auterity_sdk.runtime.seal import SealKey
from auterity_sdk.runtime.stores.sealed import SealedStore
from auterity_sdk.runtime.stores.sqlite import SqliteStore
from auterity_sdk.steps.context import StepContext
from auterity_sdk.steps.output import Output
from auterity_sdk.steps.step_type import step
from auterity_sdk.testing.scripted_model import Scripted, ScriptedModel
from tests.ai.asking import model
from tests.ai.model_server import Reply, serving
from tests.runtime.worlds import workflow

TEXT = """
input: {message: string, name: {type: string, x-data-class: identity}}
steps:
  draft:
    uses: ai.draft
    with: {prompt: "Thank ${input.name} and say when", text: "${input.message}", facts: {day: Friday}}
    retry: {attempts: 2, initial: 1ms}
    timeout: 1m
  person:
    needs: {any: [draft.invalid, draft.refused, draft.over_budget, draft.failed]}
    wait: 1ms
output: {said: "${draft.?text.orValue('')}"}
"""
INPUT = {"message": "When?", "name": "Rosalind"}
SAID = "Thank you for asking, Rosalind. Please come by on Friday! We are glad to see you."
DRAFT = Reply(json.dumps({"text": SAID}), piece=7)
both = pytest.mark.parametrize("api", ["chat", "responses"])


def runtime(asked: Any, **more: Any) -> LocalRuntime:
    registry = more.pop("registry", builtin_registry())
    kept = {LanguageModel: asked, Prices: Prices(), UsageLedger: MemoryUsage()}
    return LocalRuntime(World(registry, MemoryConnections(kept)), **more)


class Heard:
    """What a run's watchers are told, in order: texts, and the ends of steps."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.events: list[Event] = []

    def wrote(self, run_id: str, path: str, text: str) -> None:
        assert path == "draft"
        self.texts.append(text)

    def saw(self, run_id: str, event: Event, state: Any) -> None:
        self.events.append(event)


async def run(asked: Any) -> tuple[Any, Heard]:
    here, heard = runtime(asked), Heard()
    run_id = await here.start(workflow(TEXT), INPUT, held=True)
    view = await here.drive(run_id, to_the_end=True, watcher=heard.saw, text_watcher=heard.wrote)
    return view, heard


def evidence(heard: Heard) -> Any:
    [ended] = [
        each for each in heard.events if isinstance(each, StepEnded) and each.step == "draft"
    ]
    assert ended.output is not None
    return ended.output["evidence"]


@both
async def test_the_text_is_told_as_it_grows_and_the_journal_has_it_whole(api: Api) -> None:
    with serving(DRAFT) as server:
        view, heard = await run(model(server, api))
    assert view.output == {"said": SAID}
    assert len(heard.texts) > 5
    assert heard.texts[-1] == SAID
    assert all(SAID.startswith(text) for text in heard.texts)
    assert [body.get("stream") for body in server.bodies] == [True]
    assert evidence(heard)["input_tokens"] == 11


@both
async def test_a_chunk_of_usage_alone_is_no_text_and_is_counted(api: Api) -> None:
    with serving(Reply(DRAFT.text, usage=(500, 60, 0), piece=200)) as server:
        view, heard = await run(model(server, api))
    assert view.output == {"said": SAID}
    assert heard.texts == [SAID]
    found = evidence(heard)
    assert (found["input_tokens"], found["output_tokens"], found["estimated"]) == (500, 60, False)


async def test_nobody_reads_along_and_nothing_is_streamed() -> None:
    with serving(DRAFT) as server:
        view = await runtime(model(server)).run(workflow(TEXT), INPUT, to_the_end=True)
    assert view.output == {"said": SAID}
    assert "stream" not in server.bodies[0]


@both
async def test_a_cut_stream_is_void_and_the_next_attempt_is_told_from_its_begin(api: Api) -> None:
    cut = Reply(DRAFT.text, piece=7, cut=9)
    with serving(cut, DRAFT) as server:
        view, heard = await run(model(server, api))
    assert view.output == {"said": SAID}
    void = heard.texts.index("")
    assert void > 0
    assert SAID.startswith(heard.texts[void + 1])
    assert heard.texts[-1] == SAID
    assert len(server.received) == 2


@both
async def test_a_slow_stream_runs_out_of_time_and_what_it_said_is_void(api: Api) -> None:
    slow = Reply(DRAFT.text, piece=7, gap=0.1)
    with serving(slow) as server:
        view, heard = await run(model(server, api, timeout=0.5))
        await until(lambda: server.left == 2)
    assert view.output == {"said": ""}
    assert heard.texts[-1] == ""
    assert len(server.received) == 2


@both
async def test_a_refusal_in_the_stream_is_an_outcome_and_no_text(api: Api) -> None:
    with serving(Reply(refusal="I cannot write that.")) as server:
        view, heard = await run(model(server, api))
    assert [each.state for each in view.walk() if each.path == "draft"] == ["refused"]
    assert heard.texts == []
    assert evidence(heard)["refusal"] == "I cannot write that."


async def test_a_draft_that_is_sent_back_is_void() -> None:
    wrong = Reply(json.dumps({"text": "It costs $5."}), piece=7)
    with serving(wrong, DRAFT) as server:
        view, heard = await run(model(server))
    assert view.output == {"said": SAID}
    assert heard.texts[heard.texts.index("") - 1] == "It costs $5."
    assert heard.texts[-1] == SAID


@both
async def test_a_cancelled_run_closes_the_connection(api: Api) -> None:
    heard = Heard()
    with serving(Reply(DRAFT.text, piece=7, gap=0.05)) as server:
        here = runtime(model(server, api))
        run_id = await here.start(workflow(TEXT), INPUT, held=True)
        driving = asyncio.create_task(
            here.drive(run_id, watcher=heard.saw, text_watcher=heard.wrote)
        )
        await until(lambda: bool(heard.texts))
        assert await here.cancel(run_id)
        view = await driving
        await until(lambda: server.left == 1)
    assert view.status == "cancelled"
    assert heard.texts[-1] == ""
    assert len(server.received) == 1


async def until(holds: Any) -> None:
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110 - what the server's thread and the run do
            await asyncio.sleep(0.01)


# Elsewhere: a second store on the same file stands for the other process.


@pytest.fixture
def kept_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_text, "KEPT_EVERY", 0.02)


async def seen(elsewhere: LocalRuntime, run_id: str, **more: Any) -> AsyncIterator[Any]:
    async with asyncio.timeout(30):
        async for each in follow(elsewhere, run_id, pause=0.01, **more):
            yield each


def contents(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


@pytest.mark.usefixtures("kept_often")
@pytest.mark.parametrize("reveal", [False, True])
async def test_another_process_reads_along_masked_and_what_is_sealed_stays_so(
    tmp_path: Path, open_store: Callable[[], SqliteStore], reveal: bool
) -> None:
    key = SealKey("a test", lambda: bytes(32), lambda: bytes(32))
    registry = builtin_registry()
    with serving(Reply(DRAFT.text, piece=3, gap=0.03)) as server:
        store = SealedStore(open_store(), registry, key)
        here = runtime(model(server), store=store, keeps_text=True)
        elsewhere = runtime(None, store=SealedStore(open_store(), registry, key))
        run_id = await here.start(workflow(TEXT.replace("identity", "credit")), INPUT, held=True)
        driving = asyncio.create_task(here.drive(run_id, to_the_end=True))
        parts: list[TextPart] = []
        order = []
        async for each in seen(elsewhere, run_id, reveal=reveal):
            if isinstance(each, TextPart):
                parts.append(each)
                assert b"Rosalind" not in contents(tmp_path)
                assert await text_kept(store, run_id, "draft")
            else:
                order.append(type(each[1]).__name__)
        assert (await driving).output == {"said": SAID}
    told = "".join(part.text for part in parts)
    name = "Rosalind" if reveal else "[credit]"
    assert SAID.replace("Rosalind", name).startswith(told)
    assert told.startswith(f"Thank you for asking, {name}. ")
    assert not any(part.void for part in parts)
    assert order[-1] == "RunEnded"
    assert await text_kept(store, run_id, "draft") == ""


@pytest.mark.usefixtures("kept_often")
async def test_what_an_attempt_wrote_that_failed_is_void_elsewhere_too(
    open_store: Callable[[], SqliteStore],
) -> None:
    once, twice = threading.Event(), threading.Event()
    cut = Reply(DRAFT.text, piece=3, gap=0.03, cut=28, held=28, ready=once)
    whole = Reply(DRAFT.text, piece=3, gap=0.03, held=28, ready=twice)
    parts: list[TextPart] = []
    with serving(cut, whole) as server:
        here = runtime(model(server), store=open_store(), keeps_text=True)
        elsewhere = runtime(None, store=open_store())
        run_id = await here.start(workflow(TEXT), INPUT, held=True)
        driving = asyncio.create_task(here.drive(run_id, to_the_end=True))
        async for each in seen(elsewhere, run_id):
            if isinstance(each, TextPart):
                parts.append(each)
                # Nothing is cut or ended before it is read here, however slow that is.
                read = "".join(part.text for part in parts)
                if "identity" in read:
                    (twice if any(part.void for part in parts) else once).set()
        await driving
    assert [part.void for part in parts].count(True) == 1
    void = next(place for place, part in enumerate(parts) if part.void)
    assert void > 0
    again = "".join(part.text for part in parts[void:])
    assert again.startswith("Thank you for asking, [identity]. ")


class Quoted(Output):
    text: str


@step(name="quote")
async def quote(context: StepContext, key: str) -> Quoted:
    """Writes down what it was given."""
    if context.on_text is not None:
        context.on_text(key)
    return Quoted(text=key)


async def test_a_step_that_is_given_a_secret_tells_nothing() -> None:
    registry = builtin_registry().extended([quote])
    world = World(registry, MemoryConnections({}), secrets=lambda _: "hush-hush")
    told: list[str] = []
    for key, heard in (
        ('"${secrets.key}"', []),
        (
            "plain",
            [
                "plain",
            ],
        ),
    ):
        here = LocalRuntime(world)
        text = f"steps: {{one: {{uses: quote, with: {{key: {key}}}}}}}"
        run_id = await here.start(workflow(text), {}, held=True)
        told.clear()
        await here.drive(run_id, text_watcher=lambda _run, _step, text: told.append(text))
        assert told == heard


# What may be shown of a text that is not whole.


def shown(*texts: str, mask: Any = str) -> list[TextPart]:
    showing = Shown("draft", mask)
    made = [part for text in texts for part in showing.more(text)]
    return [*made, *showing.more(texts[-1], over=True)]


def grown(text: str) -> list[str]:
    return [text[:end] for end in range(1, len(text) + 1)]


async def looking(asked: Scripted) -> Looking:
    here = runtime(ScriptedModel([asked]))
    made = await here.run(workflow(TEXT), {**INPUT, "message": "I am at 412 Maple Court, Toledo."})
    found = Looking(here, made.run_id)
    for event in await here.store.events(made.run_id):
        await found.at(event)
    return found


@pytest.mark.parametrize(
    "said",
    [
        "Call us at 419-555-0188. We are open.",
        "Call us at 419 555 0188! We are open.",
        "Write to jo.smith@shopper.example. We read it.",
        "Your income of $4,200 a month is fine. Really.",
        "Your number 123-45-6789 is on file. Really.",
        "Dear Rosalind! We have it.\nYours, the desk",
        "We come to 412 St. Clair Avenue on Friday. See you.",
        "VIN 5FNYF5H59HB011946 is yours. See you.",
    ],
)
async def test_no_part_shows_a_piece_of_what_the_whole_would_mask(said: str) -> None:
    mask = (await looking({"text": "Thank you."})).written
    parts = shown(*grown(said), mask=mask)
    assert "".join(part.text for part in parts) == mask(said)
    assert mask(said) != said
    assert not any(part.void for part in parts)


def test_parts_end_where_sentences_do() -> None:
    said = "We are here at St. Clair. Come by at 3.30 p.m. tomorrow! Bye"
    parts = [part.text for part in shown(*grown(said))]
    assert parts == ["We are here at St. Clair. Come by at 3.30 p.m. tomorrow! ", "Bye"]


def test_a_text_that_is_no_longer_the_same_is_void() -> None:
    parts = shown("One thing. Two", "", "Another thing. Three")
    assert [(part.text, part.void) for part in parts] == [
        ("One thing. ", False),
        ("", True),
        ("Another thing. ", False),
        ("Three", False),
    ]

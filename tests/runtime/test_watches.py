"""`within` is watched as durably as a timer is: over processes, in the store's own time, and told everywhere."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from auterity_sdk.runs.events import GuaranteeBreached
from auterity_sdk.runtime.event_log import EventLog
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.observing import Masks
from auterity_sdk.runtime.stores.sqlite import SqliteStore
from auterity_sdk.runtime.worker import Worker
from auterity_sdk.testing.virtual_clock import VirtualClock
from tests.runtime.worlds import REGISTRY, workflow, world

ROOT = Path(__file__).parents[2]
SENTENCE = "reply.received within 50ms of text"
TEXT = f"""
steps:
  text: {{uses: nop}}
  reply: {{needs: text, receive: {{event: r, timeout: 30d}}}}
ends: {{replied: reply.received, late: reply.timeout}}
guarantees: [{SENTENCE}]
"""
BEGINS = """
import asyncio, os, signal, sys
from pathlib import Path
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.stores.sqlite import SqliteStore
from tests.runtime.test_watches import TEXT
from tests.runtime.worlds import REGISTRY, workflow, world

async def begin():
    runtime = LocalRuntime(world(registry=REGISTRY), SqliteStore(Path(sys.argv[1])))
    print((await runtime.run(workflow(TEXT), {})).run_id, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(begin())
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    made = SqliteStore(tmp_path / "runs.db")
    yield made
    made.close()


def runtime(store: SqliteStore) -> LocalRuntime:
    return LocalRuntime(world(registry=REGISTRY), store)


def in_memory(clock: VirtualClock) -> LocalRuntime:
    return LocalRuntime(world(registry=REGISTRY), clock=clock)


def begun_and_killed(file: Path) -> str:
    """Begin a run in another process, which is killed once only its wait is left."""
    begun = subprocess.run(
        [sys.executable, "-c", BEGINS, str(file)],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert begun.returncode == -signal.SIGKILL, begun.stderr
    return begun.stdout.strip()


async def breaches(of: LocalRuntime, run_id: str) -> list[GuaranteeBreached]:
    events = await of.store.events(run_id)
    return [event for event in events if isinstance(event, GuaranteeBreached)]


async def test_a_worker_records_the_breach_of_a_run_whose_process_was_killed(
    store: SqliteStore, tmp_path: Path
) -> None:
    run_id = begun_and_killed(tmp_path / "runs.db")
    here = runtime(store)
    await asyncio.sleep(0.1)
    await Worker(here).work_off()
    (breach,) = await breaches(here, run_id)
    assert breach.guarantee == SENTENCE
    assert breach.at >= breach.until
    shown = await here.show(run_id)
    assert (shown.status, [each.guarantee for each in shown.breaches]) == ("waiting", [SENTENCE])
    assert [each.kind for each in shown.waiting] == ["receive"]
    (summary,) = await here.list_runs()
    assert summary.breaches == 1
    await here.send("r", {})
    await Worker(here).work_off()
    assert (await here.show(run_id)).end == "replied"
    assert len(await breaches(here, run_id)) == 1


async def test_a_pending_watch_holds_no_run_up() -> None:
    clock = VirtualClock(moves=False)
    here = in_memory(clock)
    text = "steps: {a: {uses: nop}}\nguarantees: [a.ok within 1h of start]\n"
    view = await here.run(workflow(text), {}, to_the_end=True)
    assert (view.status, view.breaches) == ("succeeded", ())


async def test_the_log_warns_of_a_breach() -> None:
    here = in_memory(VirtualClock())
    lines: list[str] = []
    here.observers = (EventLog(lines.append, Masks(here.plans, REGISTRY)).saw,)
    view = await here.run(workflow(TEXT), {}, to_the_end=True)
    assert view.end == "late"
    told = [json.loads(line) for line in lines]
    (line,) = [each for each in told if each["event"] == "GuaranteeBreached"]
    assert (line["level"], line["guarantee"]) == ("warning", SENTENCE)

"""Outside events: found by their key, counted once by their id, kept as long as they live."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from auterity_sdk.runs.events import Event
from auterity_sdk.runtime.local import LIFETIME, LocalRuntime
from auterity_sdk.runtime.ports import REMEMBERED
from auterity_sdk.runtime.seal_key import KEY_FILE, seal_key
from auterity_sdk.runtime.stores.sealed import SealedStore
from auterity_sdk.runtime.stores.sqlite import SqliteStore
from auterity_sdk.runtime.worker import Worker
from auterity_sdk.testing.virtual_clock import VirtualClock
from auterity_sdk.workflow.model import Workflow
from tests.runtime.worlds import REGISTRY, workflow, world

SSN = "219-09-9999"
REPLY = """
input: {deal: any}
steps:
  submit: {uses: nop}
  answer: {needs: submit, receive: {event: answered, match: event.deal == input.deal && event.ok, timeout: 60d}}
ends: {answered: answer.received, late: answer.timeout}
"""


class Counting(SqliteStore):
    """Counts the journals that are read."""

    read = 0

    async def events(self, run_id: str, after: int = 0) -> list[Event]:
        self.read += 1
        return await super().events(run_id, after)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Counting]:
    made = Counting(tmp_path / "runs.db")
    yield made
    made.close()


async def waiting(here: LocalRuntime, count: int, of: Workflow | None = None) -> None:
    for number in range(count):
        await here.start(of or workflow(REPLY), {"deal": f"d{number}"}, run_id=f"r{number:04}")
    await Worker(here).work_off()


@pytest.mark.parametrize("count", [3, 60])
async def test_an_event_looks_only_at_the_runs_of_its_key(store: Counting, count: int) -> None:
    here = LocalRuntime(world(), store)
    await waiting(here, count)
    store.read = 0
    assert await here.send("answered", {"deal": "d2", "ok": True}) == (True, "r0002")
    assert store.read == 2  # to see whether it takes the event, and to give it
    store.read = 0
    assert await here.send("answered", {"deal": "d2", "ok": True}) == (True, None)
    assert await here.send("answered", {"deal": "d1", "ok": False}) == (True, None)
    assert store.read == 1


async def test_a_key_that_is_a_number_is_found_however_it_is_written(store: Counting) -> None:
    here = LocalRuntime(world(), store)
    await here.start(workflow(REPLY), {"deal": 7}, run_id="seven")
    await Worker(here).work_off()
    assert await here.send("answered", {"deal": 7.0, "ok": True}) == (True, "seven")


async def test_who_waits_without_a_key_is_asked_about_each_event(store: Counting) -> None:
    here = LocalRuntime(world(), store)
    await waiting(here, 2, workflow(REPLY.replace("event.deal == input.deal &&", "")))
    assert await here.send("answered", {"ok": True}) == (True, "r0000")
    assert await here.send("other", {"ok": True}) == (True, None)
    assert await here.send("answered", {"ok": True}) == (True, "r0001")


async def test_a_wait_that_is_over_is_no_longer_asked(store: Counting) -> None:
    clock = VirtualClock(moves=False)
    here = LocalRuntime(world(), store, clock)
    await waiting(here, 2)
    await here.cancel("r0000")
    await Worker(here).work_off()
    clock.at += 61 * 24 * 3600 * 1000
    await Worker(here).work_off()
    store.read = 0
    assert await here.send("answered", {"deal": "d0", "ok": True}) == (True, None)
    assert store.read == 0


async def test_more_runs_than_a_list_holds_are_found(store: Counting) -> None:
    """`runs list` gives the last 1,000; the one that has waited longest comes before them."""
    here = LocalRuntime(world(), store)
    store._database.execute("PRAGMA synchronous=OFF")
    await waiting(here, 1)
    row = store._database.execute("SELECT * FROM runs").fetchone()
    later = [(f"x{n}", *row[1:4], row[4] + n, *row[5:]) for n in range(1, 1_100)]
    places = ", ".join("?" * len(row))
    store._database.executemany(f"INSERT INTO runs VALUES ({places})", later)  # noqa: S608
    assert (await here.send("answered", {"deal": "d0", "ok": True}))[1] == "r0000"


async def test_an_event_of_an_id_counts_once(store: Counting) -> None:
    here = LocalRuntime(world(), store)
    await waiting(here, 1)
    assert await here.send("answered", {"deal": "d0", "ok": True}, id="m1") == (True, "r0000")
    assert await here.send("answered", {"deal": "d0", "ok": True}, id="m1") == (False, None)
    await here.start(workflow(REPLY), {"deal": "d0"}, run_id="again")
    await Worker(here).work_off()
    assert await here.send("answered", {"deal": "d0", "ok": True}, id="m1") == (False, None)
    assert (await here.show("again")).status == "waiting"


async def test_an_event_that_waits_for_a_run_is_forgotten_when_its_lifetime_is_over(
    store: Counting,
) -> None:
    clock = VirtualClock(moves=False)
    here = LocalRuntime(world(), store, clock)
    slow = workflow(REPLY.replace("submit: {uses: nop}", "submit: {wait: 3d}"))
    await here.start(slow, {"deal": "d0"}, run_id="kept")
    await here.start(slow, {"deal": "d1"}, run_id="late")
    day = 24 * 3600 * 1000
    await here.send("answered", {"deal": "d0", "ok": True}, id="m0", lifetime=4 * day)
    await here.send("answered", {"deal": "d1", "ok": True}, id="m1", lifetime=2 * day)
    clock.at += 3 * day
    await Worker(here).work_off()
    assert (await here.show("kept")).end == "answered"
    assert (await here.show("late")).status == "waiting"
    rows = store._database.execute("SELECT id, data FROM inbox WHERE taken_by = ''").fetchall()
    assert rows == [("m1", "")]  # nothing of it is kept but its id
    assert await here.send("answered", {"deal": "d1", "ok": True}, id="m1") == (False, None)
    clock.at += REMEMBERED
    await here.send("other", {}, lifetime=0)
    await Worker(here).work_off()
    assert store._database.execute("SELECT id FROM inbox WHERE id = 'm1'").fetchall() == []


async def test_an_event_is_kept_for_thirty_days_by_default(store: Counting) -> None:
    clock = VirtualClock(moves=False)
    here = LocalRuntime(world(), store, clock)
    await here.send("answered", {})
    clock.at += LIFETIME - 1
    assert await store.expire(clock.now()) == 0
    clock.at += 1
    assert await store.expire(clock.now()) == 1


async def test_a_key_of_personal_data_is_kept_as_a_keyed_fingerprint(
    store: Counting, tmp_path: Path
) -> None:
    sealed = SealedStore(store, REGISTRY, seal_key("file", tmp_path))
    here = LocalRuntime(world(), sealed)
    await here.start(workflow(REPLY), {"deal": SSN}, run_id="r1")
    await Worker(here).work_off()
    ((kept,),) = store._database.execute("SELECT key FROM awaits").fetchall()
    assert SSN not in kept
    assert kept != store.fingerprint(f'["deal", "{SSN}"]')
    assert (await here.send("answered", {"deal": SSN, "ok": True}))[1] == "r1"


async def test_with_another_key_no_run_is_passed_by(store: Counting, tmp_path: Path) -> None:
    """The fingerprints of a key that is lost tell nothing: each such run is looked at."""
    before = LocalRuntime(world(), SealedStore(store, REGISTRY, seal_key("file", tmp_path)))
    await before.start(workflow(REPLY), {"deal": "d1"}, run_id="r1")
    await Worker(before).work_off()
    (tmp_path / KEY_FILE).unlink()
    after = LocalRuntime(world(), SealedStore(store, REGISTRY, seal_key("file", tmp_path)))
    assert (await after.send("answered", {"deal": "d1", "ok": True}))[1] == "r1"


async def test_without_a_key_no_run_is_passed_by(store: Counting, tmp_path: Path) -> None:
    file = tmp_path / KEY_FILE
    file.write_text("damaged")
    file.chmod(0o600)
    here = LocalRuntime(world(), SealedStore(store, REGISTRY, seal_key("file", tmp_path)))
    await here.start(workflow(REPLY), {"deal": "d1"}, run_id="r1")
    await Worker(here).work_off()
    assert (await here.send("answered", {"deal": "d1", "ok": True}))[1] == "r1"

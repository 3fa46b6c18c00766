"""`event.send`: an event reaches what waits for it, also in the run that sends it, once however often it is tried."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from auterity_sdk.connections.configured import configured
from auterity_sdk.connections.events import Events
from auterity_sdk.errors import StoreUnavailable
from auterity_sdk.runtime.attempt import World
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.plugins import builtin_registry
from auterity_sdk.runtime.ports import Incoming, Store
from auterity_sdk.runtime.stores.memory import MemoryStore
from auterity_sdk.runtime.stores.sqlite import SqliteStore
from auterity_sdk.workflow.document import load_document
from auterity_sdk.workflow.model import Workflow, load

TELLS = """auterity: 1
name: tells
steps:
  tell:
    uses: event.send
    with: {type: sold, data: {stock: P1043, price: 21000}}
    retry: {attempts: 3, initial: 1ms}
"""
BOTH = (
    TELLS
    + """  hear: {receive: {event: sold, match: event.price > 20000, timeout: 1m}}
output: {told: "${tell.event_id}"}
ends: {heard: hear.received, late: hear.timeout}
"""
)


def read(text: str) -> Workflow:
    data = load_document(text, file="here.yaml").data
    assert isinstance(data, dict)
    return load(data)


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "memory":
        yield MemoryStore()
        return
    made = SqliteStore(tmp_path / "runs.db")
    yield made
    made.close()


def runtime(store: Store, folder: Path) -> LocalRuntime:
    return LocalRuntime(World(builtin_registry(), configured({}, folder)), store)


async def test_a_run_hears_what_it_sends_itself(store: Store, tmp_path: Path) -> None:
    here = runtime(store, tmp_path)
    ended = await here.run(read(BOTH), {}, to_the_end=True)
    assert (ended.status, ended.end) == ("succeeded", "heard")


async def test_an_event_is_kept_once_and_is_the_step_s(store: Store, tmp_path: Path) -> None:
    here = runtime(store, tmp_path)
    ended = await here.run(read(TELLS), {})
    [event] = await store.waiting(["sold"])
    [tell] = ended.steps
    assert tell.output == {"event_id": event.id}
    assert event.data == {"stock": "P1043", "price": 21000}
    await here.world.connections.get(Events).send("sold", {}, key=event.id)
    assert len(await store.waiting(["sold"])) == 1


async def test_a_store_that_does_not_answer_is_asked_again(tmp_path: Path) -> None:
    class Busy(MemoryStore):
        asked = 0

        async def put(self, event: Incoming) -> bool:
            self.asked += 1
            kept = await super().put(event) if self.asked > 1 else False
            if self.asked < 3:
                raise StoreUnavailable("the store is busy")
            return kept

    store: Any = Busy()
    ended = await runtime(store, tmp_path).run(read(TELLS), {}, to_the_end=True)
    assert ended.status == "succeeded"
    assert len(await store.waiting(["sold"])) == 1

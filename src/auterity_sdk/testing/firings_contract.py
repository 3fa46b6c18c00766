"""What every run store must do for triggers and their firings; part of `StoreContract`."""

# ruff: noqa: S101 - to assert is what a contract is for

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from msgspec.structs import replace

from auterity_sdk.runtime.firings import (
    GRANTED,
    HELD,
    MISSED,
    QUEUED,
    STARTED,
    Firing,
    Served,
    Standing,
)
from auterity_sdk.runtime.ports import Incoming, Store

_LEADS = Served("k1", "leads", "lead.created")
_DESK = Served("k2", "desk", "lead.created")
_NIGHTLY = Served("k3", "nightly")


class FiringsContract:
    """The tests, for a class that gives a `store` that is empty, and the same one `again`."""

    def store(self) -> Store:
        """An empty store."""
        raise TypeError("a store contract needs a `store`")

    def again(self, store: Store) -> Store:
        """The same store as another process would open it; itself where it is not shared."""
        return store

    def carry_out(self, check: Coroutine[Any, Any, None]) -> None:
        """Do what a test does, in an event loop. A store that has to be closed in it is closed here."""
        asyncio.run(check)

    def test_the_firings_that_came_last_can_be_looked_at(self) -> None:
        """The last one first; of a trigger that was never served nothing is known."""

        async def check() -> None:
            store = self.store()
            assert await store.standing("k1") is None
            assert await store.latest_firings("k1", 9) == []
            await store.serve(_LEADS, 10)
            for number in range(3):
                await store.put(Incoming(f"e{number}", "lead.created", {}, 10 + number // 2))
            first = replace((await store.latest_firings("k1", 9))[-1], state=STARTED, at=None)
            await store.change("k1", None, [first])
            again = self.again(store)
            found = await again.latest_firings("k1", 9)
            assert [each.occurrence for each in found] == ["e2", "e1", "e0"]
            assert found[-1] == first
            assert await again.latest_firings("k1", 1) == found[:1]
            assert await again.standing("k1") == Standing(10, 1)

        self.carry_out(check())

    def test_triggers_that_are_no_more_served_fire_no_more(self) -> None:
        """What they have open is missed, and served again they begin anew: nothing of the time between is theirs."""

        async def check() -> None:
            store = self.store()
            for served in (_LEADS, _DESK, _NIGHTLY):
                await store.serve(served, 10)
            await store.put(Incoming("e1", "lead.created", {}, 11))
            began = replace((await store.open_firings("k1", 11, 9))[0], state=STARTED, at=None)
            await store.change("k1", None, [began])
            await store.put(Incoming("e2", "lead.created", {}, 12))
            again = self.again(store)
            await again.serve_only(["k2"])
            assert await store.standing("k1") is await store.standing("k3") is None
            assert await store.to_fire(["k1", "k2"], 99) == ["k2"]
            states = {each.occurrence: each.state for each in await store.latest_firings("k1", 9)}
            assert states == {"e1": STARTED, "e2": MISSED}
            assert not await store.change("k1", None, [replace(began, at=13)])
            await store.put(Incoming("e3", "lead.created", {}, 14))
            assert await store.fired_by("e3") == ["desk"]
            await store.serve(_LEADS, 15)
            assert await again.standing("k1") == Standing(15, 0)
            await store.put(Incoming("e4", "lead.created", {}, 16))
            assert [each.occurrence for each in await again.open_firings("k1", 16, 9)] == ["e4"]

        asyncio.run(check())

    def test_an_event_fires_each_trigger_of_its_type_once(self) -> None:
        """From when it is served, in the transaction that keeps the event."""

        async def check() -> None:
            store = self.store()
            await store.put(Incoming("e0", "lead.created", {"n": 0}, 5))
            for served in (_LEADS, _DESK, _NIGHTLY):
                await store.serve(served, 10)
            event = Incoming("e1", "lead.created", {"n": 1}, 11)
            assert await store.put(event)
            assert not await store.put(event)
            await store.put(Incoming("e2", "other", {}, 12))
            again = self.again(store)
            assert await again.to_fire(["k3", "k2", "k1"], 11) == ["k2", "k1"]
            assert await again.open_firings("k1", 11, 9) == [Firing("k1", "e1", 11, 0)]
            assert await again.open_firings("k3", 11, 9) == []
            assert await again.fired_by("e1") == ["desk", "leads"]
            assert await again.fired_by("e2") == []
            assert await again.event("e1") == event
            assert await again.event("none") is None

        self.carry_out(check())

    def test_one_worker_changes_the_firings_of_a_trigger(self) -> None:
        """Who looked at them before another changed them changes nothing."""

        async def check() -> None:
            store = self.store()
            await store.serve(_NIGHTLY, 10)
            await store.serve(_NIGHTLY, 99)
            assert await store.standing("k3") == Standing(10, 0)
            made = [Firing("k3", str(time), time, time, QUEUED) for time in (20, 30)]
            assert await store.change("k3", 0, made=made, seen=30)
            again = self.again(store)
            assert await again.standing("k3") == Standing(30, 1)
            assert not await again.change("k3", 0, [replace(made[0], at=None)], seen=40)
            assert await again.open_firings("k3", 30, 9) == made
            assert await again.open_firings("k3", 30, 1) == made[:1]
            assert await again.open_firings("k3", 29, 9) == made[:1]
            begun = replace(made[0], at=None, state=STARTED, run_id="r1")
            assert await again.change("k3", 1, [begun], seen=15)
            # A clock that was set back makes them again: they are left as they are.
            assert await store.change("k3", None, made=made)
            assert await again.open_firings("k3", 30, 9) == made[1:]
            assert await store.standing("k3") == Standing(15, 3)

        self.carry_out(check())

    def test_held_and_granted_firings_are_found(self) -> None:
        """By what they have in common."""

        async def check() -> None:
            store = self.store()
            await store.serve(_LEADS, 0)
            for number in range(4):
                await store.put(Incoming(f"e{number}", "lead.created", {}, number))
            new = await store.open_firings("k1", 9, 9)
            held = replace(new[0], state=HELD, at=20, bunch="b", first=0, pool="p")
            other = replace(new[1], state=HELD, at=20, bunch="c", pool="p")
            granted = [
                replace(each, state=GRANTED, granted=10 + each.came, pool="p") for each in new[2:]
            ]
            assert await store.change("k1", 0, [held, other, *granted])
            again = self.again(store)
            assert await again.held("k1", "b") == [held]
            assert await again.held("k2", "b") == []
            assert await again.grants("k1", "p", 11) == [12, 13]
            assert await again.grants("k1", "p", 12) == [13]
            assert await again.grants("k1", "q", 0) == []

        self.carry_out(check())

    def test_an_event_is_kept_until_its_runs_are_started(self) -> None:
        """But not for a trigger that nobody serves any more."""

        async def check() -> None:
            store = self.store()
            await store.serve(_LEADS, 0)
            await store.put(Incoming("e1", "lead.created", {"n": 1}, 1, 10))
            await store.put(Incoming("e2", "lead.created", {"n": 2}, 2, 10))
            first, _ = await store.open_firings("k1", 9, 9)
            queued = replace(first, state=QUEUED, at=50)
            assert await store.change("k1", None, [queued])
            assert await store.expire(10) == 1
            again = self.again(store)
            assert await again.event("e2") is None
            kept = await again.event("e1")
            assert kept is not None
            assert kept.data == {"n": 1}
            assert await again.open_firings("k1", 60, 9) == [queued]
            settled = replace(queued, state=MISSED, at=None)
            assert await store.change("k1", None, [settled])
            assert await store.expire(60) == 1
            assert await again.event("e1") is None

        self.carry_out(check())

"""What every run store must do with the order of all that is recorded."""

# ruff: noqa: S101 - to assert is what a contract is for

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from msgspec.structs import replace

from auterity_sdk.runtime.ports import Recorded, Store
from auterity_sdk.testing.claims_contract import STARTED as _STARTED
from auterity_sdk.testing.claims_contract import STEP as _STEP
from auterity_sdk.testing.claims_contract import summary as _summary


def _places(found: list[Recorded]) -> list[tuple[str, int]]:
    return [(each.run_id, each.seq) for each in found]


async def _append(store: Store, run_id: str, expected: int, workflow: str = "w") -> None:
    told = replace(_summary(), run_id=run_id, workflow=workflow)
    await store.append(run_id, expected, [_STEP if expected else _STARTED], told)


class OrderContract:
    """The part of `StoreContract` about the order of recording."""

    def store(self) -> Store:
        """An empty store."""
        raise TypeError("a store contract needs a `store`")

    def again(self, store: Store) -> Store:
        """The same store as another process would open it; itself where it is not shared."""
        return store

    def carry_out(self, check: Coroutine[Any, Any, None]) -> None:
        """Do what a test does, in an event loop. A store that has to be closed in it is closed here."""
        asyncio.run(check)

    def test_events_of_all_runs_come_in_the_order_of_recording(self) -> None:
        """In pages, each behind the one before; those of one workflow where it is named."""

        async def check() -> None:
            store = self.store()
            for run_id, expected, workflow in (
                ("r1", 0, "w"),
                ("r2", 0, "other"),
                ("r1", 1, "w"),
                ("r2", 1, "other"),
                ("r1", 2, "w"),
            ):
                await _append(store, run_id, expected, workflow)
            again = self.again(store)
            first = await again.recorded(0, 3)
            assert _places([*first.events]) == [("r1", 1), ("r2", 1), ("r1", 2)]
            assert first.upto == first.events[-1].position
            assert (first.events[0].event, first.events[0].workflow) == (_STARTED, "w")
            rest = await again.recorded(first.upto, 3)
            assert _places([*rest.events]) == [("r2", 2), ("r1", 3)]
            assert (await again.recorded(rest.upto, 3)).events == []
            other = await again.recorded(0, 9, "other")
            assert _places([*other.events]) == [("r2", 1), ("r2", 2)]
            assert other.upto == rest.upto, "what others recorded is not looked at again"
            last = await again.last_recorded(None, 2)
            assert _places(last) == [("r1", 3), ("r2", 2)]
            before = await again.last_recorded(last[-1].position, 9, "w")
            assert _places(before) == [("r1", 2), ("r1", 1)]

        self.carry_out(check())

    def test_a_position_is_never_given_again(self) -> None:
        """Not even that of an event that was forgotten: somebody may have read up to it."""

        async def check() -> None:
            store = self.store()
            await _append(store, "kept", 0)
            over = replace(_summary(), run_id="old", status="succeeded", ended_at=9)
            await store.append("old", 0, [_STARTED], over)
            upto = (await store.recorded(0, 9)).upto
            assert await store.prune(["old"]) == 1
            assert _places([*(await store.recorded(0, 9)).events]) == [("kept", 1)]
            await _append(store, "new", 0)
            found = await self.again(store).recorded(upto, 9)
            assert _places([*found.events]) == [("new", 1)]

        self.carry_out(check())

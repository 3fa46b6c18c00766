"""What every run store must do with locks, queues, turns, keys and kept results: a part of `StoreContract`."""

# ruff: noqa: S101 - to assert is what a contract is for

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from msgspec.structs import replace

from auterity_sdk.errors import AlreadyStarted, RunRejected, TurnLost
from auterity_sdk.runs.cache import CachedResult
from auterity_sdk.runs.events import RunStarted, StepStarted
from auterity_sdk.runtime.ports import POINT, Claims, Store, Summary, Turn
from auterity_sdk.workflow.queue import Queue

STARTED = RunStarted(at=1, run_id="r1", version="v", input={"name": "Zoë\ud800"})
STEP = StepStarted(at=2, step="a", arguments={"n": 1.5, "t": [True, None]})


def summary(run_id: str = "r1", status: str = "running", started_at: int = 1) -> Summary:
    """A run at a glance."""
    return Summary(run_id, "w", "v", status, started_at, None, 7, "", "", ("sms.received",), 2)


class ClaimsContract:
    """The part of `StoreContract` that is about what runs share."""

    def store(self) -> Store:
        """An empty store."""
        raise TypeError("a store contract needs a `store`")

    def again(self, store: Store) -> Store:
        """The same store as another process would open it; itself where it is not shared."""
        return store

    def carry_out(self, check: Coroutine[Any, Any, None]) -> None:
        """Do what a test does, in an event loop. A store that has to be closed in it is closed here."""
        asyncio.run(check)

    def test_locks_are_held_in_the_order_of_asking(self) -> None:
        """Whose turn it is has something to do, until it has taken its turn; the next one when it is released."""

        async def check() -> None:
            store = self.store()
            for run in ("r1", "r2", "r3"):
                told = summary(run, "waiting")
                asked = Claims({"a": "k", "b": f"own-{run}"})
                await store.append(run, 0, [STARTED], told, claims=asked)
            assert await store.turns("r1", 1) == {"a": Turn(), "b": Turn()}
            assert await self.again(store).turns("r2", 1) == {"a": Turn("r1"), "b": Turn()}
            taken = Claims(taken=["a", "b"])
            await store.append("r1", 1, [STEP], claims=taken)
            assert await store.turns("r1", 1) == {}
            await store.append("r2", 1, [STEP], claims=Claims(taken=["b"]))
            await store.append("r3", 1, [STEP], claims=Claims(taken=["b"]))
            assert await store.due(1, 9) == []
            await store.append("r2", 2, [STEP], claims=Claims(released=["a", "b"]))
            assert await store.turns("r3", 1) == {"a": Turn("r1")}
            await store.append("r1", 2, [STEP], claims=Claims(released=["a", "none"]))
            assert await store.turns("r3", 1) == {"a": Turn()}
            assert await self.again(store).due(1, 9) == ["r3"]

        self.carry_out(check())

    def test_a_higher_priority_comes_before_but_not_for_ever(self) -> None:
        """Who has a turn keeps it; a turn that somebody else has got meanwhile is not taken."""

        async def check() -> None:
            store, none = self.store(), [STARTED]
            for run, at, priority in (("r1", 0, 0), ("r2", 0, 0), ("r3", 1, 5), ("r4", 2, 9)):
                asked = Claims({"a": "k"}, at=at, priority=priority)
                await store.append(run, 0, none, summary(run, "waiting"), claims=asked)
            assert await store.turns("r1", 1) == {"a": Turn("r4")}
            lost: frozenset[str] = frozenset()
            try:
                await store.append("r1", 1, [STEP], claims=Claims(taken=["a"]))
            except TurnLost as refused:
                lost = refused.steps
            assert lost == {"a"}
            assert len(await store.events("r1")) == 1
            for run, following in (("r4", "r3"), ("r3", "r1"), ("r1", "r2")):
                assert await self.again(store).due(1, 9) == [run]
                await store.append(run, 1, [STEP], claims=Claims(taken=["a"]))
                # A point is worth a minute: who asks so much later comes behind.
                late = Claims({"b": "k"}, at=POINT * 9, priority=8)
                await store.append(run, 2, [STEP], claims=late)
                await store.append(run, 3, [STEP], claims=Claims(released=["a", "b"]))
                assert await store.turns(following, 1) == {"a": Turn()}

        self.carry_out(check())

    def test_a_queue_has_places_and_a_rate(self) -> None:
        """Both count over all runs; a step that waits before a further attempt leaves its place, and keeps its lock."""

        async def check() -> None:
            store, queue = self.store(), Queue("q", 2, 3, 100)
            for run in ("r1", "r2", "r3", "r4", "r5"):
                asked = Claims(queued={"a": queue}, at=0)
                await store.append(run, 0, [STARTED], summary(run, "waiting"), claims=asked)
            assert await store.due(0, 9, ["q", "p"]) == ["r1", "r2"]
            assert await store.due(0, 9, ["p"]) == []
            for run in ("r1", "r2"):
                await store.append(run, 1, [STEP], claims=Claims(taken=["a"], at=10))
            assert await store.turns("r3", 10) == {"a": Turn("r1")}
            await store.append("r1", 2, [STEP], claims=Claims(asked={"b": "k"}, left=["a", "b"]))
            assert await store.turns("r1", 10) == {"b": Turn()}
            await store.append("r3", 1, [STEP], claims=Claims(taken=["a"], at=20))
            await store.append("r2", 2, [STEP], claims=Claims(released=["a"]))
            again = self.again(store)
            assert await again.turns("r4", 30) == {"a": Turn(at=110)}
            assert await again.due(30, 9, ["q"]) == []
            assert await again.due(110, 9, ["q"]) == ["r4"]
            # The settings were changed: what asks last says how it is for all.
            wider = Claims(queued={"a": Queue("q", 9)}, at=30)
            await store.append("r2", 3, [STEP], claims=wider)
            assert await again.turns("r5", 30) == {"a": Turn()}

        self.carry_out(check())

    def test_who_has_a_lock_is_known(self) -> None:
        """Of those that wait for locks and turns; who waits in a queue waits for nobody for ever."""

        async def check() -> None:
            store = self.store()
            for run in ("r1", "r2"):
                asked = Claims({"a": "k"}, queued={"q": Queue("q", 1)})
                await store.append(run, 0, [STARTED], summary(run, "waiting"), claims=asked)
            assert await store.holders("r2") == []
            await store.append("r1", 1, [STEP], claims=Claims(taken=["a", "q"]))
            [held] = await self.again(store).holders("r2")
            assert (held.step, held.slots, held.run_id, held.of_step) == ("a", 1, "r1", "a")

        self.carry_out(check())

    def test_a_result_is_kept_as_long_as_it_counts(self) -> None:
        """And no longer than the run that made it."""

        async def check() -> None:
            store = self.store()
            output, facts = {"score": 7}, ({"fact": "f", "until": 9},)
            made = CachedResult("r1", "v", "a", 10, 20, "good", output, facts, (["g", "d"],))
            kept = Claims(kept={"k": made}, at=10)
            await store.append("r1", 0, [STARTED], summary(), claims=kept)
            assert await self.again(store).cached("k", 10) == made
            assert await store.cached("k", 11) is None
            assert await store.cached("other", 0) is None
            late = Claims(kept={"late": replace(made, run_id="r2", at=21, until=30)}, at=21)
            over = Summary("r2", "w", "v", "succeeded", 1, 25)
            await store.append("r2", 0, [STARTED], over, claims=late)
            assert await store.cached("k", 0) is None
            assert await store.cached("late", 0) is not None
            await store.prune(["r2"])
            assert await store.cached("late", 0) is None

        self.carry_out(check())

    def test_so_many_runs_of_a_key_go_on(self) -> None:
        """In order; one that does not wait is refused, and nothing of it is kept."""

        async def check() -> None:
            store = self.store()
            for run in ("r1", "r2", "r3"):
                claims = Claims({"": "k"}, slots=2)
                await store.append(run, 0, [STARTED], summary(run, "waiting"), claims=claims)
            assert [await store.turns(run, 1) for run in ("r1", "r2", "r3")] == [
                {"": Turn()},
                {"": Turn()},
                {"": Turn("r1")},
            ]
            assert await self.again(store).ahead("r3") == ["r1", "r2"]
            refused = Claims({"": "k"}, slots=2, reject=True)
            try:
                await store.append("r4", 0, [STARTED], summary("r4"), claims=refused)
            except RunRejected:
                assert await store.run("r4") is None
            else:
                raise AssertionError("the key was full")
            for run in ("r1", "r2"):
                await store.append(run, 1, [STEP], claims=Claims(taken=[""]))
            await store.append("r2", 2, [STEP], claims=Claims(released=[""]))
            assert await store.turns("r3", 1) == {"": Turn()}
            assert await store.due(1, 9) == ["r3"]

        self.carry_out(check())

    def test_a_run_is_started_once(self) -> None:
        """As long as its key counts; nothing of a second one is kept."""

        async def check() -> None:
            store = self.store()
            once = Claims(once="k", at=10)
            await store.append("r1", 0, [STARTED], summary("r1"), claims=once)
            try:
                again = Claims(once="k", at=20, since=10)
                await self.again(store).append("r2", 0, [STARTED], summary("r2"), claims=again)
            except AlreadyStarted as found:
                known = found.run_id
            else:
                raise AssertionError("the key was used")
            assert (known, await store.run("r2")) == ("r1", None)
            later = Claims(once="k", at=30, since=11)
            await store.append("r3", 0, [STARTED], summary("r3"), claims=later)
            assert await store.run("r3") is not None

        self.carry_out(check())

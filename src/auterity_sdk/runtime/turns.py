"""Whose turn it is: with a lock, in a queue, and among the runs of a key."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

from auterity_sdk.runs import commands as c
from auterity_sdk.runs.failure import Failure
from auterity_sdk.runs.plan import Concurrency
from auterity_sdk.runtime.circles import DEADLOCK, circle
from auterity_sdk.runtime.live import Live, open_run
from auterity_sdk.runtime.parts import waits_in
from auterity_sdk.runtime.plans import Plans
from auterity_sdk.runtime.ports import Clock, Holder, Store

BLOCKED_BY_CALLER = "blocked_by_caller"
"""The type of error of a child run that would wait for a run that waits for it."""


class Peer(Protocol):
    """A driver of this process."""

    def drives(self, run_id: str) -> bool:
        """Whether it has the run."""
        ...

    def wake(self) -> None:
        """End a pause."""
        ...

    async def submit(self, run_id: str, command: c.Command) -> bool | None:
        """Apply a command to a run that it drives."""
        ...


class Turns:
    """Looks in the store for the turns of the runs that one driver has, and tells them through `tell`.

    With `queues`, only of those in one of these.
    """

    def __init__(
        self,
        store: Store,
        plans: Plans,
        clock: Clock,
        lives: Mapping[str, Live],
        peers: Sequence[Peer],
        tell: Callable[[Live, c.Command], None],
        queues: Collection[str] | None = None,
    ) -> None:
        self._store = store
        self._plans = plans
        self._clock = clock
        self._lives = lives
        self._peers = peers
        self._tell = tell
        self._queues = queues
        self.passed_on = False
        self._holders: dict[str, set[str]] = {}
        self._look_at: dict[str, list[int]] = {}
        self._seen: dict[str, list[Holder]] = {}
        self._replaced: dict[str, set[str]] = {}

    async def look(self, live: Live) -> None:
        """Tell a run that asks whose turn it is; make room for it where it replaces others."""
        now = self._clock.now()
        turns = await self._store.turns(live.run_id, now)
        self._holders[live.run_id] = {turn.holder for turn in turns.values()} - {""}
        self._look_at[live.run_id] = [turn.at for turn in turns.values() if turn.at is not None]
        for step in sorted(turns.keys() & live.state.asking):
            if not waits_in(live.state, step, self._queues):
                continue
            if turns[step].is_now:
                self._tell(live, c.LockGranted(now, step))
            elif not step and live.plan.concurrency is not None:
                await self._wait(live, live.plan.concurrency)
        await self._look_for_circles(live)

    async def _look_for_circles(self, live: Live) -> None:
        """Refuse the turns of a run that would wait for itself; once for all that has its locks and turns."""
        if not self._holders[live.run_id]:
            return
        holders = await self._store.holders(live.run_id)
        if holders == self._seen.get(live.run_id):
            return
        self._seen[live.run_id] = holders
        for step in sorted({holder.step for holder in holders} & live.state.asking):
            limits = None if step else live.plan.concurrency
            if limits is not None and limits.when_full == "replace":
                continue  # those before it are cancelled
            runs = await circle(self._store, live.run_id, step)
            if runs:
                around = ", ".join(runs)
                error = Failure(DEADLOCK, f"these runs would wait for each other: {around}")
                self._tell(live, c.TurnRefused(self._clock.now(), error, step))

    async def look_at_all(self, but: Live | None = None) -> None:
        """Tell all runs that ask whose turn it is."""
        for live in tuple(self._lives.values()):
            if live.state.asking and live is not but:
                await self.look(live)

    async def pass_on(self, live: Live) -> None:
        """A run may have released something: look whose turn it is now, here and in other drivers of this process."""
        self.passed_on = True
        await self.look_at_all(but=live)
        for peer in self._peers:
            peer.wake()

    def are_held_here(self) -> bool:
        """Whether a run that asks waits for one that a driver of this process has."""
        return any(
            holder in self._lives or any(peer.drives(holder) for peer in self._peers)
            for live in self._lives.values()
            if live.state.asking
            for holder in self._holders.get(live.run_id, ())
        )

    def next_at(self) -> int | None:
        """When the rate of a queue lets a step of a run that is driven here begin."""
        asking = (live for live in self._lives.values() if live.state.asking)
        times = [at for live in asking for at in self._look_at.get(live.run_id, ())]
        return min(times, default=None)

    def forget(self, run_id: str) -> None:
        """The run is no longer driven here."""
        self._holders.pop(run_id, None)
        self._look_at.pop(run_id, None)
        self._seen.pop(run_id, None)
        self._replaced.pop(run_id, None)

    async def _wait(self, live: Live, limits: Concurrency) -> None:
        """A run waits for its turn: not for its own callers, and not for those that it replaces."""
        ahead = await self._store.ahead(live.run_id)
        callers = await self._callers(live)
        replaced = ahead[: len(ahead) - limits.limit + 1] if limits.when_full == "replace" else []
        if callers.intersection(replaced) or len(callers.intersection(ahead)) >= limits.limit:
            error = Failure(BLOCKED_BY_CALLER, "the run would wait for a run that called it")
            self._tell(live, c.TurnRefused(self._clock.now(), error))
            return
        asked = self._replaced.setdefault(live.run_id, set())
        for older in replaced:
            if older not in asked:
                asked.add(older)
                await self._cancel(older)

    async def _callers(self, live: Live) -> set[str]:
        found: set[str] = set()
        run_id = live.state.parent_run
        while run_id:
            found.add(run_id)
            summary = await self._store.run(run_id)
            run_id = summary.parent_run if summary is not None else ""
        return found

    async def _cancel(self, run_id: str) -> None:
        command = c.Cancel(self._clock.now())
        if run_id in self._lives:
            self._tell(self._lives[run_id], command)
            return
        for peer in self._peers:
            if peer.drives(run_id) and await peer.submit(run_id, command) is not None:
                return
        await (await open_run(run_id, self._store, self._plans)).apply([command])

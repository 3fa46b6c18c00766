"""Circles of runs that wait for each other, through locks, turns and calls: found when a turn is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from msgspec import Struct, field

from auterity_sdk.runtime.ports import Holder, Summary

DEADLOCK = "deadlock"
"""The type of error of a step or run whose turn would never come."""

_STOPPING = ("failing", "cancelling")
_GOING = ("running", "waiting")


class Known(Protocol):
    """What a store tells of who waits for whom."""

    async def holders(self, run_id: str) -> list[Holder]:
        """See `Locks.holders`."""
        ...

    async def run(self, run_id: str) -> Summary | None:
        """See `Journal.run`."""
        ...

    async def runs(
        self, *, statuses: tuple[str, ...] = (), parent_run: str | None = None
    ) -> list[Summary]:
        """See `Journal.runs`."""
        ...


class _Run(Struct, frozen=True):
    """What a run waits for: by step the holders of what it asks for; and its child runs, by their id with their call."""

    asks: Mapping[str, tuple[Holder, ...]] = {}
    children: Mapping[str, str] = {}


Claim = tuple[str, str]


class _Waits(Struct, frozen=True):
    """All that a run waits for, directly or not."""

    runs: dict[str, _Run] = field(default_factory=dict)

    async def load(self, store: Known, first: str) -> None:
        waiting = [first]
        while waiting:
            run_id = waiting.pop()
            if run_id in self.runs:
                continue
            found = self.runs[run_id] = await _loaded(store, run_id)
            waiting.extend(found.children)
            waiting.extend(each.run_id for asked in found.asks.values() for each in asked)

    def behind(self, claim: Claim) -> list[list[Claim]]:
        """What must be granted before a claim is: one of several lists, of each all."""
        return [[*self._before_release(held)] for held in self.runs[claim[0]].asks[claim[1]]]

    def _before_release(self, held: Holder) -> Iterator[Claim]:
        """The claims that come before a step gives back what it has: its own, and all of the runs that it calls."""
        found = self.runs[held.run_id]
        yield from ((held.run_id, step) for step in found.asks if _is_below(step, held.of_step))
        called = [run for run, call in found.children.items() if _is_below(call, held.of_step)]
        seen: set[str] = set()
        while called:
            run_id = called.pop()
            if run_id not in seen:
                seen.add(run_id)
                yield from ((run_id, step) for step in self.runs[run_id].asks)
                called.extend(self.runs[run_id].children)

    def stuck(self) -> set[Claim]:
        """The claims that are never granted, whatever else happens."""
        found = {(run_id, step) for run_id, run in self.runs.items() for step in run.asks}
        while True:
            free = {claim for claim in found if self._is_free(claim, found)}
            if not free:
                return found
            found -= free

    def _is_free(self, claim: Claim, stuck: set[Claim]) -> bool:
        holders, ways = self.runs[claim[0]].asks[claim[1]], self.behind(claim)
        if len(holders) < holders[0].slots:
            return True
        return any(stuck.isdisjoint(way) for way in ways)

    def ticket(self, claim: Claim) -> int:
        return self.runs[claim[0]].asks[claim[1]][0].ticket


async def circle(store: Known, run_id: str, step: str) -> list[str]:
    """The runs that wait for each other in a circle with this step of a run, if it is the one that asked last.

    The step with an empty path is the run itself. Empty where there is no circle, or another one is to give way.
    """
    waits = _Waits()
    await waits.load(store, run_id)
    claim, stuck = (run_id, step), waits.stuck()
    if claim not in stuck:
        return []
    following = {each: {*_joined(waits.behind(each))} & stuck for each in stuck}
    around = {each for each in _reached(following, claim) if claim in _reached(following, each)}
    if not around or max(around, key=waits.ticket) != claim:
        return []
    return _named(following, claim, around)


async def _loaded(store: Known, run_id: str) -> _Run:
    summary = await store.run(run_id)
    if summary is None or summary.ended_at is not None or summary.status in _STOPPING:
        return _Run()
    asks: dict[str, tuple[Holder, ...]] = {}
    for holder in await store.holders(run_id):
        asks[holder.step] = (*asks.get(holder.step, ()), holder)
    children = await store.runs(statuses=_GOING, parent_run=run_id)
    return _Run(asks, {child.run_id: child.parent for child in children})


def _is_below(path: str, step: str) -> bool:
    """Whether a path is that of a step or lies in its body; all are in the run itself, whose path is empty."""
    return not step or path == step or path.startswith(f"{step}[")


def _joined(ways: list[list[Claim]]) -> Iterator[Claim]:
    for way in ways:
        yield from way


def _reached(following: Mapping[Claim, set[Claim]], first: Claim) -> set[Claim]:
    """The claims behind one, itself only where there is a way back."""
    found: set[Claim] = set()
    waiting = [*following[first]]
    while waiting:
        claim = waiting.pop()
        if claim not in found:
            found.add(claim)
            waiting.extend(following[claim])
    return found


def _named(following: Mapping[Claim, set[Claim]], claim: Claim, around: set[Claim]) -> list[str]:
    """The shortest way around, by the runs that ask."""
    ways = [[claim]]
    while ways:
        way = ways.pop(0)
        for following_claim in sorted(following[way[-1]] & around):
            if following_claim == claim:
                return [run_id for run_id, _ in way]
            if following_claim not in way:
                ways.append([*way, following_claim])
    return [claim[0]]

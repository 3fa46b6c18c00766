"""`within`: the latest that something may happen after something else, on the runs that end well."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import inf
from typing import Literal

from msgspec import Struct

from auterity_sdk.checks.facts.happening import Happening
from auterity_sdk.checks.guarantees.account import settled
from auterity_sdk.checks.guarantees.forms import Happenings, says
from auterity_sdk.checks.guarantees.lateness import Lateness
from auterity_sdk.checks.guarantees.prover import Holds, Prover
from auterity_sdk.checks.guarantees.timeline import Leg, Timeline
from auterity_sdk.workflow.duration import Duration

_ROUNDS = 20
"""So many longer ways are looked for, one after another."""


Kind = Literal["surely", "maybe"]
_KINDS: tuple[Kind, ...] = ("surely", "maybe")


class Late(Struct, frozen=True):
    """A run on which the limit is passed: `surely` with the shortest durations, or with the longest only."""

    kind: Kind
    message: str
    legs: tuple[Leg, ...]


def latest(
    prover: Prover, event: Happenings, limit: Duration, since: Happenings, longest: float
) -> Late | None:
    """The worst run, if one passes the limit. `longest` bounds every run from its start, in milliseconds."""
    for kind in _KINDS:
        if kind == "maybe" and longest <= limit.milliseconds:
            break
        for each in since:
            worst = _worst(prover, event, float(limit.milliseconds), each, kind == "maybe")
            if worst is not None:
                what, took, legs = worst
                return Late(kind, _message(kind, what, each, took), legs)
    return None


def way(legs: tuple[Leg, ...]) -> str:
    """The steps on the way, with how long each takes, and the sum."""
    listed = " + ".join(f"{leg.step} {spoken(leg.length)}" for leg in legs)
    return f"{listed} = {spoken(sum(leg.length for leg in legs))}" if legs else "nothing bounds it"


def spoken(length: float) -> str:
    """A length of time as messages say it."""
    return "any time" if length == inf else str(Duration(round(length)))


def _worst(
    prover: Prover, event: Happenings, limit: float, since: Happening, longest: bool
) -> tuple[Happening, float, tuple[Leg, ...]] | None:
    lateness = Lateness(prover, since, longest=longest)
    counted = [each for each in event if not prover.moments.precedence.leads_to(each, since)]
    found: tuple[Happening, float, tuple[Leg, ...]] | None = None
    if _bound(prover, lateness, counted) <= limit:
        return None
    for _ in range(_ROUNDS):
        holds = prover.run(_late(prover, lateness, counted, since, limit))
        if holds is None:
            break
        found = _first(prover, lateness, counted, holds)
        limit = found[1]
        if limit == inf:
            break
    return found


def _bound(prover: Prover, lateness: Lateness, events: list[Happening]) -> float:
    """No run is longer, in whatever way its steps end: often that is enough to know."""
    ends: dict[str, float] = {}
    starts: dict[str, float] = {}
    for step, ended in prover.states.ended.items():
        node = prover.model.steps[step].node
        past = lateness.past(step)
        before = [0.0, *(ends[each] for each in node.waits_for() if each in ends)]
        starts[step] = 0.0 if past or lateness.begins_with(step) else max(before)
        own = max((lateness.length(step, outcome) for outcome in ended), default=0.0)
        ends[step] = 0.0 if past else starts[step] + own
    at = (starts if each.outcome is None else ends for each in events)
    return max((a[e.step] for a, e in zip(at, events, strict=True) if e.step), default=0.0)


def _late(
    prover: Prover,
    lateness: Lateness,
    events: list[Happening],
    since: Happening,
    limit: float,
) -> int:
    """`since` happens, some of the events do, and each that does is late."""
    algebra = prover.algebra
    happen = [prover.on_run(each) for each in events]
    late = [
        algebra.either(algebra.negate(held), lateness.of(each, limit))
        for each, held in zip(events, happen, strict=True)
    ]
    return algebra.both(prover.on_run(since), algebra.either(*happen), *late)


def _first(
    prover: Prover, lateness: Lateness, events: list[Happening], holds: Holds
) -> tuple[Happening, float, tuple[Leg, ...]]:
    """The first of the events on the run that was found, when it happens, and the way there."""
    line = Timeline(prover.model, lateness, settled(prover, holds))
    when: Callable[[Happening], float] = line.when
    first = min((each for each in events if holds(prover.on_run(each))), key=when)
    return first, when(first), line.way(first)


def _message(kind: Kind, what: Happening, since: Happening, took: float) -> str:
    how = "takes at least" if kind == "surely" else "may take"
    return f"from when {says(since)} until {says(what)} it {how} {spoken(took)}"


def lengths(legs: tuple[Leg, ...]) -> Iterator[tuple[str, str]]:
    """The steps on the way that ended, with their outcomes."""
    for leg in legs:
        if leg.outcome is not None:
            yield leg.step, leg.outcome

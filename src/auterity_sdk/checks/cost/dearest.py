"""The dearest way through a graph: of steps that exclude each other, only those of one way are paid for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from auterity_sdk.checks.cost.most import Most, together
from auterity_sdk.checks.facts.feasibility import Condition, Outcomes

_MOST_LOOKS = 100_000
"""Looks at the condition of a step, after which what is left counts as if nothing of it excluded another."""


class Priced(Struct, frozen=True):
    """What a step takes, and what must have happened before it starts."""

    most: Most
    condition: Condition


def dearest(steps: Sequence[Priced]) -> Most:
    """What the dearest way takes; never less than any way does.

    What has no bound on any way has none here.
    """
    way = _Ways().dearest(tuple(step for step in steps if step.most.amount))
    unbounded = (Most(0, step.most.unbounded) for step in steps)
    return together((*(Most(s.most.amount, (), s.most.way) for s in way), *unbounded))


class _Ways:
    def __init__(self) -> None:
        self._left = _MOST_LOOKS

    def dearest(self, steps: tuple[Priced, ...]) -> tuple[Priced, ...]:
        made: list[Priced] = []
        for part, decider in self._parts(steps):
            made.extend(part if decider is None else self._of_one_outcome(part, decider))
        return tuple(made)

    def _of_one_outcome(self, steps: tuple[Priced, ...], decider: str) -> tuple[Priced, ...]:
        outcomes = sorted({each for step in steps for each in step.condition.get(decider, ())})
        ways = (self.dearest(_after(steps, decider, outcome)) for outcome in outcomes)
        return max(ways, key=lambda way: sum(step.most.amount for step in way))

    def _parts(self, steps: tuple[Priced, ...]) -> Iterator[tuple[tuple[Priced, ...], str | None]]:
        """Steps that have to do with each other, and a step whose outcome parts them; None where none does."""
        self._left -= sum(1 + len(step.condition) for step in steps)
        deciders = _deciders(steps) if self._left > 0 else frozenset[str]()
        alone = tuple(step for step in steps if deciders.isdisjoint(step.condition))
        if alone:
            yield alone, None
        for names, part in _joined(steps, deciders):
            yield tuple(part), min(names)


def _joined(
    steps: tuple[Priced, ...], deciders: frozenset[str]
) -> Iterator[tuple[set[str], list[Priced]]]:
    """The steps that ask for the outcome of one of the deciders, those together that have one in common, or are so joined."""
    group_of: dict[str, tuple[set[str], list[Priced]]] = {}
    for step in steps:
        own = {name for name in step.condition if name in deciders}
        if not own:
            continue
        groups = {id(group_of[name]): group_of[name] for name in own if name in group_of}
        whole = max(groups.values(), key=lambda group: len(group[1]), default=(set(), []))
        for names, part in groups.values():
            if part is not whole[1]:
                whole[0].update(names)
                whole[1].extend(part)
        whole[0].update(own)
        whole[1].append(step)
        group_of.update(dict.fromkeys(whole[0] if len(groups) > 1 else own, whole))
    yield from {id(group): group for group in group_of.values()}.values()


def _after(steps: tuple[Priced, ...], decider: str, outcome: str) -> tuple[Priced, ...]:
    """Those that may start where a step ended so; of it nothing is asked any more."""
    return tuple(
        Priced(step.most, {name: out for name, out in step.condition.items() if name != decider})
        for step in steps
        if outcome in step.condition.get(decider, (outcome,))
    )


def _deciders(steps: tuple[Priced, ...]) -> frozenset[str]:
    """The steps by whose outcome some of these exclude each other."""
    asked: dict[str, set[Outcomes]] = {}
    for step in steps:
        for name, outcomes in step.condition.items():
            asked.setdefault(name, set()).add(outcomes)
    return frozenset(name for name, sets in asked.items() if _some_exclude(sets))


def _some_exclude(sets: set[Outcomes]) -> bool:
    return any(not one & other for one in sets for other in sets)

"""What may happen in a graph, as guarantees and a `watch` name it."""

from __future__ import annotations

from msgspec import Struct

from auterity_sdk.workflow.graph import Graph
from auterity_sdk.workflow.guarantee import Name, Names
from auterity_sdk.workflow.step import WatchStep
from auterity_sdk.workflow.watched import counted_by, within_of


class Happening(Struct, frozen=True):
    """A step starts, or ends in `outcome`. `step` None: the run starts.

    `inside`: it happens in the body of the step, at any time while the step runs, or not at all.
    """

    name: str
    step: str | None
    outcome: str | None = None
    inside: bool = False


def happening(name: Name, depth: int = 0) -> Happening:
    """What a name means in the graph that so many loops lead to."""
    if not name.steps:
        return Happening(str(name), None)
    inside = len(name.steps) > depth + 1
    outcome = None if inside else name.outcome
    return Happening(str(name), name.steps[depth], outcome, inside)


def begins(step: WatchStep) -> tuple[Happening, ...]:
    """What begins a `watch`: the first of these."""
    said = within_of(step)
    return _all(said.since) if said is not None else ()


def awaited(step: WatchStep) -> tuple[Happening, ...]:
    """What a `watch` waits for: the first of these."""
    said = within_of(step)
    return _all(said.event) if said is not None else ()


def surely_kept_by(step: WatchStep, graph: Graph) -> tuple[Happening, ...] | None:
    """What keeps a `watch` at the moment in which it happens; None where that is not told by its graph alone."""
    counted = {_all(names) for names in counted_by(step, graph)}
    if len(counted) != 1:
        return None
    (found,) = counted
    return None if any(each.inside for each in found) else found


def _all(names: Names) -> tuple[Happening, ...]:
    return tuple(happening(name) for name in names)

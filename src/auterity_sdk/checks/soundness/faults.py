"""What may be wrong with a graph, each as a statement: it holds on the runs on which it goes wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Generic, Literal, TypeVar

from msgspec import Struct

from auterity_sdk.checks.soundness.algebra import at_least
from auterity_sdk.checks.soundness.meanwhile import Meanwhile
from auterity_sdk.checks.soundness.model import Step
from auterity_sdk.checks.soundness.states import States
from auterity_sdk.diagnostics import Location
from auterity_sdk.expression.references import Reference
from auterity_sdk.workflow.graph import NeedGroup
from auterity_sdk.workflow.needs import Edge, JoinKind
from auterity_sdk.workflow.occurrences import Role
from auterity_sdk.workflow.signature import CANCELLED, DONE, OK, SKIPPED

V = TypeVar("V")

Kind = Literal["unnamed", "conflict", "absent", "no_end", "starved", "lost"]


class Reading(Struct, frozen=True):
    """A plain reading of `step`: `by` a step of the graph, or (empty) once all is settled."""

    step: str
    by: str
    role: Role
    at: Location
    reference: Reference


class Fault(Struct, frozen=True):
    """One thing that goes wrong.

    `unnamed`: `step` ends in `outcome`, which nothing names. `conflict`: two edges of `group`, a `one`, are
    met; `step` needs it, or else the end `end`. `absent`: `reading` finds no value. `no_end`: all is settled,
    and no end is met. `starved`: `step` is not reached although an edge of its join is met, and nothing else
    takes up what arrived. `lost`: the same, of an outcome other than `ok`, `skipped` and `cancelled`.
    """

    kind: Kind
    step: str = ""
    end: str = ""
    group: NeedGroup | None = None
    reading: Reading | None = None
    outcome: str = ""


GOING_ON = frozenset({OK, SKIPPED, CANCELLED, DONE})
"""Outcomes that need no answer."""

Statements = list[tuple[Fault, V]]


def failures(states: States[V], readings: Sequence[Reading]) -> Statements[V]:
    """What makes a run fail, in the order in which a cause stands before what follows from it."""
    model = states.model
    by_step: dict[str, list[Reading]] = {}
    for reading in readings:
        by_step.setdefault(reading.by, []).append(reading)
    found = list(_unnamed(states))
    for step in model.steps.values():
        found.extend(_of_step(states, step, by_step.get(step.id, ())))
    for name, groups in model.ends.items():
        found.extend(
            (Fault("conflict", end=name, group=group), twice)
            for group, twice in _conflicts(states, groups)
        )
    algebra = states.algebra
    over = ended_well(states)
    if model.ends:
        found.append((Fault("no_end"), algebra.negate(over)))
    for reading in by_step.get("", ()):
        lacking = algebra.both(over, algebra.negate(states.value(reading.step)))
        found.append((Fault("absent", reading=reading), lacking))
    return [(fault, held) for fault, held in found if held != algebra.false]


def ended_well(states: States[V]) -> V:
    """An end is met, or there is none to be."""
    ends = states.model.ends
    if not ends:
        return states.algebra.true
    return states.algebra.either(*(states.needs(groups) for groups in ends.values()))


def _of_step(states: States[V], step: Step, readings: Sequence[Reading]) -> Statements[V]:
    found: Statements[V] = []
    for group, twice in _conflicts(states, step.needs):
        found.append((Fault("conflict", step.id, group=group), twice))
    for reading in readings:
        found.append((Fault("absent", step.id, reading=reading), _absent(states, step, reading)))
    return found


def _unnamed(states: States[V]) -> Iterator[tuple[Fault, V]]:
    for step in states.model.steps.values():
        for outcome in sorted(step.unnamed & states.ended[step.id].keys()):
            yield Fault("unnamed", step.id, outcome=outcome), states.ended[step.id][outcome]


def _conflicts(states: States[V], groups: tuple[NeedGroup, ...]) -> Iterator[tuple[NeedGroup, V]]:
    for group in groups:
        if group.kind is JoinKind.ONE:
            edges = [states.edge(edge) for edge in group.edges]
            yield group, at_least(states.algebra, 2, edges)


def _absent(states: States[V], step: Step, reading: Reading) -> V:
    """The step comes to the reading, and finds no value there."""
    algebra = states.algebra
    at = states.runs[step.id]
    if reading.role is Role.WHEN:
        at = states.met[step.id]
    elif reading.role is Role.CASE:
        at = states.before[step.id].get(str(reading.at.path[-1]), at)
    lacking = algebra.negate(states.value(reading.step))
    if reading.step in step.hidden:
        lacking = algebra.either(lacking, _not_yet(states, step, reading.step))
    return algebra.both(at, lacking)


def _not_yet(states: States[V], step: Step, read: str) -> V:
    """The joins of which `read` is a member may have been met without it."""
    algebra, meanwhile = states.algebra, Meanwhile(states, read)
    found: list[V] = []
    for group in step.needs:
        own = [states.edge(edge) for edge in group.edges if edge.step == read]
        if own and group.kind is not None:
            others = [meanwhile.edge(edge) for edge in group.edges if edge.step != read]
            wanted = group.count if group.kind is JoinKind.AT_LEAST else 1
            enough = at_least(algebra, wanted, others)
            found.append(algebra.either(algebra.negate(algebra.either(*own)), enough))
    return algebra.both(*found)


class Uses(Generic[V]):
    """Who takes up how a step ended: steps that start by it or read it, ends that name it, the output."""

    def __init__(self, states: States[V], read_at_the_end: frozenset[str]) -> None:
        self._states = states
        self._at_the_end = read_at_the_end
        self._by: dict[str, list[V]] = {}
        self._known: dict[str, V] = {}
        for step in states.model.steps.values():
            self._note(step.needs, states.met[step.id])
            for read in {read.step for read in step.node.reads}:
                self._by.setdefault(read, []).append(states.met[step.id])
        for groups in states.model.ends.values():
            self._note(groups, states.needs(groups))

    def _note(self, groups: tuple[NeedGroup, ...], met: V) -> None:
        for group in groups:
            for edge in group.edges:
                held = self._states.algebra.both(met, self._states.edge(edge))
                self._by.setdefault(edge.step, []).append(held)

    def of(self, step: str) -> V:
        """Something takes up how the step ended."""
        if step not in self._known:
            algebra = self._states.algebra
            held = algebra.either(*self._by.get(step, ()))
            self._known[step] = algebra.true if step in self._at_the_end else held
        return self._known[step]


def losses(states: States[V], read_at_the_end: frozenset[str]) -> Statements[V]:
    """What comes to nothing on a run of a graph without ends: where there are ends, they account for each run."""
    if states.model.ends:
        return []
    algebra, found = states.algebra, Statements[V]()
    joining = [
        (step, edges)
        for step in states.model.steps.values()
        if len(edges := [edge for group in step.needs for edge in group.edges]) > 1
    ]
    uses = Uses(states, read_at_the_end) if joining else None
    for step, edges in joining:
        missed = algebra.negate(states.met[step.id])
        for kind, arrived in _arrived(states, uses, edges) if uses else ():
            found.append((Fault(kind, step.id), algebra.both(missed, arrived)))
    return [(fault, held) for fault, held in found if held != algebra.false]


def _arrived(states: States[V], uses: Uses[V], edges: Sequence[Edge]) -> Iterator[tuple[Kind, V]]:
    """The edges that are met and that nothing takes up: those that let go on, and those that tell apart."""
    algebra = states.algebra
    parts: dict[Kind, list[V]] = {"starved": [], "lost": []}
    for edge in edges:
        kind: Kind = "starved" if edge.outcome in GOING_ON else "lost"
        unused = algebra.negate(uses.of(edge.step))
        parts[kind].append(algebra.both(states.edge(edge), unused))
    for kind, held in parts.items():
        yield kind, algebra.either(*held)


def reached(states: States[V]) -> Mapping[tuple[str, str], V]:
    """("step", id), ("end", name) and, for what nothing names, ("outcome", "id.outcome") → the runs that come there;
    ("until", "") → those on which a round is the last."""
    found = {("step", step): met for step, met in states.met.items()}
    for name, groups in states.model.ends.items():
        found["end", name] = states.needs(groups)
    for step in states.model.depending:
        for outcome in step.unnamed & states.ended[step.id].keys():
            found["outcome", f"{step.id}.{outcome}"] = states.ended[step.id][outcome]
    if states.model.until is not None:
        found["until", ""] = states.truth(states.model.until).yes
    return found

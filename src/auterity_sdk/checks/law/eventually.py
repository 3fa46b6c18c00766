"""EVENTUALLY: a duty that a step raises is discharged on every run that goes on well, and in time.

The runs after the step are walked by what is certain: a step of which every join is met for certain runs; if it can end
in several ways, each is followed. So a counter-example is a list of outcomes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from math import inf

from msgspec import Struct, field
from msgspec.structs import replace

from auterity_sdk.checks.dataflow.durations import Milliseconds, longest, spoken
from auterity_sdk.checks.dataflow.values import applies
from auterity_sdk.checks.rule import Finding
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location
from auterity_sdk.workflow.declaration import Duty
from auterity_sdk.workflow.duration import Duration
from auterity_sdk.workflow.graph import Graph, NeedGroup, Node
from auterity_sdk.workflow.needs import Edge, JoinKind
from auterity_sdk.workflow.signature import DONE, FAILED, OK, SKIPPED, TIMEOUT

Times = dict[Edge, Milliseconds]
"""Edges that are met for certain, and how long after the duty at most."""

_MOST_WALKED = 4_000
_MOST_CHOICES = 150


class Escape(Struct, frozen=True):
    """A way on which a duty is not discharged in time: the choices, and the step that takes too long, if one does.

    Not `decided`: so many ways lead on that the search was given up.
    """

    choices: tuple[Edge, ...]
    late: Node | None = None
    decided: bool = True


class Eventually(Struct, frozen=True):
    """The duty `duty` is discharged within `within` of the moment it is raised. `says` describes it.

    `sooner`: a place whose law wants it sooner, by a source that nobody has looked up; being late there is a warning.
    """

    duty: str
    within: Duration
    says: str
    sooner: Mapping[str, Duration] = field(default_factory=dict)

    def find(self, subject: Subject, code: str) -> Iterator[Finding]:  # noqa: ARG002 - one for all
        """Ways from a step that raises the duty on which it is not discharged, or too late."""
        if self.duty not in subject.declared.raised:
            return
        for graph in subject.graphs:
            for node in graph.nodes.values():
                for outcome in _raising(node, self.duty):
                    late = (
                        self._late(subject, graph, node, outcome, each)
                        for each in self._asked(subject)
                    )
                    yield from islice((found for found in late if found), 1)

    def _asked(self, subject: Subject) -> Iterator[Eventually]:
        """This, and then what is wanted sooner where the dealer is."""
        yield self
        for place, within in self.sooner.items():
            if subject.profile.includes(place):
                yield Eventually(self.duty, within, self.says)

    def _late(
        self, subject: Subject, graph: Graph, node: Node, outcome: str, asked: Eventually
    ) -> Finding | None:
        escape = _escape(subject, graph, node, outcome, asked)
        if escape is None:
            return None
        return replace(asked._finding(node, outcome, escape), unsure=asked is not self)

    def _finding(self, node: Node, outcome: str, escape: Escape) -> Finding:
        way = " → ".join(f"`{edge}`" for edge in (Edge(node.id, outcome), *escape.choices))
        where = Location((*node.path, "uses"))
        if not escape.decided:
            message = f"whether {self.says} follows `{node.id}.{outcome}` is not decided: too many ways lead on"
            return Finding(message, where)
        if escape.late is None:
            message = f"after `{node.id}.{outcome}` nothing makes sure of {self.says} within {self.within}"
            return Finding(message, where, notes=(f"on the way {way}",))
        message = (
            f"after `{node.id}.{outcome}` {self.says} may come later than {self.within}:"
            f" it waits for `{escape.late.id}`, which may take {spoken(longest(escape.late))}"
        )
        related = (Location(escape.late.path, "key", label="this takes the time"),)
        return Finding(message, where, related, notes=(f"on the way {way}",))


def raised_by(node: Node) -> tuple[Duty, ...]:
    """The duties that a step raises."""
    return () if node.signature is None else node.signature.declares.raises


def _raising(node: Node, duty: str) -> Iterator[str]:
    for raised in raised_by(node):
        if raised.name == duty:
            yield from raised.on or (OK,)


def _escape(
    subject: Subject, graph: Graph, node: Node, outcome: str, asked: Eventually
) -> Escape | None:
    """A way on which it fails: in the graph of the step, and then in those around it."""
    found = _Walk(graph, asked).after(node, outcome)
    place = graph.path
    spent = 0.0
    while found is not None and place:
        around, loop = _around(subject, graph)
        if around is None or loop is None:
            return found
        spent += longest(loop)
        found = _Walk(around, asked, spent).after(loop, OK)
        graph, place = around, around.path
    return found


def _around(subject: Subject, inner: Graph) -> tuple[Graph | None, Node | None]:
    for graph in subject.graphs:
        for node in graph.nodes.values():
            if node.body is inner:
                return graph, node
    return None, None


class _Walk(Struct):
    graph: Graph
    asked: Eventually
    spent: Milliseconds = 0
    walked: int = 0
    named: Mapping[str, frozenset[str]] = field(default_factory=dict)
    relevant: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self.named = _named(self.graph)
        self.relevant = self._relevant()

    def after(self, node: Node, outcome: str) -> Escape | None:
        """A way on which the duty is not discharged, once the step has ended so."""
        met = self._before(node)
        met[Edge(node.id, outcome)] = self.spent
        return self._explore(met, {node.id}, ())

    def _relevant(self) -> frozenset[str]:
        """The steps on which a discharge depends."""
        waiting = [n.id for n in self.graph.nodes.values() if self._discharges(n)]
        seen: set[str] = set()
        while waiting:
            step_id = waiting.pop()
            if step_id not in seen and step_id in self.graph.nodes:
                seen.add(step_id)
                waiting.extend(self.graph.nodes[step_id].waits_for())
        return frozenset(seen)

    def _before(self, node: Node) -> Times:
        """What is met for certain once a step runs."""
        met: Times = {}
        waiting = [node]
        seen = {node.id}
        while waiting:
            for group in waiting.pop().needs:
                if len(group.edges) != 1:
                    continue
                edge = group.edges[0]
                met[edge] = self.spent
                before = self.graph.nodes.get(edge.step)
                if before is not None and before.id not in seen:
                    seen.add(before.id)
                    waiting.append(before)
        return met

    def _explore(self, met: Times, settled: set[str], way: tuple[Edge, ...]) -> Escape | None:
        self.walked += 1
        if self.walked > _MOST_WALKED or len(way) > _MOST_CHOICES:
            return Escape(way, decided=False)
        met, settled = dict(met), set(settled) | {edge.step for edge in met}
        late: Escape | None = None
        for step_id in self.graph.order or ():
            node = self.graph.nodes[step_id]
            start = None if step_id in settled else self._start(node, met)
            if start is None or step_id not in self.relevant:
                continue
            end = start + longest(node)
            ways = self._ways(node)
            open_ways = [way_out for way_out in ways if not self._discharged_by(node, way_out)]
            if not open_ways:
                if end <= self.asked.within.milliseconds:
                    return None
                late = late or Escape(way, self._slowest(node, met))
                settled.add(step_id)
                continue
            if len(ways) == 1:
                met[Edge(step_id, ways[0])] = end
                settled.add(step_id)
                continue
            return self._branch(node, ways, met, settled, way, end)
        return late or Escape(way)

    def _branch(
        self,
        node: Node,
        ways: tuple[str, ...],
        met: Times,
        settled: set[str],
        way: tuple[Edge, ...],
        end: Milliseconds,
    ) -> Escape | None:
        for outcome in ways:
            edge = Edge(node.id, outcome)
            if self._discharged_by(node, outcome) and end <= self.asked.within.milliseconds:
                continue
            found = self._explore({**met, edge: end}, settled | {node.id}, (*way, edge))
            if found is not None:
                return found
        return None

    def _start(self, node: Node, met: Times) -> Milliseconds | None:
        """When a step starts at the latest; None if it is not certain to."""
        times = [self._group(group, met) for group in node.needs]
        found = [time for time in times if time is not None]
        return max(found, default=self.spent) if len(found) == len(times) else None

    def _group(self, group: NeedGroup, met: Times) -> Milliseconds | None:
        found = sorted(
            met[edge] for edge in map(self._full, group.edges, [met] * len(group.edges)) if edge
        )
        wanted = group.count if group.kind is JoinKind.AT_LEAST else 1
        if len(found) < wanted:
            return None
        return found[-1] if group.kind is JoinKind.ANY else found[wanted - 1]

    def _full(self, edge: Edge, met: Times) -> Edge | None:
        if edge.outcome != DONE:
            return edge if edge in met else None
        return next((each for each in met if each.step == edge.step), None)

    def _ways(self, node: Node) -> tuple[str, ...]:
        """The outcomes in which a step may end on a run that goes on."""
        own = node.outcomes if node.outcomes is not None else (OK,)
        named = self.named.get(node.id, frozenset())
        more = [FAILED] if {FAILED, DONE} & named and node.step is not None else []
        if node.step is not None and node.step.when is not None:
            more.append(SKIPPED)
        return (*own, *more)

    def _discharges(self, node: Node) -> bool:
        return any(self._discharged_by(node, outcome) for outcome in self._ways(node))

    def _discharged_by(self, node: Node, outcome: str) -> bool:
        if outcome in (FAILED, SKIPPED, TIMEOUT) or node.signature is None:
            return False
        return any(
            duty.name == self.asked.duty
            and (not duty.on or outcome in duty.on)
            and applies(node, duty.when)
            for duty in node.signature.declares.discharges
        )

    def _slowest(self, node: Node, met: Times) -> Node:
        """The step for whose length a step comes so late."""
        chain = [self.graph.nodes[edge.step] for edge in met if edge.step in self.graph.nodes]
        return max([node, *chain], key=lambda each: (longest(each) == inf, longest(each)))


def _named(graph: Graph) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    groups = [group for node in graph.nodes.values() for group in node.needs]
    groups += [group for end in graph.ends.values() for group in end]
    for group in groups:
        for edge in group.edges:
            found.setdefault(edge.step, set()).add(edge.outcome or OK)
    return {step: frozenset(outcomes) for step, outcomes in found.items()}

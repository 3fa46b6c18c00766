"""BOUND: how often the same person can be reached within some time."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from auterity_sdk.checks.dataflow.durations import Milliseconds, shortest, shortest_path
from auterity_sdk.checks.dataflow.values import Value, argument_value, effects_of
from auterity_sdk.checks.rule import Finding
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location
from auterity_sdk.workflow.demand import Pattern
from auterity_sdk.workflow.duration import Duration
from auterity_sdk.workflow.graph import Graph, Node
from auterity_sdk.workflow.step import RepeatStep

Chains = tuple[Milliseconds | None, ...]
"""By how many contacts: the least time that has gone since the first of so many; None where there are none."""


class Bound(Struct, frozen=True):
    """At most `most` effects that fit `on` within `window` for one subject, however fast the steps go by."""

    on: Pattern
    most: int
    window: Duration
    says: str

    def find(self, subject: Subject, code: str) -> Iterator[Finding]:  # noqa: ARG002 - one for all
        """The contact that is one too many, and loops that repeat one too fast."""
        if not any(True for _ in subject.declared.fitting(self.on)):
            return
        for graph in subject.graphs:
            for about in self._people(graph):
                yield from self._chain(graph, about)
        for node in subject.nodes():
            yield from self._loop(node)

    def _people(self, graph: Graph) -> list[Value]:
        found = (value for node in graph.nodes.values() for value in self._reached(node))
        return list(dict.fromkeys(found))

    def _reached(self, node: Node) -> Iterator[Value]:
        for effect, details in effects_of(node):
            if self.on.fits(effect.kind, details):
                for argument in effect.subjects:
                    value = argument_value(node, argument)
                    if value is not None:
                        yield value

    def _chain(self, graph: Graph, about: Value) -> Iterator[Finding]:
        after: dict[str, Chains] = {}
        for step_id in graph.order or ():
            node = graph.nodes[step_id]
            before = [after[name] for name in node.waits_for() if name in after]
            chains = _earliest(before, shortest(node), self.most)
            if about in self._reached(node):
                spent = chains[self.most]
                if spent is not None and spent <= self.window.milliseconds:
                    yield self._too_many(node, about)
                chains = (0.0, 0.0, *chains[1:-1])
            after[step_id] = chains

    def _too_many(self, node: Node, about: Value) -> Finding:
        message = f"`{node.id}` may be number {self.most + 1} of {self.says} for `{about.text}` within {self.window}"
        return Finding(message, Location((*node.path, "uses")), help=("wait longer between them",))

    def _loop(self, node: Node) -> Iterator[Finding]:
        if not isinstance(node.step, RepeatStep) or node.body is None:
            return
        if not any(True for inner in node.body.nodes.values() for _ in self._reached(inner)):
            return
        repeat = node.step.repeat
        period = shortest_path(node.body) + (repeat.every.milliseconds if repeat.every else 0)
        rounds = repeat.max or self.most + 1
        if rounds > self.most and period * self.most < self.window.milliseconds:
            message = f"`{node.id}` may make more than {self.most} {self.says} within {self.window}"
            yield Finding(message, Location(node.path, "key"), help=("make `every` longer",))


def _earliest(before: list[Chains], step: Milliseconds, most: int) -> Chains:
    """Of several ways, the one on which the least time has gone, and the step's own time."""
    made: list[Milliseconds | None] = []
    for count in range(most + 1):
        times = [time for chains in before if (time := chains[count]) is not None]
        made.append(min(times) + step if times else None)
    return tuple(made)


class NotAfter(Struct, frozen=True):
    """Once a step has raised `duty`, no effect that fits `on` comes after it on the same way."""

    duty: str
    on: Pattern
    says: str

    def find(self, subject: Subject, code: str) -> Iterator[Finding]:  # noqa: ARG002 - one for all
        """Such effects behind the outcome that raises the duty."""
        if self.duty not in subject.declared.raised:
            return
        for graph in subject.graphs:
            behind: dict[str, str] = {}
            for step_id in graph.order or ():
                node = graph.nodes[step_id]
                raiser = self._raiser(graph, node, behind)
                if raiser is None:
                    continue
                behind[step_id] = raiser
                if any(self.on.fits(effect.kind, details) for effect, details in effects_of(node)):
                    yield self._finding(graph, node, raiser)

    def _raiser(self, graph: Graph, node: Node, behind: dict[str, str]) -> str | None:
        for group in node.needs:
            for edge in group.edges:
                if edge.step in behind:
                    return behind[edge.step]
                before = graph.nodes.get(edge.step)
                declared = before.signature.declares if before and before.signature else None
                for duty in declared.raises if declared else ():
                    if duty.name == self.duty and edge.outcome in (duty.on or (edge.outcome,)):
                        return edge.step
        return None

    def _finding(self, graph: Graph, node: Node, raiser: str) -> Finding:
        message = f"`{node.id}` is {self.says}, and `{raiser}` has been told to stop before"
        related = (Location(graph.nodes[raiser].path, "key", label="told here"),)
        return Finding(message, Location((*node.path, "uses")), related)

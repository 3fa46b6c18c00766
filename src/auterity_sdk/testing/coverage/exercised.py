"""What one run exercised of its workflow, by its journal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from auterity_sdk.runs.events import (
    AttemptEnded,
    CompensationStarted,
    EndMet,
    Event,
    RunEnded,
    StepEnded,
    StepStarted,
)
from auterity_sdk.runs.state import COMPENSATE
from auterity_sdk.testing.coverage.elements import RETRIED, UNDONE, Element, Kind, matches
from auterity_sdk.testing.scripts import without_indexes
from auterity_sdk.workflow.graph import Graph, NeedGroup
from auterity_sdk.workflow.signature import FAILED, OK


class Exercised:
    """Reads a journal, event by event."""

    def __init__(self, graph: Graph) -> None:
        self._graphs = dict(_by_prefix(graph, ""))
        self._outcomes: dict[str, dict[str, str]] = {}
        self._begun: set[str] = set()

    def elements(self, journal: Iterable[Event]) -> Iterator[Element]:
        """The elements, some of them more than once."""
        for event in journal:
            match event:
                case StepStarted(step=path):
                    yield from self._begin(path)
                case StepEnded(step=path, outcome=outcome):
                    yield from self._begin(path)
                    scope, name = _parts(path)
                    self._outcomes.setdefault(scope, {})[name] = outcome
                    kind: Kind = "failure" if outcome == FAILED else "outcome"
                    yield Element(kind, without_indexes(path), outcome)
                    yield from self._arrived(scope, name)
                case AttemptEnded(step=path):
                    yield Element("failure", without_indexes(path), RETRIED)
                case CompensationStarted(step=path):
                    step = without_indexes(path).removesuffix(COMPENSATE)
                    yield Element("failure", step, UNDONE)
                case EndMet(end=end) | RunEnded(end=end) if end:
                    groups = self._graphs[""].ends.get(end, ())
                    yield from self._met(groups, "", end, is_end=True)

    def _begin(self, path: str) -> Iterator[Element]:
        """The edges by which a step came to start."""
        if path in self._begun or path.endswith(COMPENSATE):
            return
        self._begun.add(path)
        scope, name = _parts(path)
        graph = self._graphs.get(_prefix(scope))
        if graph is not None and name in graph.nodes:
            yield from self._met(graph.nodes[name].needs, scope, name)

    def _arrived(self, scope: str, name: str) -> Iterator[Element]:
        """The edges that are met after their target has begun, by another member of its join."""
        graph = self._graphs.get(_prefix(scope))
        for node in graph.nodes.values() if graph is not None else ():
            if _path(scope, node.id) in self._begun:
                late = [
                    group for group in node.needs if any(edge.step == name for edge in group.edges)
                ]
                yield from self._met(late, scope, node.id)

    def _met(
        self, groups: Iterable[NeedGroup], scope: str, target: str, *, is_end: bool = False
    ) -> Iterator[Element]:
        outcomes = self._outcomes.get(scope, {})
        for group in groups:
            for edge in group.edges:
                wanted = edge.outcome or OK
                if edge.step in outcomes and matches(wanted, outcomes[edge.step]):
                    yield Element("edge", _prefix(scope) + edge.step, wanted, target, is_end)


def _parts(path: str) -> tuple[str, str]:
    scope, _, name = path.rpartition("/")
    return scope, name


def _path(scope: str, name: str) -> str:
    return f"{scope}/{name}" if scope else name


def _prefix(scope: str) -> str:
    """The path of the graph of which a scope is an instance: `lenders[2]` → `lenders/`."""
    return f"{without_indexes(scope)}/" if scope else ""


def _by_prefix(graph: Graph, prefix: str) -> Iterator[tuple[str, Graph]]:
    yield prefix, graph
    for node in graph.nodes.values():
        if node.body is not None:
            yield from _by_prefix(node.body, f"{prefix}{node.id}/")

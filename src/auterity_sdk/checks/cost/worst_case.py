"""The most that a run of a workflow takes: its loops as often, its retries as many, its way as dear as can be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import Flag, auto

from auterity_sdk.checks.cost.dearest import Priced, dearest
from auterity_sdk.checks.cost.list_length import ListLengths
from auterity_sdk.checks.cost.money import shown
from auterity_sdk.checks.cost.most import NOTHING, Measure, Most, together, without_bound
from auterity_sdk.checks.cost.of_step import StepCosts, limit_of
from auterity_sdk.checks.facts.feasibility import Condition, Feasibility, feasibility
from auterity_sdk.diagnostics import Location, Path, Unbounded
from auterity_sdk.workflow.graph import Graph, Node, build_graph
from auterity_sdk.workflow.model import Workflow
from auterity_sdk.workflow.signature import Catalog
from auterity_sdk.workflow.step import CallStep, ForEachStep, RepeatStep

_NOTHING_KNOWN: Condition = {}


class _Which(Flag):
    """Whose calls of models count: of the workflow's own steps, which its budget bounds, and of the runs it calls."""

    OWN = auto()
    CALLS = auto()


Known = Mapping[Path, Feasibility]
"""What can run in graphs, by their paths, as far as somebody has worked it out."""


def worst_case(
    workflow: Workflow, graph: Graph, catalog: Catalog, measure: Measure, known: Known | None = None
) -> Most:
    """What a run takes, with the runs that it calls: each no more than its budget lets pass."""
    return _Workflow(workflow, graph, catalog, measure, known or {}).most()


def asked_by_itself(
    workflow: Workflow, graph: Graph, catalog: Catalog, measure: Measure, known: Known | None = None
) -> Most:
    """What the steps of a run take by themselves, whatever its budget: those are what it bounds."""
    return _Workflow(workflow, graph, catalog, measure, known or {}).own()


class _Workflow:
    def __init__(
        self,
        workflow: Workflow,
        graph: Graph,
        catalog: Catalog,
        measure: Measure,
        known: Known,
        callers: tuple[str, ...] = (),
    ) -> None:
        self._feasible = dict(known)
        self._workflow = workflow
        self._graph = graph
        self._catalog = catalog
        self._measure: Measure = measure
        self._callers = (*callers, workflow.name)
        self._lengths = ListLengths(workflow, catalog)
        self._steps = StepCosts(catalog, self._lengths, measure)
        self._children: dict[str, Most] = {}

    def most(self) -> Most:
        budget = self._workflow.budget
        limit = limit_of(budget, self._measure) if budget and budget.per == "run" else None
        own = NOTHING if limit is None else self.own()
        bounded = own.at_most(limit)
        if bounded is own:
            return self._of_graph(self._graph, (), _Which.OWN | _Which.CALLS)
        return together((bounded, self._of_graph(self._graph, (), _Which.CALLS)))

    def own(self) -> Most:
        return self._of_graph(self._graph, (), _Which.OWN)

    def _of_graph(self, graph: Graph, around: Sequence[Graph], which: _Which) -> Most:
        graphs = (graph, *around)
        parts = [
            (node.id, part)
            for node in graph.nodes.values()
            for part in self._of_node(node, graphs, which)
            if not part.nothing
        ]
        if len(parts) < 2 or graph.order is None:
            return together(part for _, part in parts)
        if graph.path not in self._feasible:
            self._feasible[graph.path] = feasibility(graph)
        conditions = self._feasible[graph.path].conditions
        priced = ((part, conditions.get(name, _NOTHING_KNOWN)) for name, part in parts)
        return dearest([Priced(part, cond) for part, cond in priced if cond is not None])

    def _of_node(self, node: Node, graphs: Sequence[Graph], which: _Which) -> Iterator[Most]:
        if _Which.OWN in which:
            yield from self._steps.of(node, graphs)
        if node.body is not None:
            yield self._of_loop(node, node.body, graphs, which)
        if isinstance(node.step, CallStep):
            yield from self._of_call(node, node.step, graphs, which)

    def _of_loop(self, node: Node, body: Graph, graphs: Sequence[Graph], which: _Which) -> Most:
        one = self._of_graph(body, graphs, which)
        if one.nothing:
            return NOTHING
        count = self._count(node, graphs)
        if isinstance(count, Unbounded):
            return together((one, Most(0, (count,))))
        total = one.times(count)
        label = f"`{node.id}` up to {count} times: {shown(total.amount, self._measure)}"
        return Most(total.amount, total.unbounded, (Location(node.path, label=label), *total.way))

    def _count(self, node: Node, graphs: Sequence[Graph]) -> int | Unbounded:
        """How often the body of a loop runs."""
        if isinstance(node.step, ForEachStep):
            loop = node.step.for_each
            listed = None if loop.more else self._lengths.longest(loop.in_, graphs)
            count = min((each for each in (listed, loop.max) if each is not None), default=None)
            why, place = "it runs for each item of a list of any length", ("for_each", "in")
            return (
                Unbounded(Location((*node.path, *place)), f"`{node.id}`: {why}")
                if count is None
                else count
            )
        rounds = node.step.repeat.max if isinstance(node.step, RepeatStep) else None
        why = f"`{node.id}`: it repeats without `max`"
        return Unbounded(Location((*node.path, "repeat")), why) if rounds is None else rounds

    def _of_call(
        self, node: Node, step: CallStep, graphs: Sequence[Graph], which: _Which
    ) -> Iterator[Most]:
        if _Which.CALLS in which:
            attempts = 1 if step.retry is None else step.retry.attempts
            yield self._of_child(node, step.call, attempts)
        if _Which.OWN in which and step.compensate is not None:
            yield self._steps.of_undo(node.id, step.compensate, node.path, graphs)

    def _of_child(self, node: Node, name: str, attempts: int) -> Most:
        if name not in self._children:
            self._children[name] = self._child(name)
        child, place = self._children[name], (*node.path, "call")
        whole = child.amount * attempts
        label = f"`{node.id}` runs `{name}`: {shown(whole, self._measure)}"
        return Most(
            whole,
            tuple(
                Unbounded(Location(place), f"`{name}`: {each.why}") for each in child.unbounded[:1]
            ),
            (Location(place, label=label),),
        )

    def _child(self, name: str) -> Most:
        child = self._catalog.called_workflow(name)
        if child is None:
            return NOTHING
        if child.name in self._callers:
            circle = self._callers[self._callers.index(child.name) :]
            free = all(self._called(each).own().nothing for each in circle)
            return NOTHING if free else without_bound((), "it calls itself")
        return self._called(name).most()

    def _called(self, name: str) -> _Workflow:
        child = self._catalog.called_workflow(name) or self._workflow
        graph = build_graph(child, self._catalog)
        return _Workflow(child, graph, self._catalog, self._measure, {}, self._callers)

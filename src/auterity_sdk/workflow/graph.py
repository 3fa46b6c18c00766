"""The graph of a workflow: its steps, and the edges that `needs` and references make between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from auterity_sdk.diagnostics import Location, Path
from auterity_sdk.expression.references import Reference, references
from auterity_sdk.workflow import occurrences
from auterity_sdk.workflow.budget import StepBudget
from auterity_sdk.workflow.guarantee import Within, parse_guarantee
from auterity_sdk.workflow.model import Workflow
from auterity_sdk.workflow.needs import Edge, Join, JoinKind, Need
from auterity_sdk.workflow.occurrences import Occurrence, Role
from auterity_sdk.workflow.order import topological_order
from auterity_sdk.workflow.shaping import shaped
from auterity_sdk.workflow.signature import (
    BREACHED,
    CANCELLED,
    KEPT,
    OK,
    TIMEOUT,
    Catalog,
    Signature,
)
from auterity_sdk.workflow.step import (
    AnyStep,
    ApproveStep,
    CallStep,
    ForEachStep,
    ReceiveStep,
    RepeatStep,
    SwitchStep,
    UsesStep,
    WatchStep,
)
from auterity_sdk.workflow.uncertainty import may_be_uncertain

if TYPE_CHECKING:
    import networkx

OUTCOME = "outcome"
"""The name through which expressions read how a step ended: `outcome.reply`."""


class Read(Struct, frozen=True):
    """One reading of a step by an expression.

    `plain` reads (`score.score`) need a value; `a.?x`, `has(a.x)` and `outcome.a` only wait.
    `inside` is set for a read by the body of the step.
    """

    step: str
    reference: Reference
    plain: bool
    at: Location
    role: Role
    inside: bool = False


class NeedGroup(Struct, frozen=True):
    """One member of `needs`, every edge with its outcome in full. `kind` None: a single edge."""

    kind: JoinKind | None
    edges: tuple[Edge, ...]
    places: tuple[Location, ...]
    count: int = 1
    cancel_rest: bool = False

    def as_need(self) -> Need:
        """The same as it is written."""
        if self.kind is None:
            return self.edges[0]
        return Join(self.kind, self.edges, self.count, self.cancel_rest)


class Node(Struct, frozen=True):
    """A step in its graph.

    `outcomes` are its kind's and type's own, without the common ones; None where they are unknown (its type
    or its child workflow is not known, or its text is broken), so that no outcome of it can be called wrong.
    `implicit`: it has no `needs`, and `needs` were made of its plain reads. `begun_by` are the steps of its graph with
    one of which a `watch` begins; `begun_after` is the one that has ended then, where there is one. `budget_roles` are those whose
    people may be asked for a word on a budget, while it waits.
    """

    id: str
    path: Path
    step: AnyStep | None
    signature: Signature | None
    outcomes: tuple[str, ...] | None
    needs: tuple[NeedGroup, ...]
    implicit: bool
    reads: tuple[Read, ...]
    body: Graph | None = None
    begun_by: tuple[str, ...] = ()
    begun_after: str | None = None
    budget_roles: tuple[str, ...] = ()

    def has_value(self, outcome: str) -> bool:
        """Whether ending so gives the step an output."""
        if outcome == CANCELLED and isinstance(self.step, ForEachStep):
            return True  # what its items gave until then
        if outcome == TIMEOUT or (self.signature and outcome in self.signature.without_value):
            return False
        return self.outcomes is None or outcome in self.outcomes

    @property
    def may_pause(self) -> bool:
        """Whether it may wait for a person's word on a budget."""
        return bool(self.budget_roles)

    @property
    def may_be_uncertain(self) -> bool:
        """Whether it may end `uncertain`."""
        return may_be_uncertain(self.step, self.signature)

    def waits_for(self) -> Iterator[str]:
        """The ids of what is settled when it begins, by its `needs` and expressions; with repeats, and names that are no step."""
        for group in self.needs:
            for edge in group.edges:
                yield edge.step
        for read in self.reads:
            yield read.step
        if self.begun_after is not None:
            yield self.begun_after

    def follows(self) -> Iterator[str]:
        """The ids behind which it stands: what it waits for, and what a `watch` begins with."""
        yield from self.waits_for()
        yield from self.begun_by


class Graph(Struct, frozen=True, dict=True):
    """The steps of a workflow, or of a body, which is a graph of its own.

    `path` is where `steps` and `ends` or `output` stand. `bound` are the names that a body binds.
    """

    path: Path
    nodes: Mapping[str, Node]
    ends: Mapping[str, tuple[NeedGroup, ...]]
    bound: tuple[str, ...] = ()

    @cached_property
    def digraph(self) -> networkx.DiGraph[str]:
        """Steps as nodes. An edge has `outcomes` (of its `needs`, sorted) and `read` (an expression reads it, or it begins a `watch`).

        Names that are no step of this graph are left out.
        """
        import networkx  # here, since it takes longer to load than a file to check

        labels: dict[tuple[str, str], set[str]] = {}
        reads: set[tuple[str, str]] = set()
        for node in self.nodes.values():
            for group in node.needs:
                for edge in group.edges:
                    labels.setdefault((edge.step, node.id), set()).add(edge.outcome or OK)
            reads.update((read.step, node.id) for read in node.reads)
            reads.update((step, node.id) for step in node.begun_by)
        made: networkx.DiGraph[str] = networkx.DiGraph()
        made.add_nodes_from(self.nodes)
        for pair in dict.fromkeys((*labels, *sorted(reads))):
            if pair[0] in self.nodes:
                made.add_edge(*pair, outcomes=sorted(labels.get(pair, ())), read=pair in reads)
        return made

    @cached_property
    def order(self) -> tuple[str, ...] | None:
        """The ids in topological order, ties by id; None where there is a cycle."""
        return topological_order({node.id: node.follows() for node in self.nodes.values()})

    def walk(self) -> Iterator[Graph]:
        """This graph and those of all bodies in it, outer first."""
        waiting = [self]
        while waiting:
            graph = waiting.pop()
            yield graph
            waiting.extend(node.body for node in graph.nodes.values() if node.body is not None)


def build_graph(
    workflow: Workflow, catalog: Catalog, broken: Mapping[str, Path] | None = None
) -> Graph:
    """The graph of a workflow. Never fails: what is not there stays in the edges, for the rules to find.

    `broken` names top-level steps whose text could not be read, with their paths: other steps may name them.
    """
    graph = _Builder(catalog, workflow.budget).graph(workflow.steps, (), ())
    nodes = dict(graph.nodes)
    for step_id, path in (broken or {}).items():
        nodes[step_id] = Node(step_id, path, None, None, None, (), False, ())
    ends = {
        name: _groups(needs, ("ends", name), many=len(needs) > 1)
        for name, needs in workflow.ends.items()
    }
    return Graph((), nodes, ends)


def reads_of(found: Occurrence) -> Iterator[tuple[Reference, Location]]:
    """What a text reads, with its place. Nothing where it does not parse."""
    for start, text in found.expressions():
        for reference in references(text):
            fragment = (start + reference.start, start + reference.end)
            yield reference, Location(found.path, fragment=fragment)


class _Builder:
    """Builds graphs inside out: what a body reads of its surroundings is read by the step around it."""

    def __init__(self, catalog: Catalog, budget: StepBudget | None) -> None:
        self._catalog = catalog
        self._budget = budget

    def graph(self, steps: Mapping[str, AnyStep], path: Path, bound: tuple[str, ...]) -> Graph:
        nodes = {
            step_id: self._node(step_id, step, (*path, "steps", step_id), steps)
            for step_id, step in steps.items()
        }
        return Graph(path, nodes, {}, bound)

    def _node(self, id: str, step: AnyStep, path: Path, siblings: Mapping[str, AnyStep]) -> Node:
        body = self._body(step, path)
        found = [
            (*read, occurrence.role, False)
            for occurrence in occurrences.of_step(step, path)
            for read in reads_of(occurrence)
        ]
        if body is not None:
            found.extend(self._inner_reads(step, path, body))
        reads = tuple(_known_reads(found, siblings, id))
        needs = (
            _implicit(reads)
            if step.needs is None
            else _groups(step.needs, (*path, "needs"), many=len(step.needs) > 1)
        )
        signature = self._signature(step) if isinstance(step, UsesStep) else None
        outcomes = self._outcomes(step, signature)
        begun_by, after = _begins(step) if isinstance(step, WatchStep) else ((), None)
        implicit = step.needs is None
        return Node(
            id,
            path,
            step,
            signature,
            outcomes,
            needs,
            implicit,
            reads,
            body,
            begun_by,
            after,
            tuple(self._budget_roles(step, signature)),
        )

    def _budget_roles(self, step: AnyStep, signature: Signature | None) -> Iterator[str]:
        if not isinstance(step, UsesStep) or (step.budget is None and self._budget is None):
            return
        if signature is not None and signature.asks_models:
            for budget in (step.budget, self._budget):
                if budget is not None and budget.when_over == "pause" and budget.role is not None:
                    yield budget.role

    def _signature(self, step: UsesStep) -> Signature | None:
        found = self._catalog.signature(step.uses)
        if found is None or not found.shapings:
            return found
        return shaped(found, step.with_, self._catalog)

    def _body(self, step: AnyStep, path: Path) -> Graph | None:
        if isinstance(step, ForEachStep):
            name = step.for_each.as_
            bound = (name, f"{name}_index") if name else ("item", "index")
            return self.graph(step.for_each.steps, (*path, "for_each"), bound)
        if isinstance(step, RepeatStep):
            name = step.repeat.as_
            bound = (f"{name}_previous", f"{name}_index") if name else ("previous", "index")
            return self.graph(step.repeat.steps, (*path, "repeat"), bound)
        return None

    def _inner_reads(self, step: AnyStep, path: Path, body: Graph) -> Iterator[_Found]:
        if not isinstance(step, ForEachStep | RepeatStep):
            return
        hidden = {*body.nodes, *body.bound}
        inner: Iterable[Occurrence] = occurrences.of_body(step, path)
        steps = step.for_each.steps if isinstance(step, ForEachStep) else step.repeat.steps
        own = [
            (*read, occurrence.role, True)
            for occurrence in (*inner, *_all_inside(steps, body.path))
            for read in reads_of(occurrence)
        ]
        yield from (read for read in own if _step_read(read[0]) not in hidden)

    def _outcomes(self, step: AnyStep, signature: Signature | None) -> tuple[str, ...] | None:
        match step:
            case UsesStep():
                return signature.outcomes if signature else None
            case SwitchStep():
                return tuple(step.switch)
            case ApproveStep():
                timed = step.approve.timeout is not None and step.approve.default is None
                return ("approved", "rejected", *((TIMEOUT,) if timed else ()))
            case ReceiveStep():
                timed = step.receive.timeout is not None
                return ("received", *((TIMEOUT,) if timed else ()))
            case ForEachStep():
                return (OK,) if step.for_each.first is None else (OK, "exhausted")
            case RepeatStep():
                return (OK, "exhausted")
            case CallStep():
                child = self._catalog.called_workflow(step.call)
                return None if child is None else tuple(child.ends) or (OK,)
            case WatchStep():
                return (KEPT, BREACHED)
            case _:
                return (OK,)


def _begins(step: WatchStep) -> tuple[tuple[str, ...], str | None]:
    """The steps with which a `watch` begins, and the only one of them if it has ended then."""
    said = parse_guarantee(step.watch)
    names = said.since if isinstance(said, Within) else ()
    steps = tuple(dict.fromkeys(name.steps[0] for name in names if name.steps))
    alone = len(names) == 1 and len(names[0].steps) == 1 and names[0].outcome is not None
    return steps, steps[0] if alone else None


_Found = tuple[Reference, Location, Role, bool]


def _step_read(reference: Reference) -> str | None:
    """The id that is read: the root, or the member of `outcome`."""
    if reference.root != OUTCOME:
        return reference.root
    return reference.members[0] if reference.members else None


def _known_reads(
    found: Iterable[_Found], siblings: Mapping[str, AnyStep], node_id: str
) -> Iterator[Read]:
    for reference, at, role, inside in found:
        step = _step_read(reference)
        if step is None or step not in siblings or (step == node_id and role is Role.COMPENSATE):
            continue
        plain = reference.plain and reference.root != OUTCOME
        yield Read(step, reference, plain, at, role, inside)


def _all_inside(steps: Mapping[str, AnyStep], path: Path) -> Iterator[Occurrence]:
    """Every expression in a body, bodies in it included."""
    waiting = [(steps, path)]
    while waiting:
        steps, path = waiting.pop()
        for step_id, step in steps.items():
            place = (*path, "steps", step_id)
            yield from occurrences.of_step(step, place)
            if isinstance(step, ForEachStep | RepeatStep):
                yield from occurrences.of_body(step, place)
                kind, inner = (
                    ("for_each", step.for_each.steps)
                    if isinstance(step, ForEachStep)
                    else ("repeat", step.repeat.steps)
                )
                waiting.append((inner, (*place, kind)))


def _implicit(reads: tuple[Read, ...]) -> tuple[NeedGroup, ...]:
    first: dict[str, Location] = {}
    for read in reads:
        if read.plain:
            first.setdefault(read.step, read.at)
    return tuple(NeedGroup(None, (Edge(step, OK),), (first[step],)) for step in sorted(first))


def _groups(needs: tuple[Need, ...], path: Path, *, many: bool) -> tuple[NeedGroup, ...]:
    return tuple(_group(need, (*path, index) if many else path) for index, need in enumerate(needs))


def _group(need: Need, path: Path) -> NeedGroup:
    if isinstance(need, Edge):
        return NeedGroup(None, (_full(need),), (Location(path),))
    key = "of" if need.kind is JoinKind.AT_LEAST else need.kind.value
    places = tuple(Location((*path, key, index)) for index in range(len(need.edges)))
    edges = tuple(_full(edge) for edge in need.edges)
    return NeedGroup(need.kind, edges, places, need.count, need.cancel_rest)


def _full(edge: Edge) -> Edge:
    return Edge(edge.step, edge.outcome or OK)

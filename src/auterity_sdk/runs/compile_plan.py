"""From the graph of a workflow to its plan, in time linear in its steps and edges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from auterity_sdk.errors import InvalidWorkflow
from auterity_sdk.runs.compile_admission import admission_of
from auterity_sdk.runs.compile_short import reads_values, short_of
from auterity_sdk.runs.compile_values import Values
from auterity_sdk.runs.compile_watches import WatchCompiler
from auterity_sdk.runs.compile_work import Works
from auterity_sdk.runs.gate import Gate, gate_of
from auterity_sdk.runs.joins import JoinRule
from auterity_sdk.runs.plan import (
    WITHOUT_VALUE,
    Admission,
    Approve,
    Concurrency,
    End,
    ForEach,
    GraphPlan,
    Join,
    Once,
    Plan,
    Receive,
    Repeat,
    StepPlan,
    Uses,
    Wait,
    Watch,
    Work,
)
from auterity_sdk.runs.producer import Constant, Expr, Producer
from auterity_sdk.workflow.canonical import version
from auterity_sdk.workflow.demand import Demand
from auterity_sdk.workflow.graph import Graph, NeedGroup, Node
from auterity_sdk.workflow.model import Workflow
from auterity_sdk.workflow.needs import JoinKind
from auterity_sdk.workflow.occurrences import Role
from auterity_sdk.workflow.scope import Scopes
from auterity_sdk.workflow.signature import CANCELLED, UNCERTAIN, Catalog, Signature
from auterity_sdk.workflow.step import CallStep, StepBase, WatchStep
from auterity_sdk.workflow.watched import loops_to, watched_of, watched_steps

_RECORDED = (JoinKind.ONE, JoinKind.FIRST, JoinKind.AT_LEAST)


def compile_plan(
    workflow: Workflow,
    graph: Graph,
    catalog: Catalog,
    scopes: Scopes | None = None,
    demands: tuple[Demand, ...] = (),
) -> Plan:
    """The plan of a workflow that the checks let pass. `demands` are asserted before effects.

    Raises `InvalidWorkflow` for what no run could survive: a cycle, a name that is no step, an expression
    that cannot be compiled.
    """
    values = Values(scopes or Scopes(workflow, graph, catalog))
    watches = WatchCompiler(watched_of(workflow, graph))
    works = Works(values, catalog, workflow.budget)
    compiler = _Compiler(values, catalog, works, demands, watches)
    output: Producer = Constant({})
    if workflow.output is not None:
        output = values.value(workflow.output, graph, ("output",), Role.OUTPUT)
    timeout = None if workflow.timeout is None else workflow.timeout.milliseconds
    made = compiler.graph(graph)
    answers = not any(trigger.schedule for trigger in workflow.triggers)
    concurrency, once = compiler.entry(workflow, graph)
    priority = compiler.priority(workflow, graph)
    return Plan(
        name=workflow.name,
        version=version(workflow, graph),
        graph=made,
        output=output,
        timeout=timeout,
        answers=answers,
        claims=compiler.claims or concurrency is not None or once is not None,
        concurrency=concurrency,
        once=once,
        calls=_calls(graph),
        watches=watches.any,
        caches=compiler.caches,
        priority=priority,
        has_entry=not (concurrency is None and once is None and priority is None),
        ends_with_values=reads_values((output,), made.index),
    )


def _valued(node: Node, work: Work) -> frozenset[str] | None:
    """The outcomes that give a step's value; None where they are not known."""
    if isinstance(work, ForEach):
        found = {*filter(node.has_value, node.outcomes or ())} - WITHOUT_VALUE
        return frozenset({*found, CANCELLED})
    if node.outcomes is None:
        return None
    return frozenset(filter(node.has_value, node.outcomes)) - WITHOUT_VALUE


def _calls(graph: Graph) -> bool:
    steps = (node.step for inner in graph.walk() for node in inner.nodes.values())
    return any(isinstance(step, CallStep) for step in steps)


_Compiled = tuple[Work, Uses | None, Expr | None, Admission | None]
"""What a step does, its compensation, its condition, and what it passes before it starts."""


class _Compiler:
    def __init__(
        self,
        values: Values,
        catalog: Catalog,
        works: Works,
        demands: tuple[Demand, ...],
        watches: WatchCompiler,
    ) -> None:
        self._values = values
        self._catalog = catalog
        self._works = works
        self._demands = demands
        self._watches = watches
        self._gates: dict[int, tuple[Signature, Gate | None]] = {}
        self.claims = False
        self.caches = False

    def graph(self, graph: Graph) -> GraphPlan:
        order = graph.order
        if order is None:
            raise InvalidWorkflow(
                "the steps need each other in a circle", help="`auterity validate` shows the cycle"
            )
        works = {name: self._work(graph.nodes[name], graph) for name in order}
        joins = _Joins(order)
        for name in order:
            joins.add_step(name, graph.nodes[name])
        ends = tuple(joins.add_end(name, groups) for name, groups in graph.ends.items())
        steps = tuple(self._step(graph, name, works[name], joins) for name in order)
        roots = (s.index for s in steps if not s.joins and not s.waits)
        early = tuple(end for end in ends if end.cancel_rest)
        return GraphPlan(
            steps=steps,
            index=joins.index,
            joins=tuple(joins.joins),
            waits=tuple(step.waits for step in steps),
            roots=tuple(roots),
            short=short_of(steps, joins.joins, early=bool(early)),
            ends=ends,
            early=early,
            watched=self._watches.of(loops_to(graph), joins.index, steps),
        )

    def _work(self, node: Node, graph: Graph) -> _Compiled:
        """All of a step that reads something: what is read of others has to be known before any is made."""
        when = node.step.when if isinstance(node.step, StepBase) else None
        return (
            self._works.of(node, graph, self.graph),
            self._works.undo(node, graph),
            self._values.optional(when, graph, (*node.path, "when"), Role.WHEN),
            self._admission(node, graph),
        )

    def _step(self, graph: Graph, id: str, compiled: _Compiled, joins: _Joins) -> StepPlan:
        work, undo, when, admission = compiled
        node, index = graph.nodes[id], joins.index[id]
        edges = joins.edges[index]
        named = joins.named[index]
        read = (graph.path, id) in self._values.outcomes_read
        everything = read or "done" in named or isinstance(work, Watch)
        waiters = joins.waiters[index]
        targets = {joins.joins[join].step for join, _ in edges} - {-1}
        return StepPlan(
            index=index,
            id=id,
            work=work,
            when=when,
            joins=tuple(joins.of_step[index]),
            waits=joins.waits[index],
            edges=tuple(edges),
            waiters=tuple(waiters),
            followers=tuple(sorted(targets | set(waiters) | joins.watchers[index])),
            members=joins.members[index],
            named=None if everything else frozenset(named),
            handled=bool({"done", "failed"} & named),
            outcomes=_valued(node, work),
            undo=undo,
            is_loop=isinstance(work, ForEach | Repeat),
            waits_for_others=isinstance(work, Approve | Receive | Wait),
            listens=work.event if isinstance(work, Receive) else "",
            gate=self._gate(node.signature),
            admission=admission,
            uncertain=read or UNCERTAIN in named,
            is_read=(graph.path, id) in self._values.values_read,
            is_plain=isinstance(work, Uses) and admission is None,
        )

    def _gate(self, signature: Signature | None) -> Gate | None:
        """The gate of a step type, worked out once for all its steps."""
        if signature is None:
            return None
        known = self._gates.get(id(signature))
        if known is None:
            # The signature is kept beside its gate, so that its id stays its own.
            known = self._gates[id(signature)] = signature, gate_of(signature, self._demands)
        return known[1]

    def entry(self, workflow: Workflow, graph: Graph) -> tuple[Concurrency | None, Once | None]:
        """What is asked of a run before its steps begin."""
        concurrency, once, limits = None, None, workflow.concurrency
        if limits is not None:
            key = self._values.condition(limits.key, graph, ("concurrency", "key"), Role.KEY)
            concurrency = Concurrency(key, limits.limit, limits.when_full)
        if workflow.idempotency_key is not None:
            place = ("idempotency_key",)
            key = self._values.condition(workflow.idempotency_key, graph, place, Role.KEY)
            window = workflow.idempotency_window
            once = Once(key, None if window is None else window.milliseconds)
        return concurrency, once

    def priority(self, workflow: Workflow, graph: Graph) -> Expr | None:
        """What gives the priority of a run."""
        text = str(workflow.priority) if workflow.priority else None
        return self._values.optional(text, graph, ("priority",), Role.PRIORITY)

    def _admission(self, node: Node, graph: Graph) -> Admission | None:
        found = admission_of(node, graph, self._values, self._catalog)
        if found is not None:
            self.claims = self.claims or not (found.lock is None and found.queue is None)
            self.caches = self.caches or found.cache is not None
        return found


class _Joins:
    """Numbers the joins of a graph, and finds where each edge leads."""

    def __init__(self, order: Iterable[str]) -> None:
        self.index: Mapping[str, int] = {name: index for index, name in enumerate(order)}
        size = len(self.index)
        self.joins: list[Join] = []
        self.of_step: list[list[int]] = [[] for _ in range(size)]
        self.edges: list[list[tuple[int, str]]] = [[] for _ in range(size)]
        self.named: list[set[str]] = [set() for _ in range(size)]
        self.waiters: list[list[int]] = [[] for _ in range(size)]
        self.watchers: list[set[int]] = [set() for _ in range(size)]
        self.waits = [0] * size
        self.members: list[frozenset[str]] = [frozenset()] * size

    def add_step(self, id: str, node: Node) -> None:
        """The joins of a step, and the steps that it waits for because it reads them."""
        index = self.index[id]
        self.of_step[index] = self._add(index, node.needs)
        settled, members = set[str](), set[str]()
        for group in node.needs:
            early = group.kind in _RECORDED
            (members if early else settled).update(edge.step for edge in group.edges)
        read = {read.step for read in node.reads if read.step in self.index and read.step != id}
        for step in sorted(read - settled - members):
            self.waiters[self.index[step]].append(index)
            self.waits[index] += 1
        self.members[index] = frozenset(members - settled)
        for step in watched_steps(node.step) if isinstance(node.step, WatchStep) else ():
            if step in self.index:
                self.watchers[self.index[step]].add(index)

    def add_end(self, name: str, groups: tuple[NeedGroup, ...]) -> End:
        """The joins of an end."""
        return End(name, tuple(self._add(-1, groups)), any(group.cancel_rest for group in groups))

    def _add(self, step: int, groups: tuple[NeedGroup, ...]) -> list[int]:
        singles = [edge for group in groups if group.kind is None for edge in group.edges]
        made = []
        if singles:
            edges = tuple(dict.fromkeys((edge.step, edge.outcome or "ok") for edge in singles))
            made.append(self._join(step, JoinRule("all", len(edges)), edges))
        for group in groups:
            if group.kind is not None:
                edges = tuple((edge.step, edge.outcome or "ok") for edge in group.edges)
                rule = JoinRule(group.kind, len(edges), group.count)
                made.append(self._join(step, rule, edges, group))
        return made

    def _join(
        self,
        step: int,
        rule: JoinRule,
        edges: tuple[tuple[str, str], ...],
        group: NeedGroup | None = None,
    ) -> int:
        number = len(self.joins)
        numbered = []
        for name, outcome in edges:
            source = self.index.get(name)
            if source is None:
                raise InvalidWorkflow(
                    f"`needs` names `{name}`, which is no step of its graph",
                    help="`auterity validate` shows the place",
                )
            self.edges[source].append((number, outcome))
            self.named[source].add(outcome)
            numbered.append((source, outcome))
        cancel = group is not None and group.cancel_rest
        recorded = group is not None and group.kind in _RECORDED
        # An end cancels the rest by itself, when it is read.
        self.joins.append(Join(step, rule, tuple(numbered), cancel and step >= 0, recorded))
        return number

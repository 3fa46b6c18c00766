"""A graph as the decision sees it: what each step waits for, and how it may end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property

from msgspec import Struct

from auterity_sdk.checks.facts.happening import Happening, awaited, begins, surely_kept_by
from auterity_sdk.checks.facts.named import ALL
from auterity_sdk.checks.soundness.conditions import Always, Condition, Free, Reader, free_parts
from auterity_sdk.diagnostics import Path
from auterity_sdk.workflow import occurrences
from auterity_sdk.workflow.duration import Duration
from auterity_sdk.workflow.graph import Graph, NeedGroup, Node
from auterity_sdk.workflow.needs import Edge, JoinKind
from auterity_sdk.workflow.occurrences import ELSE, Role
from auterity_sdk.workflow.signature import COMMON_OUTCOMES, DONE, FAILED, OK, UNCERTAIN
from auterity_sdk.workflow.step import (
    ApproveStep,
    CallStep,
    ForEachStep,
    ReceiveStep,
    RepeatStep,
    SwitchStep,
    UsesStep,
    WaitStep,
    WatchStep,
)

_COUNTED = (JoinKind.ONE, JoinKind.FIRST, JoinKind.AT_LEAST)


class Step(Struct, frozen=True):
    """One step. `ends` are the outcomes that are chosen freely once it runs, the usual one first.

    `cases` are a switch's, None for `else`. `handled`: something names its failure, so that the graph goes on.
    `unnamed` are outcomes of it that nothing names, which end the run. `hidden` are steps that it reads and
    that may not be settled when it starts; `waits` are those that it waits for without needing them. `since` is
    what begins a `watch`, `keeps` what keeps it at once, None where that is not told.
    """

    id: str
    node: Node
    needs: tuple[NeedGroup, ...]
    ends: tuple[str, ...]
    when: Condition | None
    cases: tuple[tuple[str, Condition | None], ...]
    handled: bool
    unnamed: frozenset[str]
    hidden: frozenset[str]
    waits: tuple[str, ...]
    instant: str = ""
    since: tuple[Happening, ...] = ()
    keeps: tuple[Happening, ...] | None = None

    def asked(self) -> Iterator[Free]:
        """The free conditions that it reads."""
        if self.when is not None:
            yield from free_parts(self.when)
        for _, case in self.cases:
            if case is not None:
                yield from free_parts(case)


class Model(Struct, frozen=True, dict=True):
    """The steps in topological order, and the ends. `until` is the condition of the `repeat` around it."""

    graph: Graph
    steps: Mapping[str, Step]
    ends: Mapping[str, tuple[NeedGroup, ...]]
    until: Condition | None = None

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Where each step stands in the order."""
        return {step: place for place, step in enumerate(self.steps)}

    @cached_property
    def free(self) -> Mapping[Free, bool]:
        """The conditions that are free choices → whether a run may go on where one is neither true nor false."""
        found: dict[Free, bool] = {}
        for step in self.steps.values():
            for part in step.asked():
                found[part] = found.get(part, False) or step.handled
        for part in free_parts(self.until) if self.until else ():
            found.setdefault(part, False)
        return found

    @cached_property
    def shadowed(self) -> frozenset[tuple[str, str]]:
        """The cases of switches, with their step, that come after a like one, or one that is always true."""
        found: set[tuple[str, str]] = set()
        for step in self.steps.values():
            seen: list[Condition | None] = []
            for name, case in step.cases:
                if case in seen or None in seen or Always(True) in seen or case == Always(False):
                    found.add((step.id, name))
                seen.append(case)
        return frozenset(found)

    @cached_property
    def depending(self) -> tuple[Step, ...]:
        """The steps whose conditions others share, so that some of their outcomes may never come about."""
        by = Counter(free for step in self.steps.values() for free in step.asked())
        return tuple(
            step for step in self.steps.values() if any(by[free] > 1 for free in step.asked())
        )

    @cached_property
    def choices(self) -> int:
        """How many yes-or-no choices make a run."""
        ends = sum(max(len(step.ends) - 1, 0).bit_length() for step in self.steps.values())
        return ends + sum(1 + may_fail for may_fail in self.free.values())

    @cached_property
    def orderly(self) -> bool:
        """No step is ever cancelled, so that no order in which steps end changes how they end."""
        return not any(group.cancel_rest for group in self.groups())

    def groups(self) -> Iterator[NeedGroup]:
        """All members of all `needs` and ends."""
        for step in self.steps.values():
            yield from step.needs
        for end in self.ends.values():
            yield from end

    @cached_property
    def after(self) -> Mapping[str, tuple[str, ...]]:
        """The steps that wait for each one."""
        found: dict[str, list[str]] = {step: [] for step in self.steps}
        for step in self.steps.values():
            for before in dict.fromkeys(step.node.waits_for()):
                if before in found and before != step.id:
                    found[before].append(step.id)
        return {step: tuple(after) for step, after in found.items()}


def model_of(
    graph: Graph, named: Mapping[Path, frozenset[str]], around: Node | None = None
) -> Model | None:
    """The model of a graph; None where it has a cycle, an edge that is none, or a step of unknown outcomes.

    `named` are the outcomes that something names, by the path of their step; `around` is the step of which
    the graph is the body.
    """
    nodes = graph.nodes
    if graph.order is None or any(n.outcomes is None or n.step is None for n in nodes.values()):
        return None
    if not all(_can_be_watched(node, nodes) for node in nodes.values()):
        return None
    groups = [group for node in nodes.values() for group in node.needs]
    groups += [group for end in graph.ends.values() for group in end]
    handled = set[str]()
    for group in groups:
        for edge in group.edges:
            if not _exists(edge, nodes):
                return None
            if edge.outcome in (FAILED, DONE):
                handled.add(edge.step)
    reader = Reader(frozenset(nodes))
    steps = {
        step: _step(nodes[step], graph, reader, step in handled, named.get(nodes[step].path))
        for step in graph.order
    }
    until = None
    if (
        around is not None
        and isinstance(around.step, RepeatStep)
        and around.step.repeat.max is None
    ):
        until = reader.read(around.step.repeat.until, around.path, frozenset())
    return Model(graph, steps, graph.ends, until)


def _can_be_watched(node: Node, nodes: Mapping[str, Node]) -> bool:
    """Whether all is there that a `watch` names; true of another step."""
    if not isinstance(node.step, WatchStep):
        return True
    names = (*begins(node.step), *awaited(node.step))
    return bool(names) and all(
        name.step is None
        or (name.step in nodes and _exists(Edge(name.step, name.outcome or DONE), nodes))
        for name in names
    )


def _exists(edge: Edge, nodes: Mapping[str, Node]) -> bool:
    known = (
        *COMMON_OUTCOMES,
        DONE,
        *((nodes[edge.step].outcomes or ()) if edge.step in nodes else ()),
    )
    if edge.step not in nodes or (
        edge.outcome == UNCERTAIN and not nodes[edge.step].may_be_uncertain
    ):
        return False
    return (edge.outcome or OK) in known


def _step(
    node: Node,
    graph: Graph,
    reader: Reader,
    handled: bool,
    named: frozenset[str] | None,
) -> Step:
    hidden, waits = _not_waited_for(node, graph.nodes)
    when = node.step.when if node.step is not None else None
    outcomes = node.outcomes or ()
    unnamed = frozenset(outcomes) - (named or frozenset()) - {OK}
    return Step(
        node.id,
        node,
        node.needs,
        () if isinstance(node.step, SwitchStep) else _ends(node, handled, named or frozenset()),
        None if when is None else reader.read(when, node.path, hidden),
        tuple(_cases(node, reader, hidden)),
        handled,
        frozenset() if named and ALL in named else unnamed,
        hidden,
        waits,
        _instant(node),
        begins(node.step) if isinstance(node.step, WatchStep) else (),
        surely_kept_by(node.step, graph) if isinstance(node.step, WatchStep) else None,
    )


def _not_waited_for(
    node: Node, nodes: Mapping[str, Node]
) -> tuple[frozenset[str], tuple[str, ...]]:
    if not node.reads:
        return frozenset(), ()
    settled, members = set[str](), set[str]()
    for group in node.needs:
        (members if group.kind in _COUNTED else settled).update(edge.step for edge in group.edges)
    read = {read.step for read in node.reads if read.step in nodes and read.step != node.id}
    return frozenset(members - settled), tuple(sorted(read - members - settled))


def _ends(node: Node, handled: bool, named: frozenset[str]) -> tuple[str, ...]:
    own = node.outcomes or ()
    failed = (FAILED,) if handled and may_fail(node) else ()
    # Where nothing names it, a person brings the step to one of its other outcomes.
    uncertain = (UNCERTAIN,) if UNCERTAIN in named and node.may_be_uncertain else ()
    return (*own, *failed, *uncertain)


def may_fail(node: Node) -> bool:
    """Whether a step can fail by itself. A pause of two days cannot."""
    match node.step:
        case UsesStep() | CallStep() | ForEachStep() | RepeatStep():
            return True
        case WaitStep() | ApproveStep() | ReceiveStep() as step:
            return any(
                found.role is not Role.WHEN and found.expressions()
                for found in occurrences.of_step(step, node.path)
            )
        case _:
            return False


def _instant(node: Node) -> str:
    match node.step:
        case WaitStep(wait=wait) if not isinstance(wait, Duration):
            return OK
        case ForEachStep(for_each=loop):
            return OK if loop.first is None else "exhausted"
        case _:
            return ""


def _cases(
    node: Node, reader: Reader, hidden: frozenset[str]
) -> Iterator[tuple[str, Condition | None]]:
    if isinstance(node.step, SwitchStep):
        for name, text in node.step.switch.items():
            yield name, None if text == ELSE else reader.read(text, (*node.path, name), hidden)


def full(edge: Edge) -> tuple[str, str]:
    """The step and the outcome that an edge names."""
    return edge.step, edge.outcome or OK

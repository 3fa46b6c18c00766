"""Which values are certainly there where a step is evaluated, told by conditions that came before it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from auterity_sdk.diagnostics import Path
from auterity_sdk.expression.narrow import NOTHING, Paths, narrow
from auterity_sdk.workflow.graph import Graph, NeedGroup, Node
from auterity_sdk.workflow.needs import Edge
from auterity_sdk.workflow.occurrences import ELSE
from auterity_sdk.workflow.signature import SKIPPED
from auterity_sdk.workflow.step import SwitchStep


class Presence(Struct, frozen=True):
    """`steps`: the path of a step → the values that are there when its `when` is read. `cases`: the path of a
    switch → for each case, what is there as well once it is looked at."""

    steps: Mapping[Path, Paths]
    cases: Mapping[Path, Mapping[str, Paths]]


def known_present(graphs: Iterable[Graph]) -> Presence:
    """What conditions tell about every step. Graphs come outer first."""
    known: dict[Path, Paths] = {}
    around: dict[Path, Paths] = {}
    cases: dict[Path, Mapping[str, Paths]] = {}
    for graph in graphs:
        outer = around.get(graph.path, NOTHING)
        after: dict[str, Paths] = {}
        for step_id in graph.order or ():
            node = graph.nodes[step_id]
            here = _all(node.needs, graph, after, outer, cases)
            known[node.path] = after[step_id] = here
            if isinstance(node.step, SwitchStep):
                cases[node.path] = _case_facts(node.step)
            if node.body is not None:
                around[node.body.path] = here | _when_true(node)
    return Presence(known, cases)


def _case_facts(step: SwitchStep) -> Mapping[str, Paths]:
    """A case is looked at once all before it were false."""
    found, cases = NOTHING, {}
    for name, text in step.switch.items():
        cases[name] = found
        if text != ELSE:
            found = found | narrow(text).when_false
    return cases


def _all(
    groups: Iterable[NeedGroup],
    graph: Graph,
    after: Mapping[str, Paths],
    outer: Paths,
    cases: Mapping[Path, Mapping[str, Paths]],
) -> Paths:
    found = outer
    for group in groups:
        ways = [_by(edge, graph, after, cases) for edge in group.edges]
        told = ways[0].intersection(*ways[1:])
        if told:
            found = found | told
    return found


def _by(
    edge: Edge,
    graph: Graph,
    after: Mapping[str, Paths],
    cases: Mapping[Path, Mapping[str, Paths]],
) -> Paths:
    node = graph.nodes.get(edge.step)
    if node is None or node.step is None:
        return NOTHING
    found = after.get(edge.step, NOTHING)
    if edge.outcome == SKIPPED or node.outcomes is None or edge.outcome not in node.outcomes:
        return found
    found = found | _when_true(node) if node.step.when is not None else found
    if node.signature is not None:
        members = node.signature.present.get(edge.outcome, ())
        found |= {(node.id, *member) for member in members}
    if isinstance(node.step, SwitchStep):
        case = node.step.switch[edge.outcome]
        found = found | cases[node.path][edge.outcome]
        if case != ELSE:
            found |= narrow(case).when_true
    return found


def _when_true(node: Node) -> Paths:
    when = None if node.step is None else node.step.when
    return NOTHING if when is None else narrow(when).when_true

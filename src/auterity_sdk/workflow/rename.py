"""Other ids for steps: in the keys, edges, expressions and guarantees of a workflow, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from auterity_sdk.diagnostics import Path
from auterity_sdk.expression.references import Reference, references
from auterity_sdk.workflow import occurrences
from auterity_sdk.workflow.graph import OUTCOME, Graph
from auterity_sdk.workflow.model import Workflow, dump, load
from auterity_sdk.workflow.needs import Edge, Need, written
from auterity_sdk.workflow.occurrences import Occurrence
from auterity_sdk.workflow.step import ForEachStep, RepeatStep, WatchStep

Names = Mapping[Path, str]
"""New ids, by where a step stands: `("steps", "text")`, `("steps", "each", "for_each", "steps", "ask")`."""

_Replacement = tuple[Path, int, int, str]
_STEP_PATH = re.compile(r"(?<![\w.])[A-Za-z_]\w*(?:/[A-Za-z_]\w*)*")


def renamed(workflow: Workflow, graph: Graph, names: Names) -> Workflow:
    """The workflow with other ids for some steps, and with the same meaning.

    Of two steps in one graph no two may get one id, nor one that another step there keeps.
    """
    data = dump(workflow)
    here = _here(graph, names)
    waiting = [*_replacements(occurrences.of_workflow(workflow), here)]
    waiting += _in_graph(graph, {}, names)
    # From behind, so that the places before stay true.
    for path, start, end, text in sorted(waiting, key=lambda each: each[1], reverse=True):
        _replace(data, path, start, end, text)
    for name, needs in workflow.ends.items():
        data["ends"][name] = _needs(needs, here)
    if workflow.guarantees:
        paths = dict(_step_paths(graph, names, (), ()))
        data["guarantees"] = [_guarantee(text, paths) for text in workflow.guarantees]
    data["steps"] = _steps(data["steps"], graph, names)
    return load(data)


def _here(graph: Graph, names: Names) -> Mapping[str, str]:
    return {node.id: names[node.path] for node in graph.nodes.values() if node.path in names}


def _in_graph(graph: Graph, around: Mapping[str, str], names: Names) -> Iterator[_Replacement]:
    visible = {**around, **_here(graph, names)}
    for node in graph.nodes.values():
        if node.step is None:
            continue
        yield from _replacements(occurrences.of_step(node.step, node.path), visible)
        if node.body is not None and isinstance(node.step, ForEachStep | RepeatStep):
            hidden = {*node.body.nodes, *node.body.bound}
            outer = {name: new for name, new in visible.items() if name not in hidden}
            inner = {**outer, **_here(node.body, names)}
            yield from _replacements(occurrences.of_body(node.step, node.path), inner)
            yield from _in_graph(node.body, outer, names)


def _replacements(found: Iterable[Occurrence], names: Mapping[str, str]) -> Iterator[_Replacement]:
    for occurrence in found:
        for start, expression in occurrence.expressions():
            for reference in references(expression):
                place = _place(expression, reference, names)
                if place is not None:
                    begin, end, text = place
                    yield occurrence.path, start + begin, start + end, text


def _place(
    expression: str, reference: Reference, names: Mapping[str, str]
) -> tuple[int, int, str] | None:
    """Where a reference names a renamed step, and its new name."""
    if reference.root in names:
        end = reference.start + len(reference.root)
        return reference.start, end, names[reference.root]
    if reference.root != OUTCOME or not reference.members or reference.members[0] not in names:
        return None
    member = reference.members[0]
    found = re.compile(rf"\b{re.escape(member)}\b").search(
        expression, reference.start + len(OUTCOME)
    )
    return (*found.span(), names[member]) if found else None


def _replace(data: Any, path: Path, start: int, end: int, text: str) -> None:
    for part in path[:-1]:
        data = data[part]
    whole = data[path[-1]]
    data[path[-1]] = whole[:start] + text + whole[end:]


def _needs(needs: Iterable[Need], names: Mapping[str, str]) -> Any:
    return written(tuple(_need(need, names) for need in needs))


def _need(need: Need, names: Mapping[str, str]) -> Need:
    if isinstance(need, Edge):
        return Edge(names.get(need.step, need.step), need.outcome)
    edges = tuple(Edge(names.get(edge.step, edge.step), edge.outcome) for edge in need.edges)
    return type(need)(need.kind, edges, need.count, need.cancel_rest)


def _steps(steps: dict[str, Any], graph: Graph, names: Names) -> dict[str, Any]:
    here = _here(graph, names)
    for step_id, data in steps.items():
        node = graph.nodes[step_id]
        if node.step is not None and node.step.needs is not None:
            data["needs"] = _needs(node.step.needs, here)
        if isinstance(node.step, WatchStep):
            data["watch"] = _guarantee(node.step.watch, dict(_step_paths(graph, names, (), ())))
        if node.body is not None:
            kind = str(node.body.path[-1])
            data[kind]["steps"] = _steps(data[kind]["steps"], node.body, names)
    return {here.get(step_id, step_id): data for step_id, data in steps.items()}


def _step_paths(
    graph: Graph, names: Names, old: tuple[str, ...], new: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    """The paths of steps as guarantees write them (`each/ask`), before and after."""
    for node in graph.nodes.values():
        before, after = (*old, node.id), (*new, names.get(node.path, node.id))
        if before != after:
            yield "/".join(before), "/".join(after)
        if node.body is not None:
            yield from _step_paths(node.body, names, before, after)


def _guarantee(text: str, paths: Mapping[str, str]) -> str:
    return _STEP_PATH.sub(lambda found: paths.get(found.group(), found.group()), text)

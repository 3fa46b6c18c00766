"""The steps of a workflow by their paths, those of loops' bodies and of called workflows among them."""

from __future__ import annotations

from collections.abc import Iterator

from auterity_sdk.expression.suggest import did_you_mean
from auterity_sdk.steps.registry import Registry
from auterity_sdk.workflow.graph import Graph, Node, build_graph
from auterity_sdk.workflow.step import CallStep

_DEEPEST_CALL = 5


class StepsByPath(dict[str, Node]):
    """Paths have no indexes: `lenders/submit` is a step of a body, `handoff/greet` one of a run that is called."""

    @classmethod
    def of(cls, graph: Graph, registry: Registry) -> StepsByPath:
        """All of a graph."""
        return cls(_nodes(graph, registry, "", 0))

    def similar(self, path: str) -> str:
        """Advice for a path that is none."""
        near = did_you_mean(path, tuple(self))
        return f"a similar one exists: `{near}`" if near else f"its steps are {', '.join(self)}"


def _nodes(graph: Graph, registry: Registry, prefix: str, depth: int) -> Iterator[tuple[str, Node]]:
    for node in graph.nodes.values():
        path = prefix + node.id
        yield path, node
        if node.body is not None:
            yield from _nodes(node.body, registry, f"{path}/", depth)
        if isinstance(node.step, CallStep) and depth < _DEEPEST_CALL:
            child = registry.called_workflow(node.step.call)
            if child is not None:
                yield from _nodes(build_graph(child, registry), registry, f"{path}/", depth + 1)

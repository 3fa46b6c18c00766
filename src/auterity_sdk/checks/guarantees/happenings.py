"""What the names in a guarantee mean: things that happen in one graph, or inside of one of its steps."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from msgspec import Struct

from auterity_sdk.checks.facts.happening import Happening, happening
from auterity_sdk.workflow.graph import Graph, Node
from auterity_sdk.workflow.guarantee import ApprovedByAnother, Guarantee, Name, names_of
from auterity_sdk.workflow.signature import COMMON_OUTCOMES, DONE
from auterity_sdk.workflow.step import ApproveStep

Similar = Callable[[str, Collection[str]], str | None]


class Unknown(Struct, frozen=True):
    """A name that cannot be what it stands for: the fault, and what to do."""

    name: Name
    message: str
    help: str


class Place(Struct, frozen=True):
    """The graph that a guarantee speaks of: the innermost that holds all of its steps."""

    graph: Graph
    depth: int

    def happening(self, name: Name) -> Happening:
        """What a name means there."""
        return happening(name, self.depth)


def unknown_names(guarantee: Guarantee, graph: Graph, similar: Similar) -> Iterator[Unknown]:
    """The names in a guarantee that are no steps, or outcomes that their steps do not have."""
    for name in names_of(guarantee):
        found = _unknown(name, graph, similar)
        if found is not None:
            yield found
        elif isinstance(guarantee, ApprovedByAnother):
            node = node_of(name, graph)
            if node.step is not None and not isinstance(node.step, ApproveStep):
                message = f"`{name}` is not an `approve`, so nobody approves it"
                yield Unknown(name, message, "name a step that asks for an approval")


def place_of(guarantee: Guarantee, graph: Graph) -> Place:
    """The innermost graph that holds all of the guarantee's steps, whose names are known."""
    paths = [name.steps for name in names_of(guarantee) if name.steps]
    depth = 0
    while paths and all(len(p) > depth + 1 and p[depth] == paths[0][depth] for p in paths):
        graph = _body(graph.nodes[paths[0][depth]])
        depth += 1
    return Place(graph, depth)


def node_of(name: Name, graph: Graph) -> Node:
    """The step of a name that is known."""
    for step in name.steps[:-1]:
        graph = _body(graph.nodes[step])
    return graph.nodes[name.steps[-1]]


def _body(node: Node) -> Graph:
    return node.body or Graph(node.path, {}, {})


def _unknown(name: Name, graph: Graph, similar: Similar) -> Unknown | None:
    node: Node | None = None
    for depth, step in enumerate(name.steps):
        inner = graph if node is None else node.body
        if inner is None:
            around = "/".join(name.steps[:depth])
            return Unknown(name, f"`{around}` has no steps inside", f"name `{around}` itself")
        if step not in inner.nodes:
            return Unknown(name, f"there is no step `{step}`", _step_help(step, inner, similar))
        node = inner.nodes[step]
        if node.step is None:
            return None
    return None if node is None else _unknown_outcome(name, node, similar)


def _step_help(step: str, graph: Graph, similar: Similar) -> str:
    near = similar(step, graph.nodes)
    if near:
        return f"a step with a similar name exists: `{near}`"
    around = next((each for each in graph.walk() if step in each.nodes), None)
    if around is None:
        return "write the id of a step, or `start` for the start of the run"
    outer = (str(part) for at, part in enumerate(around.path) if around.path[at - 1] == "steps")
    return f"it is inside a body: write `{'/'.join((*outer, step))}`"


def _unknown_outcome(name: Name, node: Node, similar: Similar) -> Unknown | None:
    own: Sequence[str] | None = node.outcomes
    if name.outcome is None or own is None:
        return None
    known = (*own, *COMMON_OUTCOMES, DONE)
    if name.outcome in known:
        return None
    near = similar(name.outcome, known)
    advice = f"an outcome with a similar name exists: `{near}`" if near else ""
    listed = ", ".join(f"`{each}`" for each in known)
    message = f"`{'/'.join(name.steps)}` has no outcome `{name.outcome}`"
    return Unknown(name, message, advice or f"its outcomes: {listed}")

"""A workflow as an outline for a terminal: each step, and below it where its outcomes lead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from auterity_sdk.workflow.graph import Graph
from auterity_sdk.workflow.render.drawing import Arrow, arrows, doing, in_order

Part = tuple[Literal["frame", "step", "doing", "outcome", "end", "join"], str]


class Line(Struct, frozen=True):
    """One line: its parts, each with what it is, so that a terminal may colour it."""

    parts: tuple[Part, ...]

    def __str__(self) -> str:
        return "".join(text for _, text in self.parts)


def outline(graph: Graph, indent: str = "") -> Iterator[Line]:
    """The lines, steps in topological order. Texts are as in the file: a terminal must escape them."""
    leaving: dict[str, list[Arrow]] = {}
    for arrow in arrows(graph):
        leaving.setdefault(arrow.source, []).append(arrow)
    for node_id in in_order(graph):
        node = graph.nodes[node_id]
        starts = not node.needs and not graph.path
        mark = "▶ " if starts else "● "
        yield Line((("frame", indent + mark), ("step", node_id), ("doing", f"  {doing(node)}")))
        below = leaving.get(node_id, [])
        if node.body is not None:
            bar = "│  " if below else "   "
            yield from outline(node.body, indent + bar)
        for index, arrow in enumerate(below):
            yield _arrow(arrow, indent, last=index == len(below) - 1)


def _arrow(arrow: Arrow, indent: str, *, last: bool) -> Line:
    frame = indent + ("└─ " if last else "├─ ")
    if arrow.is_read:
        read_by: tuple[Part, ...] = (("join", "read by"), ("frame", " "))
        return Line((("frame", frame), *read_by, ("step", arrow.target)))
    target: Part = ("end", f"■ {arrow.target}") if arrow.is_end else ("step", arrow.target)
    join: tuple[Part, ...] = (("join", f"  ({arrow.join})"),) if arrow.join else ()
    return Line((("frame", frame), ("outcome", arrow.outcome), ("frame", " → "), target, *join))

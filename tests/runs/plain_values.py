"""What the plain model's expressions read, and whether it is there.

Of expressions it knows the few forms that `random_workflow` draws: `LEFT OP RIGHT`, where each side is a number, a
text in quotes, `a.n`, `a.?n.orValue(0)` or `outcome.?a.orValue('')`.
"""

from __future__ import annotations

import operator
import re
from typing import Any

from tests.runs.plain_graph import Graph, Step

OPERATORS = {"<": operator.lt, ">": operator.gt, "==": operator.eq}


class AbsentError(Exception):
    """A value that is plainly read is not there."""


def find(graph: Graph, name: str) -> Step:
    while name not in graph.steps:
        assert graph.owner is not None
        graph = graph.owner[0]
    return graph.steps[name]


def holds(graph: Graph, step: Step | None, text: str) -> bool:
    left, sign, right = text.split(" ")
    found = OPERATORS[sign](value(graph, step, left), value(graph, step, right))
    return bool(found)


def value(graph: Graph, reader: Step | None, text: str) -> Any:
    if text.isdigit():
        return int(text)
    if text.startswith("'"):
        return text.strip("'")
    if text == "index":
        return graph.index
    if found := re.fullmatch(r"outcome\.\?(\w+)\.orValue\(''\)", text):
        known = is_known(graph, step_read := found[1], reader)
        return (find(graph, step_read).outcome or "") if known else ""
    name = text.split(".")[0]
    there = is_there(graph, reader, name)
    if not there and "?" not in text:
        raise AbsentError(text)
    return find(graph, name).output.get("n", 0) if there else 0


def is_there(graph: Graph, reader: Step | None, name: str) -> bool:
    """Whether a value can be read."""
    return is_known(graph, name, reader) and find(graph, name).has_value


def is_known(graph: Graph, name: str, reader: Step | None) -> bool:
    """A member of one's own join is known only if its edge was met when the join was.

    What a body reads counts as read by the step around it.
    """
    while name not in graph.steps:
        assert graph.owner is not None
        graph, reader = graph.owner
    if reader is None or name not in reader.own_members:
        return True
    taken = [edge for join in reader.joins for edge in join.taken or ()]
    return any(edge.split(".")[0] == name for edge in taken)

"""A workflow as a Mermaid flowchart, in which no text of the file can become markup."""

from __future__ import annotations

import re
from collections.abc import Iterator

from auterity_sdk.workflow.graph import Graph, Node
from auterity_sdk.workflow.render.drawing import arrows, doing, in_order
from auterity_sdk.workflow.step import ApproveStep, ReceiveStep, SwitchStep, WaitStep, WatchStep

_PLAIN = re.compile(r"[^\w .,:;!?/()+*=%'-]|\n", re.UNICODE)
_LONGEST = 60


def mermaid(graph: Graph) -> str:
    """The flowchart's text. Every other character than letters, digits and plain punctuation is written
    as its number (`#62;`), so labels cannot hold links, HTML or Mermaid's own words.
    """
    ends = {name: f"end{index}" for index, name in enumerate(graph.ends)}
    lines = ["flowchart TD", *_graph(graph, "", "  ")]
    lines.extend(f'  {end}(["{_label(name)}"])' for name, end in ends.items())
    lines.extend(
        f'  {_id("", arrow.source)} -->|"{_label(arrow.outcome)}"| {ends[arrow.target]}'
        for arrow in arrows(graph)
        if arrow.is_end and arrow.source in graph.nodes
    )
    return "\n".join(lines) + "\n"


def _graph(graph: Graph, prefix: str, indent: str) -> Iterator[str]:
    for node_id in in_order(graph):
        node = graph.nodes[node_id]
        if node.body is None:
            yield f"{indent}{_id(prefix, node_id)}{_shape(node)}"
            continue
        yield f'{indent}subgraph {_id(prefix, node_id)}["{_label(f"{node_id}: {doing(node)}")}"]'
        yield from _graph(node.body, f"{prefix}{node_id}_", indent + "  ")
        yield f"{indent}end"
    for arrow in arrows(graph):
        if arrow.is_end or arrow.source not in graph.nodes:
            continue
        source, target = _id(prefix, arrow.source), _id(prefix, arrow.target)
        if arrow.is_read:
            yield f"{indent}{source} -.-> {target}"
        else:
            joined = f"{arrow.outcome} ({arrow.join})" if arrow.join else arrow.outcome
            yield f'{indent}{source} -->|"{_label(joined)}"| {target}'


def _shape(node: Node) -> str:
    text = f"{_label(node.id)}<br/>{_label(doing(node))}"
    match node.step:
        case SwitchStep():
            return f'{{"{_label(node.id)}"}}'
        case ApproveStep():
            return f'[/"{text}"/]'
        case ReceiveStep() | WaitStep() | WatchStep():
            return f'(("{text}"))'
        case _:
            return f'["{text}"]'


def _id(prefix: str, node_id: str) -> str:
    # `end` and a leading o or x have a meaning of their own in Mermaid.
    return f"step_{prefix}{node_id}"


def _label(text: str) -> str:
    cut = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    return _PLAIN.sub(lambda match: f"#{ord(match.group())};", cut)

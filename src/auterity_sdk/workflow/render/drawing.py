"""What every picture shows: steps with what they do, and arrows with the outcomes on them."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from auterity_sdk.workflow.graph import Graph, NeedGroup, Node
from auterity_sdk.workflow.needs import JoinKind
from auterity_sdk.workflow.step import (
    ApproveStep,
    BusinessTime,
    CallStep,
    ForEachStep,
    ReceiveStep,
    RepeatStep,
    SwitchStep,
    UsesStep,
    WaitStep,
    WatchStep,
)


class Arrow(Struct, frozen=True):
    """From a step's outcome to a step or, with `is_end`, to an end. `join` says how the target joins."""

    source: str
    outcome: str
    target: str
    join: str = ""
    is_end: bool = False
    is_read: bool = False


def arrows(graph: Graph) -> Iterator[Arrow]:
    """Every arrow of a graph, by target in topological order where there is one."""
    for node_id in in_order(graph):
        node = graph.nodes[node_id]
        named: set[str] = set()
        for group in node.needs:
            for edge in group.edges:
                named.add(edge.step)
                yield Arrow(edge.step, edge.outcome or "", node_id, join_text(group))
        for step in sorted({*(read.step for read in node.reads), *node.begun_by} - named):
            yield Arrow(step, "", node_id, is_read=True)
    for name, groups in graph.ends.items():
        for group in groups:
            for edge in group.edges:
                yield Arrow(edge.step, edge.outcome or "", name, join_text(group), is_end=True)


def in_order(graph: Graph) -> tuple[str, ...]:
    """The ids in topological order; as written where there is a cycle."""
    return graph.order or tuple(graph.nodes)


def join_text(group: NeedGroup) -> str:
    """How a join is named in a picture; nothing for a single edge."""
    if group.kind is None:
        return ""
    name = f"{group.count} of" if group.kind is JoinKind.AT_LEAST else group.kind.value
    return f"{name}, cancels the rest" if group.cancel_rest else name


def doing(node: Node) -> str:
    """What a step does, in a few words."""
    match node.step:
        case None:
            return "(cannot be read)"
        case UsesStep(uses=uses):
            return uses
        case SwitchStep():
            return "switch"
        case ApproveStep(approve=approve):
            return f"approval by {approve.role}"
        case ReceiveStep(receive=receive):
            return f"receive {receive.event}"
        case WaitStep(wait=wait):
            text = f"{wait.business} of business" if isinstance(wait, BusinessTime) else str(wait)
            return f"wait {text}"
        case ForEachStep(for_each=loop):
            return f"for each of {loop.in_}"
        case RepeatStep(repeat=loop):
            return f"repeat until {loop.until}"
        case CallStep(call=call):
            return f"call {call}"
        case WatchStep(watch=sentence):
            return f"watch {sentence}"

"""Edges and joins as Python source."""

from __future__ import annotations

from collections.abc import Callable

from auterity_sdk.errors import UsageError
from auterity_sdk.workflow.export.names import Scope, plain
from auterity_sdk.workflow.export.spelling import literal
from auterity_sdk.workflow.needs import Edge, Join, JoinKind, Need
from auterity_sdk.workflow.signature import COMMON_OUTCOMES, DONE, OK

Use = Callable[[str], str]

_FUNCTIONS = {
    JoinKind.ANY: "any_of",
    JoinKind.ONE: "one_of",
    JoinKind.FIRST: "first_of",
    JoinKind.AT_LEAST: "at_least",
}


def requirements(needs: tuple[Need, ...], scope: Scope, use: Use) -> str:
    """The value of `needs` or of an end: one requirement, or a list."""
    spelled = [requirement(need, scope, use) for need in needs]
    return spelled[0] if len(spelled) == 1 else f"[{', '.join(spelled)}]"


def requirement(need: Need, scope: Scope, use: Use) -> str:
    """One edge or join."""
    if isinstance(need, Edge):
        return _edge(need, scope, use)
    return _join(need, scope, use)


def distinct(needs: tuple[Need, ...]) -> bool:
    """No need stands twice, which `with` cannot say."""
    spelled = {
        Edge(need.step, need.outcome or OK) if isinstance(need, Edge) else need for need in needs
    }
    return len(spelled) == len(needs)


def _join(join: Join, scope: Scope, use: Use) -> str:
    arguments = [_edge(edge, scope, use) for edge in join.edges]
    if join.kind is JoinKind.AT_LEAST:
        arguments.insert(0, str(join.count))
    if join.cancel_rest:
        arguments.append("cancel_rest=True")
    return f"{use(_FUNCTIONS[join.kind])}({', '.join(arguments)})"


def _edge(edge: Edge, scope: Scope, use: Use) -> str:
    known = scope.known.get(edge.step)
    if known is None:
        raise UsageError(
            f"an edge leaves `{edge.step}`, which is no step here", help="run `auterity validate`"
        )
    outcome = edge.outcome or OK
    said = known.outcomes is None or outcome in (*known.outcomes, *COMMON_OUTCOMES, DONE)
    if said and plain(outcome):
        return f"{known.variable}.{outcome}"
    return f"{use('edge')}({known.variable}, {literal(outcome)})"

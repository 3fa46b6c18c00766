"""Topological order, held against networkx's."""

from __future__ import annotations

import networkx
from hypothesis import given
from hypothesis import strategies as st

from auterity_sdk.workflow.order import topological_order

KEYS = st.sampled_from("abcdefgh")
GRAPHS = st.dictionaries(KEYS, st.lists(KEYS, max_size=4), max_size=8)


def by_networkx(waits_for: dict[str, list[str]]) -> tuple[str, ...] | None:
    graph: networkx.DiGraph[str] = networkx.DiGraph()
    graph.add_nodes_from(waits_for)
    graph.add_edges_from((a, b) for b, names in waits_for.items() for a in names if a in waits_for)
    try:
        return tuple(networkx.lexicographical_topological_sort(graph))
    except networkx.NetworkXUnfeasible:
        return None


@given(GRAPHS)
def test_the_order_is_that_of_networkx(waits_for: dict[str, list[str]]) -> None:
    assert topological_order(waits_for) == by_networkx(waits_for)


def test_who_waits_for_itself_has_no_order() -> None:
    assert topological_order({"a": ["a"]}) is None

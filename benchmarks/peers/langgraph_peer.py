"""LangGraph: a `StateGraph` over a TypedDict, compiled once, run by `ainvoke`; no checkpointer."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, TypedDict

from langgraph.graph import END, START, StateGraph

from benchmarks import lead_routing as plain
from benchmarks.peers import Run


class Count(TypedDict):
    count: int


async def one(state: Count) -> Count:  # noqa: ARG001 - its signature is given
    return {"count": 1}


def chain(length: int) -> Run:
    graph = StateGraph(Count)
    names = [START, *(f"s{number}" for number in range(length)), END]
    for name in names[1:-1]:
        graph.add_node(name, one)
    for before, after in pairwise(names):
        graph.add_edge(before, after)
    compiled = graph.compile()
    return lambda: compiled.ainvoke({"count": 0}, {"recursion_limit": length + 2})


class Lead(TypedDict, total=False):
    source: str
    phone: str
    zip: str
    budget: int
    trade_in: bool
    known: bool
    score: int
    tier: str
    desk: str
    store: str
    seat: str
    channel: str


async def clean(state: Lead) -> Lead:
    return {"source": plain.cleaned(state["source"])}


async def dedupe(state: Lead) -> Lead:
    return {"known": plain.known_before(state["phone"])}


async def score(state: Lead) -> Lead:
    return {"score": plain.scored(state["source"], state["budget"], trade_in=state["trade_in"])}


async def tier(state: Lead) -> Lead:
    found = state["score"]
    return {"tier": "hot" if found >= 80 else "warm" if found >= 50 else "cold"}


async def hot_desk(state: Lead) -> Lead:  # noqa: ARG001
    return {"desk": "hot"}


async def nurture(state: Lead) -> Lead:  # noqa: ARG001
    return {"desk": "nurture"}


async def store(state: Lead) -> Lead:
    return {"store": plain.nearest(state["zip"]) if state["zip"] else ""}


async def seat(state: Lead) -> Lead:
    return {"seat": plain.seat_of(state["desk"], state["store"])}


async def channel(state: Lead) -> Lead:
    wanted = state["phone"] and state["score"] > 30
    return {"channel": plain.channel_of(state["phone"]) if wanted else "none"}


async def record(state: Lead) -> Lead:
    return {"seat": state["seat"], "channel": state["channel"]}


def routing(lead: Mapping[str, Any]) -> Run:
    graph = StateGraph(Lead)
    for step in (clean, dedupe, score, tier, hot_desk, nurture, store, seat, channel, record):
        graph.add_node(step.__name__, step)
    graph.add_edge(START, "clean")
    graph.add_edge("clean", "dedupe")
    graph.add_conditional_edges(
        "dedupe", lambda state: END if state["known"] else "score", ["score", END]
    )
    graph.add_edge("score", "tier")
    graph.add_conditional_edges(
        "tier",
        lambda state: "hot_desk" if state["tier"] == "hot" else "nurture",
        ["hot_desk", "nurture"],
    )
    for before, after in (
        ("hot_desk", "store"),
        ("nurture", "store"),
        ("store", "seat"),
        ("seat", "channel"),
        ("channel", "record"),
        ("record", END),
    ):
        graph.add_edge(before, after)
    compiled = graph.compile()
    return lambda: compiled.ainvoke(dict(lead))

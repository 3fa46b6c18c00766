"""Burr: async actions over its `State`, a graph built once, an application for each run; no tracker, no persister."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from burr.core import ApplicationBuilder, State, action, default, when
from burr.core.graph import GraphBuilder

from benchmarks import lead_routing as plain
from benchmarks.peers import Run


@action(reads=[], writes=["count"])
async def one(state: State) -> State:
    return state.update(count=1)


def chain(length: int) -> Run:
    names = [f"s{number}" for number in range(length)]
    graph = (
        GraphBuilder()
        .with_actions(**dict.fromkeys(names, one))
        .with_transitions(*pairwise(names))
        .build()
    )

    async def run() -> Any:
        builder = ApplicationBuilder().with_graph(graph).with_entrypoint(names[0])
        made = await builder.with_state(count=0).abuild()
        return await made.arun(halt_after=[names[-1]])

    return run


@action(reads=["source"], writes=["source"])
async def clean(state: State) -> State:
    return state.update(source=plain.cleaned(state["source"]))


@action(reads=["phone"], writes=["known"])
async def dedupe(state: State) -> State:
    return state.update(known=plain.known_before(state["phone"]))


@action(reads=["source", "budget", "trade_in"], writes=["score"])
async def score(state: State) -> State:
    found = plain.scored(state["source"], state["budget"], trade_in=state["trade_in"])
    return state.update(score=found)


@action(reads=["score"], writes=["tier"])
async def tier(state: State) -> State:
    found = state["score"]
    return state.update(tier="hot" if found >= 80 else "warm" if found >= 50 else "cold")


@action(reads=[], writes=["desk"])
async def hot_desk(state: State) -> State:
    return state.update(desk="hot")


@action(reads=[], writes=["desk"])
async def nurture(state: State) -> State:
    return state.update(desk="nurture")


@action(reads=["zip"], writes=["store"])
async def store(state: State) -> State:
    return state.update(store=plain.nearest(state["zip"]) if state["zip"] else "")


@action(reads=["desk", "store"], writes=["seat"])
async def seat(state: State) -> State:
    return state.update(seat=plain.seat_of(state["desk"], state["store"]))


@action(reads=["phone", "score"], writes=["channel"])
async def channel(state: State) -> State:
    wanted = state["phone"] and state["score"] > 30
    return state.update(channel=plain.channel_of(state["phone"]) if wanted else "none")


@action(reads=["seat", "channel"], writes=["seat", "channel"])
async def record(state: State) -> State:
    return state.update(seat=state["seat"], channel=state["channel"])


@action(reads=[], writes=[])
async def duplicate(state: State) -> State:
    return state


def routing(lead: Mapping[str, Any]) -> Run:
    steps = (clean, dedupe, score, tier, hot_desk, nurture, store, seat, channel, record)
    graph = (
        GraphBuilder()
        .with_actions(*steps, duplicate)
        .with_transitions(
            ("clean", "dedupe"),
            ("dedupe", "duplicate", when(known=True)),
            ("dedupe", "score", default),
            ("score", "tier"),
            ("tier", "hot_desk", when(tier="hot")),
            ("tier", "nurture", default),
            (["hot_desk", "nurture"], "store"),
            ("store", "seat"),
            ("seat", "channel"),
            ("channel", "record"),
        )
        .build()
    )

    async def run() -> Any:
        builder = ApplicationBuilder().with_graph(graph).with_entrypoint("clean")
        made = await builder.with_state(**lead).abuild()
        return (await made.arun(halt_after=["record", "duplicate"]))[2].get_all()

    return run

"""pydantic-graph: steps of a `GraphBuilder` over a dataclass, built once; routing by nodes that return the next one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

from pydantic_graph import BaseNode, End, GraphBuilder, GraphRunContext, StepContext

from benchmarks import lead_routing as plain
from benchmarks.peers import Run


@dataclass
class Count:
    count: int = 0


async def one(context: StepContext[Count, None, object]) -> int:
    context.state.count = 1
    return 1


def chain(length: int) -> Run:
    builder = GraphBuilder(state_type=Count, output_type=int)
    steps = [builder.step(one, node_id=f"s{number}") for number in range(length)]
    edges = [builder.edge_from(a).to(b) for a, b in pairwise(steps)]
    builder.add(
        builder.edge_from(builder.start_node).to(steps[0]),
        *edges,
        builder.edge_from(steps[-1]).to(builder.end_node),
    )
    graph = builder.build()
    return lambda: graph.run(state=Count())


@dataclass
class Lead:
    source: str
    phone: str
    zip: str
    budget: int
    trade_in: bool
    score: int = 0
    desk: str = ""
    store: str = ""
    seat: str = ""
    channel: str = ""


Context: TypeAlias = GraphRunContext[Lead, None]
Routed = dict[str, str]


@dataclass
class Clean(BaseNode[Lead, None, Routed]):
    async def run(self, ctx: Context) -> Dedupe:
        ctx.state.source = plain.cleaned(ctx.state.source)
        return Dedupe()


@dataclass
class Dedupe(BaseNode[Lead, None, Routed]):
    async def run(self, ctx: Context) -> Score | End[Routed]:
        return End({}) if plain.known_before(ctx.state.phone) else Score()


@dataclass
class Score(BaseNode[Lead, None, Routed]):
    async def run(self, ctx: Context) -> Tier:
        lead = ctx.state
        lead.score = plain.scored(lead.source, lead.budget, trade_in=lead.trade_in)
        return Tier()


@dataclass
class Tier(BaseNode[Lead, None, Routed]):
    async def run(self, ctx: Context) -> HotDesk | Nurture:
        return HotDesk() if ctx.state.score >= 80 else Nurture()


@dataclass
class HotDesk(BaseNode[Lead, None, Routed]):
    async def run(self, ctx: Context) -> Store:
        ctx.state.desk = "hot"
        return Store()


@dataclass
class Nurture(BaseNode[Lead, None, Routed]):
    async def run(self, ctx: Context) -> Store:
        ctx.state.desk = "nurture"
        return Store()


@dataclass
class Store(BaseNode[Lead, None, Routed]):
    async def run(self, ctx: Context) -> Seat:
        if ctx.state.zip:
            ctx.state.store = plain.nearest(ctx.state.zip)
        return Seat()


@dataclass
class Seat(BaseNode[Lead, None, Routed]):
    async def run(self, ctx: Context) -> Channel:
        ctx.state.seat = plain.seat_of(ctx.state.desk, ctx.state.store)
        return Channel()


@dataclass
class Channel(BaseNode[Lead, None, Routed]):
    async def run(self, ctx: Context) -> Record:
        wanted = ctx.state.phone and ctx.state.score > 30
        ctx.state.channel = plain.channel_of(ctx.state.phone) if wanted else "none"
        return Record()


@dataclass
class Record(BaseNode[Lead, None, Routed]):
    async def run(self, ctx: Context) -> End[Routed]:
        return End({"seat": ctx.state.seat, "channel": ctx.state.channel})


NODES = (Clean, Dedupe, Score, Tier, HotDesk, Nurture, Store, Seat, Channel, Record)


def routing(lead: Mapping[str, Any]) -> Run:
    builder = GraphBuilder(state_type=Lead, input_type=Clean, output_type=dict)
    builder.add(
        builder.edge_from(builder.start_node).to(Clean), *(builder.node(each) for each in NODES)
    )
    graph = builder.build()
    return lambda: graph.run(state=Lead(**lead), inputs=Clean())

"""A run of ten steps of lead routing with conditions in CEL, beside peers whose conditions are Python, and beside tasks.

    python -m benchmarks bench_routing

Each run is new, from start to end, in memory, with journal, typed arguments and outputs, and time limits. The peers
record nothing. `by hand` is what remains of a run where no runtime decides anything. Rounds take turns; processor time and medians are told.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from time import process_time
from typing import ClassVar

from auterity_sdk.runtime.attempt import World
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.steps.output import Outcome, Output
from auterity_sdk.steps.registry import Registry
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.document import load_document
from auterity_sdk.workflow.model import Workflow, load
from benchmarks import lead_routing as plain
from benchmarks.bench_chain import NoConnections, nothing
from benchmarks.peers import Run, installed
from benchmarks.routing_by_hand import by_hand

ROUNDS = 9
RUNS = 100
TASKS = 2_000


class Source(Output):
    source: str


class Dedupe(Output):
    fresh: ClassVar[Outcome] = Outcome()
    known: ClassVar[Outcome] = Outcome()


class Score(Output):
    score: int


class Desk(Output):
    name: str


class Store(Output):
    store: str


class Seat(Output):
    seat: str


class Channel(Output):
    channel: str


class Routed(Output):
    seat: str
    channel: str


@step
async def clean(source: str) -> Source:
    return Source(source=plain.cleaned(source))


@step
async def dedupe(phone: str) -> Dedupe:
    return Dedupe.known(Dedupe()) if plain.known_before(phone) else Dedupe.fresh(Dedupe())


@step
async def score(source: str, budget: int, trade_in: bool) -> Score:
    return Score(score=plain.scored(source, budget, trade_in=trade_in))


@step
async def desk(name: str) -> Desk:
    return Desk(name=name)


@step
async def store(zip: str) -> Store:
    return Store(store=plain.nearest(zip))


@step
async def seat(desk: str, store: str) -> Seat:
    return Seat(seat=plain.seat_of(desk, store))


@step
async def channel(phone: str) -> Channel:
    return Channel(channel=plain.channel_of(phone))


@step
async def record(seat: str, channel: str) -> Routed:
    return Routed(seat=seat, channel=channel)


STEPS = (clean, dedupe, score, desk, store, seat, channel, record)


def described() -> Workflow:
    """The workflow. Raises SystemExit where it cannot be read."""
    file = Path(__file__).with_name("lead_routing.yaml")
    read = load_document(file.read_bytes(), file=file.name)
    if not isinstance(read.data, dict):
        raise SystemExit(f"{file.name} cannot be read")
    return load(read.data)


async def floor() -> Run:
    """What remains of a run where nothing is decided."""
    workflow, registry = described(), Registry().extended(STEPS)
    runtime = LocalRuntime(World(registry, NoConnections()))
    plan = await runtime.plans.of(workflow)
    return by_hand(plan, registry, workflow.input, plain.LEAD)


def ours() -> Run:
    workflow = described()
    runtime = LocalRuntime(World(Registry().extended(STEPS), NoConnections()))

    async def run() -> Mapping[str, str]:
        view = await runtime.run(workflow, plain.LEAD)
        return view.output or {"seat": f"the run {view.status}"}

    return run


async def a_run(run: Run) -> float:
    """Processor seconds of one of many runs. Raises SystemExit where it does not route the lead."""
    for _ in range(3):
        found = await run()
        if {name: found.get(name) for name in plain.ROUTED} != plain.ROUTED:
            raise SystemExit(f"the lead went astray: {found}")
    gc.collect()
    begun = process_time()
    for _ in range(RUNS):
        await run()
    return (process_time() - begun) / RUNS


async def a_task() -> float:
    """Processor seconds of one task that does nothing."""
    gc.collect()
    begun = process_time()
    for _ in range(TASKS):
        await asyncio.create_task(nothing.function())
    return (process_time() - begun) / TASKS


async def measure() -> None:
    runs = {
        "auterity": ours(),
        "by hand, nothing decided": await floor(),
        **{name: peer.routing(plain.LEAD) for name, peer in installed().items()},
    }
    taken: dict[str, list[float]] = {name: [] for name in runs}
    tasks = []
    for _ in range(ROUNDS):
        tasks.append(await a_task())
        for name, run in runs.items():
            taken[name].append(await a_run(run))
    print(f"a task: {median(tasks) * 1e6:.1f} us")
    print(f"{'ten steps of lead routing':<26} {'a run':>10} {'in tasks':>9} {'to ours':>8}")
    for name, found in taken.items():
        in_tasks = median(a / b for a, b in zip(found, tasks, strict=True))
        of_ours = median(a / b for a, b in zip(found, taken["auterity"], strict=True))
        print(f"{name:<26} {median(found) * 1e6:>7.0f} us {in_tasks:>9.1f} {of_ours:>7.1f}x")


async def main() -> None:
    """Measure, and print."""
    await measure()

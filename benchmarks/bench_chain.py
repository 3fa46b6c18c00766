"""A chain of trivial async steps in memory, beside one asyncio.Task per step, and beside peers, in the same process.

    python -m benchmarks bench_chain

Each step has a typed output and a time limit, and is journaled; the peers record nothing. Rounds take turns; processor
time and medians are told, so that a busy machine disturbs little.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from statistics import median
from time import process_time
from typing import TypeVar

from auterity_sdk.errors import ConfigurationError
from auterity_sdk.runtime.attempt import World
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.steps.output import Output
from auterity_sdk.steps.registry import Registry
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.model import Workflow, load
from benchmarks.peers import Peer, Run, installed

ROUNDS = {100: 9, 1_000: 9, 10_000: 5, 100_000: 3}
"""How often each length is measured."""

LEAST_STEPS = 2_000
"""A round has so many steps at least, by several runs of a short chain."""

LONGEST = 10.0
"""A peer whose round took so many seconds is not measured again, nor with a longer chain."""

Port = TypeVar("Port")


class NoConnections:
    def get(self, port: Callable[..., Port], name: str | None = None) -> Port:  # noqa: ARG002
        raise ConfigurationError("no connection is configured")


@step
async def nothing() -> None:
    return None


class Count(Output):
    count: int


@step
async def one() -> Count:
    return Count(count=1)


def chain(length: int) -> Workflow:
    steps: dict[str, dict[str, str]] = {"s0": {"uses": "one", "timeout": "1h"}}
    for number in range(1, length):
        steps[f"s{number}"] = {"uses": "one", "needs": f"s{number - 1}", "timeout": "1h"}
    return load({"auterity": 1, "name": "chain", "steps": steps})


async def ours(workflow: Workflow, repeats: int) -> float:
    """Processor seconds of so many runs from start to end. The workflow is compiled before, as the graphs of peers are."""
    runtime = LocalRuntime(World(Registry().extended([one]), NoConnections()))
    await runtime.plans.of(workflow)
    gc.collect()
    begun = process_time()
    views = [await runtime.run(workflow, {}) for _ in range(repeats)]
    total = process_time() - begun
    if {view.status for view in views} != {"succeeded"}:
        raise SystemExit("a chain did not succeed")
    return total


async def tasks(length: int) -> float:
    """Processor seconds of one task per step, one behind the other."""
    gc.collect()
    begun = process_time()
    for _ in range(length):
        await asyncio.create_task(nothing.function())
    return process_time() - begun


async def theirs(run: Run, repeats: int) -> float:
    """Processor seconds of so many runs of a peer."""
    gc.collect()
    begun = process_time()
    for _ in range(repeats):
        await run()
    return process_time() - begun


class Measured:
    """What was found for one length: seconds a step, by who ran it. `failed` are those that cannot do it."""

    def __init__(self, size: int, peers: dict[str, Peer], slow: dict[str, str]) -> None:
        self.size = size
        self.slow = slow
        self.repeats = max(1, LEAST_STEPS // size)
        self.found: dict[str, list[float]] = {"a task": [], "auterity": []}
        self.failed = dict(slow)
        self.workflow = chain(size)
        self.runs: dict[str, Run] = {}
        for name, peer in peers.items():
            if name in slow:
                continue
            try:
                self.runs[name] = peer.chain(size)
            except Exception as error:  # noqa: BLE001 - whatever it says, it cannot
                self.failed[name] = f"{type(error).__name__}: {error}"[:160]

    async def round(self) -> None:
        """Measure each once."""
        steps = self.size * self.repeats
        self.found["a task"].append(await tasks(steps) / steps)
        self.found["auterity"].append(await ours(self.workflow, self.repeats) / steps)
        for name, run in tuple(self.runs.items()):
            try:
                taken = await theirs(run, self.repeats)
            except Exception as error:  # noqa: BLE001
                self.failed[name] = f"{type(error).__name__}: {error}"[:160]
                del self.runs[name]
                continue
            self.found.setdefault(name, []).append(taken / steps)
            if taken > LONGEST:
                self.slow[name] = f"left out: {self.size} steps took {taken:.0f} s"
                del self.runs[name]

    def show(self) -> None:
        """Print a line for each."""
        for name, found in self.found.items():
            floor = median(a / b for a, b in zip(found, self.found["a task"], strict=False))
            own = median(a / b for a, b in zip(found, self.found["auterity"], strict=False))
            print(
                f"{self.size:>7} {name:<22} {median(found) * 1e6:>8.1f} us a step"
                f" {floor:>7.2f} tasks {own:>6.1f} times ours"
            )
        for name, said in self.failed.items():
            print(f"{self.size:>7} {name:<22} {said}")


async def measure() -> None:
    peers = installed()
    slow: dict[str, str] = {}
    medians = []
    for size, rounds in ROUNDS.items():
        measured = Measured(size, peers, slow)
        for _ in range(rounds):
            await measured.round()
        measured.show()
        medians.append(median(measured.found["auterity"]) / median(measured.found["a task"]))
    sizes = list(ROUNDS)
    print(f"from {sizes[0]} to {sizes[-1]} steps, in tasks: {max(medians) / min(medians) - 1:+.0%}")


def main() -> None:
    """Measure, and print."""
    asyncio.run(measure())


if __name__ == "__main__":
    main()

"""A chain of trivial async steps in memory, beside one asyncio.Task per step in the same process.

    python benchmarks/bench_chain.py

Rounds of both are interleaved; processor time and medians are told, so that a busy machine disturbs little.
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
from auterity_sdk.steps.registry import Registry
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.model import Workflow, load

SIZES = (100, 1_000, 10_000)
ROUNDS = 9
STEPS_PER_ROUND = 10_000

Port = TypeVar("Port")


class NoConnections:
    def get(self, port: Callable[..., Port], name: str | None = None) -> Port:  # noqa: ARG002
        raise ConfigurationError("no connection is configured")


@step
async def nothing() -> None:
    return None


def chain(length: int) -> Workflow:
    steps: dict[str, dict[str, str]] = {"s0": {"uses": "nothing"}}
    for number in range(1, length):
        steps[f"s{number}"] = {"uses": "nothing", "needs": f"s{number - 1}"}
    return load({"auterity": 1, "name": "chain", "steps": steps})


async def chain_of_steps(workflow: Workflow, repeats: int) -> float:
    """Processor seconds of so many runs, each with a runtime of its own; starting them is not counted."""
    started = []
    for _ in range(repeats):
        runtime = LocalRuntime(World(Registry().extended([nothing]), NoConnections()))
        started.append((runtime, await runtime.start(workflow, {})))
    gc.collect()
    begun = process_time()
    views = [await runtime.drive(run_id) for runtime, run_id in started]
    total = process_time() - begun
    if {view.status for view in views} != {"succeeded"}:
        raise SystemExit("a chain did not succeed")
    return total


async def chain_of_tasks(length: int) -> float:
    """Processor seconds of one task per step, one behind the other."""
    gc.collect()
    begun = process_time()
    for _ in range(length):
        await asyncio.create_task(nothing.function())
    return process_time() - begun


async def measure() -> None:
    workflows = {size: chain(size) for size in SIZES}
    steps: dict[int, list[float]] = {size: [] for size in SIZES}
    tasks: dict[int, list[float]] = {size: [] for size in SIZES}
    for _ in range(ROUNDS):
        for size in SIZES:
            repeats = STEPS_PER_ROUND // size
            tasks[size].append(await chain_of_tasks(STEPS_PER_ROUND) / STEPS_PER_ROUND)
            took = await chain_of_steps(workflows[size], repeats)
            steps[size].append(took / STEPS_PER_ROUND)
    print(f"{'steps':>7} {'a step':>9} {'a task':>9} {'ratio':>6}")
    for size in SIZES:
        ratio = median(a / b for a, b in zip(steps[size], tasks[size], strict=True))
        print(
            f"{size:>7} {median(steps[size]) * 1e6:>6.1f} us"
            f" {median(tasks[size]) * 1e6:>6.1f} us {ratio:>6.2f}"
        )
    medians = [median(steps[size]) for size in SIZES]
    print(f"from {SIZES[0]} to {SIZES[-1]} steps: {max(medians) / min(medians) - 1:+.0%}")


def main() -> None:
    """Measure, and print."""
    asyncio.run(measure())


if __name__ == "__main__":
    main()

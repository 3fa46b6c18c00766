"""A fan 1 → 1,000 → 1 of trivial async steps, in memory and on SQLite, beside a gather and beside bare commits.

Each step has a typed output and a time limit.

    python benchmarks/bench_fan.py

In memory it is processor time beside one `asyncio.gather` of as many tasks; on SQLite it is seconds beside one bare
commit (WAL, synchronous=FULL) per step, on files in one folder. Rounds are interleaved.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

sys.path.insert(0, str(Path(__file__).parent.parent))

from auterity_sdk.runtime.attempt import World
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.stores.sqlite import SqliteStore
from auterity_sdk.steps.registry import Registry
from auterity_sdk.workflow.model import Workflow, load
from benchmarks.bench_chain import NoConnections, nothing, one
from benchmarks.bench_durable import chain_of_commits

WIDTH = 1_000
ROUNDS = 7


def fan(width: int) -> Workflow:
    made = {"uses": "one", "timeout": "1h"}
    steps: dict[str, object] = {"first": made}
    steps |= {f"s{number}": {**made, "needs": "first"} for number in range(width)}
    steps["last"] = {**made, "needs": [f"s{number}" for number in range(width)]}
    return load({"auterity": 1, "name": "fan", "steps": steps})


async def in_memory(workflow: Workflow) -> float:
    """Processor seconds of a run."""
    runtime = LocalRuntime(World(Registry().extended([one]), NoConnections()))
    run_id = await runtime.start(workflow, {})
    gc.collect()
    begun = process_time()
    view = await runtime.drive(run_id)
    took = process_time() - begun
    if view.status != "succeeded":
        raise SystemExit(f"the fan ended {view.status}")
    return took


async def gathered() -> float:
    """Processor seconds of one gather."""
    gc.collect()
    begun = process_time()
    await asyncio.gather(*(asyncio.create_task(nothing.function()) for _ in range(WIDTH)))
    return process_time() - begun


async def durable(workflow: Workflow, file: Path) -> float:
    """Seconds of a run in a new store."""
    store = SqliteStore(file)
    runtime = LocalRuntime(World(Registry().extended([one]), NoConnections()), store)
    run_id = await runtime.start(workflow, {})
    begun = perf_counter()
    view = await runtime.drive(run_id)
    took = perf_counter() - begun
    store.close()
    if view.status != "succeeded":
        raise SystemExit(f"the fan ended {view.status}")
    return took


async def measure(folder: Path) -> None:
    workflow = fan(WIDTH)
    memory, gathers, disk, commits = [], [], [], []
    for number in range(ROUNDS):
        gathers.append(await gathered())
        memory.append(await in_memory(workflow))
        commits.append(chain_of_commits(folder / f"bare{number}.db", WIDTH))
        disk.append(await durable(workflow, folder / f"runs{number}.db"))
    inside = median(a / b for a, b in zip(memory, gathers, strict=True))
    outside = median(a / b for a, b in zip(disk, commits, strict=True))
    a_step, a_task = (median(found) / WIDTH * 1e6 for found in (memory, gathers))
    print(f"in memory: a step {a_step:.1f} us, a gathered task {a_task:.1f} us, ratio {inside:.2f}")
    a_step, a_commit = (median(found) / WIDTH * 1e6 for found in (disk, commits))
    print(f"durable: a step {a_step:.0f} us, a bare commit {a_commit:.0f} us, ratio {outside:.2f}")


def main() -> None:
    """Measure in a folder that is on a disk, not in memory."""
    with TemporaryDirectory(dir="/var/tmp" if Path("/var/tmp").is_dir() else None) as folder:  # noqa: S108
        asyncio.run(measure(Path(folder)))


if __name__ == "__main__":
    main()

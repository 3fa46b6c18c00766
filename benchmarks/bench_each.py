"""A `for_each` over 5,000 items with one trivial step each, in memory and on SQLite, beside one over 500.

    python benchmarks/bench_each.py

What is told is processor time an item (seconds on SQLite, which waits for the disk), the bytes of the journal an item,
and by how much the process grows an item. Each run is in a process of its own, so that none finds memory already taken.
"""

from __future__ import annotations

import asyncio
import gc
import json
import resource
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

sys.path.insert(0, str(Path(__file__).parent.parent))

from auterity_sdk.runs.journal import to_line
from auterity_sdk.runtime.attempt import World
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.stores.sqlite import SqliteStore
from auterity_sdk.steps.registry import Registry
from auterity_sdk.workflow.model import Workflow, load
from benchmarks.bench_chain import NoConnections, nothing

FEW, MANY = 500, 5_000
ROUNDS = 3


def each(items: int) -> Workflow:
    """A loop over so many numbers."""
    loop = {"in": "input.items", "steps": {"work": {"uses": "nothing"}}, "output": {"n": "${item}"}}
    return load(
        {
            "auterity": 1,
            "name": "each",
            "input": {"items": {"type": "array", "items": {"type": "integer"}}},
            "steps": {"each": {"for_each": loop}},
            "output": {"n": f"${{size(each.results) == {items}}}"},
        }
    )


async def run(items: int, folder: str) -> dict[str, float]:
    """One run in this process; in memory without a folder."""
    store = SqliteStore(Path(folder) / "runs.db") if folder else None
    world = World(Registry().extended([nothing]), NoConnections())
    runtime = LocalRuntime(world, store) if store is not None else LocalRuntime(world)
    run_id = await runtime.start(each(items), {"items": list(range(items))})
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun, spent = perf_counter(), process_time()
    view = await runtime.drive(run_id, to_the_end=True)
    took, spent = perf_counter() - begun, process_time() - spent
    if view.output != {"n": True}:
        raise SystemExit(f"the loop ended {view.status}")
    lines = sum(len(to_line(event)) for event in await runtime.store.events(run_id))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    if store is not None:
        store.close()
    return {
        "micros": (took if folder else spent) / items * 1e6,
        "bytes": lines / items,
        "grown": grown * 1024 / items,
    }


def alone(items: int, folder: str) -> dict[str, float]:
    """One run in a new process."""
    command = [sys.executable, __file__, str(items), folder]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(told.stdout)
    return found


def measure(where: str, folder: str) -> None:
    """Rounds that take turns."""
    rounds: dict[int, list[dict[str, float]]] = {FEW: [], MANY: []}
    for number in range(ROUNDS):
        for items, found in rounds.items():
            place = ""
            if folder:
                place = f"{folder}/{items}-{number}"
                Path(place).mkdir()
            found.append(alone(items, place))
    few, many = (
        {name: median(each[name] for each in found) for name in found[0]}
        for found in rounds.values()
    )
    ratio = many["micros"] / few["micros"]
    print(
        f"{where}: an item {many['micros']:.0f} us of {MANY:,}, {few['micros']:.0f} us of {FEW},"
        f" ratio {ratio:.2f}; journal {many['bytes']:.0f} and {few['bytes']:.0f} bytes an item;"
        f" memory {many['grown'] / 1024:.1f} KiB an item"
    )


def main() -> None:
    """Measure in memory, then in a folder that is on a disk."""
    measure("in memory", "")
    with TemporaryDirectory(dir="/var/tmp" if Path("/var/tmp").is_dir() else None) as folder:  # noqa: S108
        measure("durable", folder)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(asyncio.run(run(int(sys.argv[1]), sys.argv[2]))))
    else:
        main()

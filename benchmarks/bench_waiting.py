"""10,000 runs that wait: what an idle worker takes of memory, and how late 100 timers are; bytes of disk per step.

python benchmarks/bench_waiting.py
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parent.parent))

from auterity_sdk.runs.events import StepEnded
from auterity_sdk.runtime.attempt import World
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.stores.sqlite import SqliteStore
from auterity_sdk.runtime.worker import Worker
from auterity_sdk.steps.output import Output
from auterity_sdk.steps.registry import Registry
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.model import Workflow, load
from benchmarks.bench_chain import NoConnections

WAITING, TIMERS = 10_000, 100
SIZES = (100, 10_000)
PAUSE, SETTLED, SPARE = 65_000, 30, 10
"""Milliseconds of each timer; seconds from the last one's start until memory is read, and for what is late."""


class Ten(Output):
    text: str


@step
async def ten() -> Ten:
    return Ten(text="ten bytes!")


def runtime(store: SqliteStore) -> LocalRuntime:
    return LocalRuntime(World(Registry().extended([ten]), NoConnections()), store)


def pause(length: str) -> Workflow:
    steps = {"pause": {"wait": length}, "z": {"uses": "ten", "needs": "pause"}}
    return load({"auterity": 1, "name": f"pause-{length}", "steps": steps})


def chain(length: int) -> Workflow:
    steps: dict[str, dict[str, str]] = {"s0": {"uses": "ten"}}
    steps |= {f"s{n}": {"uses": "ten", "needs": f"s{n - 1}"} for n in range(1, length)}
    return load({"auterity": 1, "name": "chain", "steps": steps})


async def begun(file: Path) -> None:
    """The runs that wait, most of them for long. Only their first commit is flushed: they are scenery."""
    store = SqliteStore(file)
    store._database.execute("PRAGMA synchronous=OFF")
    here = runtime(store)
    for number in range(WAITING):
        await here.start(pause("30d"), {}, run_id=f"w{number}")
    await Worker(here).work_off()
    store.close()


async def worked(file: Path) -> tuple[float, float]:
    """The resident size of a worker in MiB, and the median lateness of timers in milliseconds."""
    store = SqliteStore(file)
    here = runtime(store)
    stop = asyncio.Event()
    working = asyncio.create_task(Worker(here).work(stop))
    runs = []
    for number in range(TIMERS):
        runs.append(await here.start(pause(f"{PAUSE}ms"), {}, run_id=f"t{number}"))
        await asyncio.sleep(0.05)
    await asyncio.sleep(SETTLED)
    mebibytes = resident()
    await asyncio.sleep(PAUSE / 1000 - SETTLED + SPARE)
    stop.set()
    await working
    late = []
    for run in runs:
        started, *rest = await store.events(run)
        ended = next(each for each in rest if isinstance(each, StepEnded) and each.step == "pause")
        late.append(ended.at - started.at - PAUSE)
    store.close()
    return mebibytes, median(late)


def resident() -> float:
    """What this process has of memory, in MiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def disk(folder: Path, length: int) -> float:
    """Bytes of the file for each step of a chain."""
    store = SqliteStore(folder / f"chain{length}.db")
    store._database.execute("PRAGMA synchronous=OFF")
    store._database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    empty = store.file.stat().st_size
    view = runtime(store).run_sync(chain(length), {}, to_the_end=True)
    if view.status != "succeeded":
        raise SystemExit(f"the chain ended {view.status}")
    kept = len(asyncio.run(store.events(view.run_id)))
    workflow: int = store._database.execute(
        "SELECT sum(length(workflow)) FROM versions"
    ).fetchone()[0]
    store._database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    size = store.file.stat().st_size
    store.close()
    print(
        f"{length} steps, {kept} events: {size:,} bytes, of which {workflow:,} the workflow and {empty:,} before"
    )
    return (size - workflow - empty) / length


def main() -> None:
    """Measure on a disk, and print."""
    with TemporaryDirectory(dir="/var/tmp" if Path("/var/tmp").is_dir() else None) as path:  # noqa: S108
        folder = Path(path)
        for length in SIZES:
            print(f"disk: {disk(folder, length):.0f} bytes a step in a chain of {length}")
        file = folder / "runs.db"
        child = os.fork()
        if child == 0:
            asyncio.run(begun(file))
            os._exit(0)
        os.waitpid(child, 0)
        mebibytes, late = asyncio.run(worked(file))
        print(
            f"{WAITING:,} runs wait: an idle worker has {mebibytes:.0f} MiB; timers are {late:.0f} ms late (median)"
        )


if __name__ == "__main__":
    main()

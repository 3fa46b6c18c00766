"""What an outside event costs where 10,000 runs wait, each for its own customer, beside where ten do.

python benchmarks/bench_send.py
"""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parent.parent))

from auterity_sdk.runtime.attempt import World
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.stores.sqlite import SqliteStore
from auterity_sdk.runtime.worker import Worker
from auterity_sdk.steps.registry import Registry
from auterity_sdk.workflow.model import Workflow, load
from benchmarks.bench_chain import NoConnections
from benchmarks.rounds import Line, Prepare, Work, interleaved, ratio, show

FEW, MANY = 10, 10_000
SENT = 20
ROUNDS = 9
MATCH = "event.from == input.phone && event.body != 'No'"


def runtime(file: Path) -> LocalRuntime:
    return LocalRuntime(World(Registry(), NoConnections()), SqliteStore(file))


def reply() -> Workflow:
    receive = {"event": "sms.received", "match": MATCH, "timeout": "30d"}
    ends = {"replied": "ask.received", "silent": "ask.timeout"}
    return load(
        {
            "auterity": 1,
            "name": "reply",
            "input": {"phone": "string"},
            "steps": {"ask": {"receive": receive}},
            "ends": ends,
        }
    )


async def begun(file: Path, count: int) -> None:
    """The runs that wait. Only their first commit is flushed: they are scenery."""
    here = runtime(file)
    here.store._database.execute("PRAGMA synchronous=OFF")  # type: ignore[attr-defined]
    for number in range(count):
        await here.start(reply(), {"phone": f"+1614555{number:05}"}, run_id=f"w{number}")
    await Worker(here).work_off()


def sender(here: LocalRuntime, count: int) -> Prepare:
    """Each event is looked at by another one of the runs that wait, which does not take it."""
    numbers = itertools.cycle(range(count))

    def prepare(_: int) -> Work:
        return lambda: asyncio.run(send())

    async def send() -> None:
        for number in itertools.islice(numbers, SENT):
            await here.send("sms.received", {"from": f"+1614555{number:05}", "body": "No"})

    return prepare


def main() -> None:
    """Measure on a disk, and print."""
    with TemporaryDirectory(dir="/var/tmp" if Path("/var/tmp").is_dir() else None) as path:  # noqa: S108
        works = {}
        for count in (FEW, MANY):
            file = Path(path) / f"{count}.db"
            child = os.fork()
            if child == 0:
                asyncio.run(begun(file, count))
                os._exit(0)
            os.waitpid(child, 0)
            works[f"{SENT} events, {count:,} runs wait"] = sender(runtime(file), count)
        measured = interleaved(ROUNDS, works)
        few, many = works
        line = Line(f"{MANY:,} beside {FEW}", ratio(measured, many, few), 1.5, "x")
        show("events, each looked at by one run", measured, [line])


if __name__ == "__main__":
    main()

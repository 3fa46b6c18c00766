"""A step that asks a model, beside the bare call of the official client with the same request.

    python -m benchmarks bench_ai

The server is a process of its own on this machine and answers at once, so that what is told is what we add. Calls
take turns in small rounds. Told are the processor time of this process, which is that of a quiet core, and real time,
since a call waits for the server, and a kept cost for the disk.
"""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from auterity_sdk.ai import prompts
from auterity_sdk.ai.language_model import LanguageModel
from auterity_sdk.ai.openai.chat import parameters
from auterity_sdk.ai.openai.client import Clients, Endpoint
from auterity_sdk.connections.memory import MemoryConnections
from auterity_sdk.runtime.attempt import World
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.plugins import builtin_registry
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.project_connections import connections_of
from auterity_sdk.runtime.settings import Settings
from auterity_sdk.steps.context import Connections
from auterity_sdk.testing.rehearsal_connections import RehearsalConnections
from auterity_sdk.workflow.model import Workflow, load

ROOT = Path(__file__).parents[1]
CALLS = 500
A_ROUND = 10
TEXT = "Is the blue Civic still there? I could come by on Saturday."
LABELS = {"buy": "wants to buy a car", "service": "wants a repair"}
ANSWER = '{"label": "buy", "confidence": 0.9}'
REQUEST = prompts.classify(TEXT, LABELS, "")
BARE, PORT = "the client's own call", "through the port"
STEP, KEPT = "a step of a run, in memory", "a step of a run, its cost kept on disk"

MODEL = "scripted-1"

Calls = Callable[[int], Awaitable[None]]
Found = dict[str, list[float]]


@contextmanager
def server() -> Iterator[str]:
    """The URL of a server that gives the same answer to all."""
    command = [sys.executable, "-m", "tests.ai.model_server", ANSWER]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as serving:
        yield next(serving.stdout or iter(())).strip()
        serving.communicate()


def chain(length: int) -> Workflow:
    """So many steps, one behind the other."""
    steps = {
        f"s{number}": {
            "uses": "ai.classify",
            "with": {"text": TEXT, "labels": LABELS},
            **({"needs": f"s{number - 1}"} if number else {}),
        }
        for number in range(length)
    }
    return load({"auterity": 1, "name": "chain", "steps": steps})


def works(url: str, folder: Path) -> dict[str, Calls]:
    """What takes turns: each makes so many calls, one after the other."""
    table = {"use": "openai", "base_url": url, "model": MODEL}
    connections = connections_of(Project(folder, Settings(connections={"llm": table})))
    model = connections.get(LanguageModel)
    return {
        BARE: bare(url),
        PORT: through(model),
        STEP: steps(RehearsalConnections(MemoryConnections(), lambda _: model)),
        KEPT: steps(connections),
    }


def bare(url: str) -> Calls:
    """The client as the port uses it."""
    clients = Clients(Endpoint(url=url))
    sent = parameters(REQUEST, MODEL, newer=False, stream=False)

    async def calls(count: int) -> None:
        client = await clients.current()
        for _ in range(count):
            await client.chat.completions.create(**sent)

    return calls


def through(model: LanguageModel) -> Calls:
    """The port, with the circuit of its provider."""

    async def calls(count: int) -> None:
        for _ in range(count):
            await model.answer(REQUEST)

    return calls


def steps(connections: Connections) -> Calls:
    """Steps `ai.classify`, with evidence, budget and price, in runs of one runtime, as a service has it."""
    runtime = LocalRuntime(World(builtin_registry(), connections))
    workflow = chain(A_ROUND)

    async def calls(count: int) -> None:
        for _ in range(count // A_ROUND):
            view = await runtime.run(workflow, {})
            if view.status != "succeeded":
                raise SystemExit(f"a run did not succeed: {view.error}")

    return calls


async def measure(taking_turns: Mapping[str, Calls]) -> tuple[Found, Found]:
    """Seconds of a call, in each round: of the processor, and real ones."""
    busy: Found = {name: [] for name in taking_turns}
    real: Found = {name: [] for name in taking_turns}
    for number in range(CALLS // A_ROUND + 1):
        for name, calls in taking_turns.items():
            gc.collect()
            start = process_time(), perf_counter()
            await calls(A_ROUND)
            if number:
                busy[name].append((process_time() - start[0]) / A_ROUND)
                real[name].append((perf_counter() - start[1]) / A_ROUND)
    return busy, real


def show(kind: str, found: Found) -> None:
    """Print a table of one kind of time."""
    print(f"  {kind:<42} {'median':>8} {'least':>8} {'most':>8} {'more':>8}")
    for name, taken in found.items():
        more = median(a - b for a, b in zip(taken, found[BARE], strict=True))
        shown = (median(taken), min(taken), max(taken), more)
        print(f"  {name:<42} {' '.join(f'{each * 1e3:8.3f}' for each in shown)}")


async def main() -> None:
    """Measure, and print."""
    with server() as url, tempfile.TemporaryDirectory() as folder:
        busy, real = await measure(works(url, Path(folder)))
    print(f"{CALLS} calls of each, in rounds of {A_ROUND} that take turns; milliseconds of a call")
    show("processor time of this process", busy)
    show("real time", real)


if __name__ == "__main__":
    asyncio.run(main())

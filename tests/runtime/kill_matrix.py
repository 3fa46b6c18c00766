"""kill -9 at each moment that matters, of each shape of a flow, with one worker and with two.

`python -m tests.runtime.kill_matrix` prints the table of `docs/durability.md`; a shape as an argument tries that one. A
cell is a run with real processes: the worker that comes to the moment kills itself, and the next one (or the other one)
carries on. The run must then end as the one that nobody killed, each result recorded once, each effect under one
idempotency key, and nothing left running.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from textwrap import dedent
from typing import Any

from msgspec import Struct

from auterity_sdk.connections.configured import configured
from auterity_sdk.errors import StepError, UsageError
from auterity_sdk.runs.events import (
    AttemptStarted,
    CompensationEnded,
    CompensationStarted,
    Event,
    RunEnded,
    StepEnded,
    StepStarted,
)
from auterity_sdk.runtime.attempt import World
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.plugins import builtin_registry
from auterity_sdk.runtime.ports import Claims, Lease, Pins, Summary
from auterity_sdk.runtime.settings import Settings
from auterity_sdk.runtime.stores.sqlite import SqliteStore
from auterity_sdk.runtime.worker import Worker
from auterity_sdk.steps.context import StepContext
from auterity_sdk.steps.step_type import step
from tests.runtime.worlds import Number, outcomes, workflow

MOMENTS = {
    "before its start is recorded": "a step's first event is decided, and not yet written",
    "after its start": "the start is written, the attempt has not begun",
    "inside the effect": "the attempt is at work outside",
    "after the effect, before the result": "the attempt has answered, and nothing is written",
    "after the result, before the successor": "the result is written, the next attempt has not begun",
    "during a timer": "a timer has run out, and what follows is not yet written",
    "during a join": "all that a join waits for has come, and the transaction is not yet committed",
    "during the last commit": "the run's end is written, and not yet committed",
}
BEFORE, AFTER, INSIDE, UNWRITTEN, WRITTEN, TIMER, JOIN, LAST = MOMENTS

SECONDS = 40.0


class Shape(Struct, frozen=True):
    """A flow. `target` is the step at which it is killed, `timer` the one whose timer runs out, `join` the step that
    starts (or the loop that ends) when a join is met; empty where the flow has none. `settled`: the target's effect may
    not be repeated, and a person says how it ended."""

    text: str
    target: str
    timer: str = ""
    join: str = ""
    child: str = ""
    settled: str = ""


MARK = "uses: mark, with: {name: %s}"
A, B, Z = (MARK % name for name in "abz")
SHAPES = {
    "linear": Shape(f"steps:\n  a: {{{A}}}\n  b: {{needs: a, {B}}}\n  z: {{needs: b, {Z}}}\n", "b"),
    "fan 8 and join": Shape(
        f"steps:\n  a: {{{A}}}\n"
        + "".join(f"  e{n}: {{needs: a, {MARK % f'e{n}'}}}\n" for n in range(8))
        + f"  z: {{needs: [{', '.join(f'e{n}' for n in range(8))}], {Z}}}\n",
        "e3",
        join="z",
    ),
    "loop": Shape(
        "steps:\n  each:\n    for_each: {in: \"['p', 'q', 'r', 's']\", max_parallel: 2,"
        ' steps: {e: {uses: mark, with: {name: "${item}"}}}, output: {n: "${e.n}"}}\n'
        f"  z: {{needs: each, {Z}}}\n",
        "each[2]/e",
        join="each",
    ),
    "child": Shape(
        f"steps:\n  a: {{{A}}}\n  c: {{needs: a, call: child}}\n  z: {{needs: c, {Z}}}\n",
        "b",
        child=f"name: child\nsteps:\n  b: {{{B}}}\n",
    ),
    "wait": Shape(
        f"steps:\n  a: {{{A}}}\n  w: {{needs: a, wait: 60ms}}\n  z: {{needs: w, {Z}}}\n", "z", "w"
    ),
    "approval": Shape(
        f"steps:\n  a: {{{A}}}\n  ask: {{needs: a, approve: {{role: manager, timeout: 1h}}}}\n"
        f"  y: {{needs: ask.approved, {MARK % 'y'}}}\n  z: {{needs: y, {Z}}}\nends: {{over: z, no: {{any: [ask.rejected, ask.timeout]}}}}\n",
        "z",
    ),
    "retrying http": Shape(
        f"steps:\n  a: {{{A}}}\n"
        "  h: {needs: a, uses: http.request, with: {method: PUT, url: /h, connection: other},"
        " retry: {attempts: 5, initial: 30ms, jitter: false}}\n"
        f"  z: {{needs: h, {Z}}}\n",
        "h",
        "h",
    ),
    "not repeatable": Shape(
        f"steps:\n  a: {{{A}}}\n  p: {{needs: a, uses: charge, with: {{name: p}}}}\n  z: {{needs: p, {Z}}}\n",
        "p",
        settled="p",
    ),
    "compensation": Shape(
        f"steps:\n  a: {{{A}, compensate: {{uses: mark, with: {{name: undo}}}}}}\n"
        "  b: {needs: a, uses: fail}\n",
        "a/compensate",
    ),
}


def exists(shape: Shape, moment: str) -> bool:
    """The flow has such a moment."""
    if moment in (TIMER, JOIN):
        return bool(shape.timer if moment == TIMER else shape.join)
    return True


class Trap:
    """Kills this process once at the moment, and no other that comes to it later."""

    def __init__(self, moment: str, shape: Shape, folder: Path) -> None:
        self.moment, self.shape, self.file = moment, shape, folder / "killed"

    def at(self, moment: str) -> None:
        if moment == self.moment and self.file.parent.exists():
            try:
                self.file.open("x").close()
            except FileExistsError:
                return
            os.kill(os.getpid(), signal.SIGKILL)


trap: Trap | None = None


async def leave_mark(context: StepContext, name: str) -> Number:
    """Leave a line outside of the store, in the file of the idempotency key."""
    if (trap is not None and context.step == trap.shape.target.removesuffix("/compensate")) or (
        trap is not None and context.step == trap.shape.target
    ):
        trap.at(INSIDE)
    with (Path(os.environ["MARKS"]) / context.idempotency_key).open("a") as file:
        file.write(f"{context.step} {name}\n")
    await asyncio.sleep(0.005)
    return Number(n=len(name))


mark = step(name="mark")(leave_mark)
charge = step(name="charge", idempotent=False)(leave_mark)


@step
async def fail() -> None:
    raise StepError("no", type="refused")


class TrappedStore(SqliteStore):
    """The real store, in which the process dies at the moment of its trap."""

    def __init__(self, file: Path, set_trap: Trap) -> None:
        super().__init__(file)
        self._trap = set_trap
        self._committing = ""
        self._database.set_trace_callback(self._saw)

    def _saw(self, statement: str) -> None:
        if statement == "COMMIT" and self._committing:
            self._trap.at(self._committing)

    async def append(
        self,
        run_id: str,
        expected: int,
        events: Sequence[Event],
        summary: Summary | None = None,
        taken: Sequence[str] = (),
        lease: Lease | None = None,
        claims: Claims | None = None,
        pins: Pins | None = None,
    ) -> None:
        shape, kinds = self._trap.shape, [(type(event), event) for event in events]
        begins = any(_begins(event, shape.target) for event in events)
        ends = any(_ends(event, shape.target) for event in events)
        if begins:
            self._trap.at(BEFORE)
        if ends:
            self._trap.at(UNWRITTEN)
        if shape.timer and any(_after_timer(event, shape.timer) for event in events):
            self._trap.at(TIMER)
        if any(kind is RunEnded for kind, _ in kinds) and run_id == "r1":
            self._committing = LAST
        elif shape.join and any(_joins(event, shape.join) for event in events):
            self._committing = JOIN
        await super().append(run_id, expected, events, summary, taken, lease, claims, pins)
        self._committing = ""
        if begins:
            self._trap.at(AFTER)
        if ends:
            self._trap.at(WRITTEN)


def _begins(event: Event, target: str) -> bool:
    return isinstance(event, StepStarted | CompensationStarted) and event.step == target


def _ends(event: Event, target: str) -> bool:
    return isinstance(event, StepEnded | CompensationEnded) and event.step == target


def _after_timer(event: Event, timer: str) -> bool:
    if isinstance(event, AttemptStarted):
        return event.step == timer
    return isinstance(event, StepEnded) and event.step == timer == "w"


def _joins(event: Event, join: str) -> bool:
    kind = StepEnded if join == "each" else StepStarted
    return isinstance(event, kind) and event.step == join


class Failing(BaseHTTPRequestHandler):
    """Refuses the first request of each key with 503, then takes it; notes each in a file."""

    def do_PUT(self) -> None:
        key = self.headers["Idempotency-Key"]
        log = Path(os.environ["MARKS"]) / key
        with log.open("a") as file:
            file.write("h http\n")
        if (log.parent.parent / "slow").exists():
            time.sleep(0.2)
        self.send_response(200 if len(log.read_text().splitlines()) > 1 else 503)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing is printed."""


def world(shape: Shape, folder: Path, port: int) -> World:
    children = [workflow(shape.child)] if shape.child else []
    registry = builtin_registry().extended([mark, charge, fail], workflows=children)
    text = {"connections": {"other": {"use": "http", "url": f"http://127.0.0.1:{port}"}}}
    settings = Settings.model_validate(text).connections
    return World(registry, configured(settings, folder), connection_names=("other",))


def forked(work: Callable[[], None]) -> int:
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        work()
        code = 0
    finally:
        os._exit(code)


def carry_on(shape: Shape, moment: str, folder: Path, port: int) -> None:
    """What a worker's process does."""
    global trap
    trap = Trap(moment, shape, folder)
    store = TrappedStore(folder / "runs.db", trap)

    async def go() -> None:
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        await Worker(LocalRuntime(world(shape, folder, port), store)).work(stop)

    asyncio.run(go())
    store.close()


class Ended(Struct, frozen=True):
    """How a run ended: what must not depend on who was killed."""

    status: str
    output: Any
    steps: dict[str, str]
    keys: tuple[tuple[str, int], ...]


class Cell:
    """One run, with workers of which one may be killed."""

    def __init__(self, shape: Shape, moment: str, workers: int, folder: Path, port: int) -> None:
        self.shape, self.moment, self.count = shape, moment, workers
        self.folder, self.port = folder, port
        self.killed = 0

    def run(self) -> Ended:
        """Start it, keep the workers alive until it has ended, and look at what it left."""
        store = SqliteStore(self.folder / "runs.db")
        here = LocalRuntime(world(self.shape, self.folder, self.port), store)
        asyncio.run(here.start(workflow(self.shape.text), {}, run_id="r1"))
        workers = [self._worker() for _ in range(self.count)]
        deadline = time.monotonic() + SECONDS
        try:
            while asyncio.run(self._goes_on(here)):
                workers = [self._alive(worker, store) for worker in workers]
                if time.monotonic() > deadline:
                    raise TimeoutError(asyncio.run(here.show("r1")))
                time.sleep(0.01)
        finally:
            for worker in workers:
                os.kill(worker, signal.SIGTERM)
            codes = [os.waitpid(worker, 0)[1] for worker in workers]
        # One that comes to its trap at the very end dies of it as well.
        self.killed += codes.count(signal.SIGKILL)
        found = asyncio.run(self._look(here, store))
        store.close()
        return found

    def _worker(self) -> int:
        return forked(lambda: carry_on(self.shape, self.moment, self.folder, self.port))

    def _alive(self, worker: int, store: SqliteStore) -> int:
        if self.moment == INSIDE and self.shape.timer == "h" and not self.killed:
            self._kill_while_the_other_side_works(store)
        ended, status = os.waitpid(worker, os.WNOHANG)
        if not ended:
            return worker
        assert os.WIFSIGNALED(status), f"a worker ended by itself: {status}"
        self.killed += 1
        return self._worker()

    def _kill_while_the_other_side_works(self, store: SqliteStore) -> None:
        if len([*(self.folder / "marks").iterdir()]) < 2:
            return
        held = store._database.execute("SELECT owner FROM leases WHERE owner <> ''").fetchone()
        (self.folder / "killed").touch()
        if held:
            os.kill(int(held[0].split(":")[1]), signal.SIGKILL)

    async def _goes_on(self, here: LocalRuntime) -> bool:
        shown = await here.show("r1")
        if any(each.kind == "approve" for each in shown.waiting):
            try:
                await here.approve("r1", "ask", by="ann", roles=["manager"])
            except UsageError:
                return True
        if any(each.kind == "uncertain" for each in shown.waiting):
            await self._settle(here)
        return shown.ended_at is None

    async def _settle(self, here: LocalRuntime) -> None:
        """A person looks whether the effect happened, and says so; if not, it is tried again."""
        step = self.shape.settled
        if self._effects(step):
            await here.settle("r1", step, "ok", output={"n": 1}, by="ann")
        else:
            await here.settle("r1", step, "retry", by="ann")

    def _effects(self, step: str) -> int:
        marks = (line for path in (self.folder / "marks").iterdir() for line in path.open())
        return sum(line.startswith(f"{step} ") for line in marks)

    async def _look(self, here: LocalRuntime, store: SqliteStore) -> Ended:
        shown = await here.show("r1")
        runs = await store.runs()
        for summary in runs:
            events = await store.events(summary.run_id)
            recorded = Counter(each.step for each in events if isinstance(each, StepEnded))
            assert set(recorded.values()) <= {1}, f"recorded twice: {recorded}"
        assert all(summary.ended_at is not None for summary in runs), "left running"
        assert await store.due(10**15, 9) == []
        held = store._database.execute("SELECT count(*) FROM leases WHERE owner <> ''").fetchone()
        assert held[0] == 0, "a lease is left"
        files = [path.read_text().splitlines() for path in (self.folder / "marks").iterdir()]
        assert all(len(set(lines)) == 1 for lines in files), "a key of two effects"
        if self.shape.settled:
            assert self._effects(self.shape.settled) == 1, "an effect that may not be repeated was"
        keys = tuple(sorted(Counter(lines[0] for lines in files).items()))
        return Ended(shown.status, shown.output, outcomes(shown), keys)


@contextmanager
def other_side(folder: Path) -> Iterator[int]:
    """A server in a process of its own; gives its port."""
    os.environ["MARKS"] = str(folder / "marks")
    with HTTPServer(("127.0.0.1", 0), Failing) as server:
        child = forked(server.serve_forever)
        try:
            yield server.server_address[1]
        finally:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def tried(name: str, moment: str, workers: int) -> tuple[Ended, int]:
    """How the run of one cell ended, and how many workers were killed."""
    shape = SHAPES[name]
    with tempfile.TemporaryDirectory() as path:
        folder = Path(path)
        (folder / "marks").mkdir()
        if moment == INSIDE:
            (folder / "slow").touch()
        with other_side(folder) as port:
            cell = Cell(shape, moment, workers, folder, port)
            return cell.run(), cell.killed


def row(name: str) -> dict[tuple[str, int], str]:
    """Each cell of a shape: `ended`, `none` where it cannot exist, or what went wrong."""
    whole, killed = tried(name, "", 1)
    assert killed == 0
    found = {}
    for moment in MOMENTS:
        for workers in (1, 2):
            found[moment, workers] = (
                _verdict(name, moment, workers, whole) if exists(SHAPES[name], moment) else "none"
            )
    return found


def _verdict(name: str, moment: str, workers: int, whole: Ended) -> str:
    try:
        ended, killed = tried(name, moment, workers)
    except (AssertionError, TimeoutError) as error:
        return f"wrong: {error}"
    if not killed:
        return "wrong: nobody was killed"
    return "ended" if ended == whole else f"wrong: {ended} instead of {whole}"


def table(rows: dict[str, dict[tuple[str, int], str]]) -> str:
    """The matrix as a page shows it: a line for each moment, in each cell one worker and two."""
    lines = ["| kill -9 | " + " | ".join(rows) + " |", "| --- |" + " --- |" * len(rows)]
    for moment in MOMENTS:
        cells = []
        for found in rows.values():
            both = [found[moment, workers] for workers in (1, 2)]
            cells.append("" if both == ["none", "none"] else ", ".join(map(_sign, both)))
        lines.append(f"| {moment} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _sign(verdict: str) -> str:
    return "✓" if verdict == "ended" else "✗"


def main(names: Sequence[str]) -> int:
    """Try the shapes, all without a name; 1 where a run did not end as it should."""
    rows = {}
    for name in names or SHAPES:
        rows[name] = row(name)
        for (moment, workers), verdict in rows[name].items():
            if verdict.startswith("wrong"):
                print(f"{name}, {moment}, {workers} workers: {verdict}", file=sys.stderr)
    print(table(rows))
    wrong = any(v.startswith("wrong") for found in rows.values() for v in found.values())
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main([dedent(name) for name in sys.argv[1:]]))

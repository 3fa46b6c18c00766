"""Requests per second of a signed-in person on one core, beside a bare FastAPI route on the same uvicorn.

    python -m benchmarks.bench_api

The servers are real processes on one core, of which one is asked at a time; this process, which asks, and PostgreSQL
are on the others. The workflow waits for an approval at its first step, so that what is told is what it takes to begin a
run and to record it for good, and no step's work. Answers are checked, so that none is a refusal.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from urllib.parse import urlsplit

import uvicorn
from fastapi import FastAPI

from auterity_server.database.database import Database
from tests.server.files import DESK, push
from tests.server.test_process import done, first, serving, staging
from tests.services.postgres import running_postgres

ROUNDS, SECONDS, AT_ONCE = 7, 1.5, 16
"""Each is asked for so long in each round, by so many connections."""
_BODY = json.dumps({"input": {"customer": "Jane Roe", "amount": 250}}).encode()
_ASKED_FOR = "a bare FastAPI route"
_MANY = {"AUTERITY_REQUESTS_PER_MINUTE": "1000000000"}


@dataclass(frozen=True)
class Request:
    """What is asked for again and again, of which process, and the status of its answer."""

    url: str
    status: int
    pid: int
    body: bytes = b""
    token: str = ""

    @property
    def as_sent(self) -> bytes:
        """All of it, for a connection that stays open."""
        at = urlsplit(self.url)
        lines = [
            f"{'POST' if self.body else 'GET'} {at.path} HTTP/1.1",
            f"Host: {at.netloc}",
            f"Authorization: Bearer {self.token}",
            "Content-Type: application/json",
            f"Content-Length: {len(self.body)}",
        ]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


async def asked_often(request: Request) -> tuple[float, float]:
    """Seconds of an answer, and of the processor for it, with several connections that each ask again once they were answered."""
    at = urlsplit(request.url)
    connections = [await asyncio.open_connection(at.hostname, at.port) for _ in range(AT_ONCE)]
    began, spent = perf_counter(), processor_seconds(request.pid)
    ends = began + SECONDS
    counts = await asyncio.gather(*(_asked(*each, request, ends) for each in connections))
    taken, spent = perf_counter() - began, processor_seconds(request.pid) - spent
    for _, writer in connections:
        writer.close()
    return taken / sum(counts), spent / sum(counts)


def processor_seconds(pid: int) -> float:
    """What a process has spent."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def _asked(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: Request, ends: float
) -> int:
    sent, expected, count = request.as_sent, f" {request.status} ".encode(), 0
    while perf_counter() < ends:
        writer.write(sent)
        head = await reader.readuntil(b"\r\n\r\n")
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        body = await reader.readexactly(int(length))
        if expected not in head[:16]:
            raise RuntimeError(f"{head!r} {body!r}")
        count += 1
    return count


def bare() -> None:
    """The other server: one route, and nothing around it."""
    app = FastAPI()

    @app.get("/runs/{run_id}")
    async def run(run_id: str) -> dict[str, str]:
        return {"id": run_id, "status": "waiting"}

    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    # With its protocol, as ours is: otherwise each answer would wait 40 ms for the one before to be acknowledged.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as bound:
        bound.bind(("127.0.0.1", 0))
        print(bound.getsockname()[1], flush=True)
        asyncio.run(server.serve(sockets=[bound]))


@contextmanager
def serving_bare() -> Iterator[Request]:
    command = [sys.executable, "-m", "benchmarks.bench_api", "bare"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        on_first_core(process.pid)
        assert process.stdout is not None  # noqa: S101 - a pipe was asked for
        port = int(process.stdout.readline())
        yield Request(f"http://127.0.0.1:{port}/runs/run_1", 200, process.pid)
    finally:
        process.kill()
        process.communicate()


@contextmanager
def serving_ours(name: str, **settings: str) -> Iterator[dict[str, Request]]:
    """A server with a run; a GET of it, and a POST that starts another."""
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder), **_MANY, **settings) as (process, said),
        first(said) as owner,
    ):
        on_first_core(process.pid)
        here = staging(owner)
        done(owner.post(f"{here}/pushes", json=push(DESK)))
        started = f"{here}/workflows/desk/runs"
        made = done(
            owner.post(started, content=_BODY, headers={"Content-Type": "application/json"})
        )
        token = owner.headers["Authorization"].partition(" ")[2]
        base, pid = f"{said['url']}/api/v1", process.pid
        yield {
            f"GET run, {name}": Request(
                f"{base}{here}/runs/{made['run_id']}", 200, pid, b"", token
            ),
            f"POST run, {name}": Request(f"{base}{started}", 201, pid, _BODY, token),
        }


def on_first_core(pid: int) -> None:
    """Let a server's threads, those that it begins later too, share one core."""
    for thread in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(thread.name), {min(os.sched_getaffinity(0) | {0})})


def compare(ours: dict[str, Request], other: Request) -> None:
    """Ask in turns, and print the medians of the rounds' own ratios."""
    asked = {_ASKED_FOR: other, **ours}
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in asked}
    for number in range(ROUNDS + 1):
        for name, request in asked.items():
            taken = asyncio.run(asked_often(request))
            if number:
                found[name].append(taken)
    for name, rounds in found.items():
        real, spent = zip(*rounds, strict=True)
        others, others_spent = zip(*found[_ASKED_FOR], strict=True)
        rate = f"{1 / median(real):6.0f} a second, {_ratio(real, others):.3f} x"
        of_core = f"{1000 * median(spent):6.2f} ms, {_ratio(spent, others_spent):.3f} x"
        print(f"{name:24} {rate};   of the processor {of_core}", flush=True)


def _ratio(times: Sequence[float], others: Sequence[float]) -> float:
    """How many of one are answered in the time of one of the others."""
    return median(other / one for one, other in zip(times, others, strict=True))


async def make_tables(url: str) -> None:
    database = Database(url)
    await database.migrate()
    await database.close()


def main() -> None:
    """Measure both kinds of server, each beside the bare one."""
    with running_postgres(durable=True) as postgres, serving_bare() as other:
        os.sched_setaffinity(0, (os.sched_getaffinity(0) - {0}) or {0})
        asyncio.run(make_tables(postgres.url))
        with (
            serving_ours("SQLite") as embedded,
            serving_ours(
                "PostgreSQL", AUTERITY_DATABASE_URL=postgres.url, AUTERITY_ROLE="api"
            ) as scaled,
        ):
            compare({**embedded, **scaled}, other)


if __name__ == "__main__":
    bare() if sys.argv[1:] == ["bare"] else main()

"""kill -9 of each part of a scaled server, during many runs: `python -m tests.server.kill_matrix [RUNS]`.

A real PostgreSQL and Redis, an API process, and two workers at their default settings. What is killed is started again
after a second: the broker empty, the others with what they had written. Prints a row for each part.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import psycopg
from msgspec import Struct

from auterity_server.settings import Settings
from tests.server.conftest import PASSWORD
from tests.server.files import push
from tests.server.run_store.stores_in_postgres import make_tables
from tests.server.workers.scaled import Till, WorkerProcess, connections, environment_of
from tests.services.postgres import Postgres, running_postgres
from tests.services.redis import Redis, running_redis

PARTS = ("worker", "api", "broker", "database")
PATIENCE = 300
PAY = """auterity: 1
name: pay
steps:
  a: {uses: http.request, with: {method: PUT, url: /pay/0.05, connection: till}}
  b: {needs: a, uses: http.request, with: {method: PUT, url: /pay/0.05, connection: till}}
  c: {needs: b, uses: http.request, with: {method: PUT, url: /pay/0.05, connection: till}}
ends: {ok: c}
"""


class Api:
    """The process that answers requests, and a person who is signed in there."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: httpx2.Client | None = None
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "auterity_cli", "server", "--json"]
        self._process = subprocess.Popen(
            command, env=environment_of(self._settings), stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        said = json.loads(self._process.stdout.readline())
        if self._client is None:
            with httpx2.Client(base_url=f"{said['url']}/api/v1", timeout=20) as stranger:
                token = said["sign_in_link"].partition("#")[2]
                given = {"token": token, "password": PASSWORD}
                signed_in = stranger.post("/sign-in/link", json=given).json()
            headers = {"Authorization": f"Bearer {signed_in['access_token']}"}
            self._client = httpx2.Client(
                base_url=f"{said['url']}/api/v1", headers=headers, timeout=20
            )

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def close(self) -> None:
        self.kill()
        if self._client is not None:
            self._client.close()

    def do(self, method: str, path: str, **more: Any) -> Any:
        """Ask until there is an answer: what has a key counts once."""
        assert self._client is not None
        ends = time.monotonic() + 60
        while True:
            try:
                answer = self._client.request(method, path, **more)
                if answer.status_code < 500:
                    answer.raise_for_status()
                    return answer.json()
            except httpx2.TransportError:
                pass
            assert time.monotonic() < ends, f"{method} {path} is not answered"
            time.sleep(0.1)


class Scene:
    """All parts, while they run."""

    def __init__(self, stack: ExitStack, folder: Path, **paces: str) -> None:
        self.till = Till()
        stack.callback(self.till.close)
        self.database: Postgres = stack.enter_context(running_postgres())
        self.broker: Redis = stack.enter_context(running_redis())
        asyncio.run(make_tables(self.database.url))
        self.settings = Settings(
            data=folder / "data",
            port=_free_port(),
            database_url=self.database.url,
            broker_url=self.broker.url,
            connections=connections(folder, self.till),
            bcrypt_cost=4,
            requests_per_minute=10**6,
            **paces,
        )
        self.api = Api(self.settings)
        stack.callback(self.api.close)
        self.workers = [WorkerProcess(self.settings) for _ in range(2)]
        stack.callback(lambda: [each.close() for each in self.workers])
        for each in self.workers:
            each.wait_until_it_works()

    def kill(self, part: str) -> None:
        again: dict[str, tuple[Callable[[], None], Callable[[], None]]] = {
            "worker": (self.workers[0].kill, self._another_worker),
            "api": (self.api.kill, self.api.start),
            "broker": (self.broker.kill, self.broker.start),
            "database": (self.database.kill, self.database.start),
        }
        ends, begins = again[part]
        ends()
        time.sleep(1)
        begins()

    def _another_worker(self) -> None:
        self.workers.append(WorkerProcess(self.settings))

    def journal(self) -> list[tuple[str, dict[str, Any]]]:
        with psycopg.connect(self.database.dsn_of()) as connection:
            rows = connection.execute("SELECT run_id, line FROM run_journal ORDER BY run_id, seq")
            return [(run_id, json.loads(line)) for run_id, line in rows.fetchall()]


def _free_port() -> int:
    import socket

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def scene(**paces: str) -> Iterator[Scene]:
    with ExitStack() as stack, tempfile.TemporaryDirectory() as folder:
        yield Scene(stack, Path(folder), **paces)


class Played(Struct, frozen=True):
    """What became of the runs: seconds after which each lost attempt was told, effects, and seconds to the last end."""

    lost: Sequence[float]
    repeated: int
    took: float


def play(parts: Sequence[str], runs: int, **paces: str) -> Played:
    """Kill these parts one after the other while runs begin, the first once a third have. Raises AssertionError."""
    kills = {runs * (3 + at) // 9: part for at, part in enumerate(parts)}
    with scene(**paces) as here:
        me = here.api.do("GET", "/me")["memberships"][0]["organisation"]["id"]
        places = here.api.do("GET", f"/organisations/{me}/environments")["items"]
        place = next(each["id"] for each in places if each["name"] == "staging")
        here.api.do("POST", f"/environments/{place}/pushes", json=push(PAY))
        killed = 0.0
        for number in range(runs):
            if number in kills:
                killed = killed or time.time()
                here.kill(kills[number])
            key = {"Idempotency-Key": f"run-{number}"}
            path = f"/environments/{place}/workflows/pay/runs"
            here.api.do("POST", path, json={"input": {}}, headers=key)
        took = _wait(here, runs)
        events = here.journal()
    by_kind = Counter((each[""], run_id, each.get("step", "")) for run_id, each in events)
    ended = [count for (kind, _, _), count in by_kind.items() if kind == "StepEnded"]
    assert len(ended) == 3 * runs, f"{len(ended)} of {3 * runs} steps ended"
    assert set(ended) == {1}, "a result was recorded twice"
    lost = [each["at"] / 1000 - killed for _, each in events if each[""] == "AttemptLost"]
    repeated = sum(here.till.asked.values()) - 3 * runs
    return Played(lost, repeated, took)


def _row(part: str, runs: int) -> str:
    found = play([part], runs)
    again = f"{max(found.lost):.0f} s" if found.lost else "-"
    return f"| {part} | {runs} of {runs} | {len(found.lost)} | {again} | {found.repeated} | {found.took:.0f} s |"


def _wait(here: Scene, runs: int) -> float:
    began = time.monotonic()
    while time.monotonic() < began + PATIENCE:
        over = sum(each[""] == "RunEnded" for _, each in here.journal())
        if over == runs:
            return time.monotonic() - began
        time.sleep(0.5)
    raise AssertionError(f"{over} of {runs} runs have ended")


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    print("| kill -9 | ended | attempts lost | told after | effects repeated | then took |")
    print("| --- | --- | --- | --- | --- | --- |", flush=True)
    for part in PARTS:
        print(_row(part, runs), flush=True)


if __name__ == "__main__":
    os.environ.pop("AUTERITY_BROKER_URL", None)
    main()

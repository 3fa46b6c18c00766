"""Two processes that answer requests, one that works, and Redis between them: streams are woken, and lose nothing with it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tests.server.conftest import (
    Caller,
    Owned,
    RunningServer,
    new_organisation,
    owner_of,
    running,
    settings_for,
)
from tests.server.files import DESK, push
from tests.server.run_store.stores_in_postgres import make_tables
from tests.server.test_running import until
from tests.server.workers.scaled import workers
from tests.services.postgres import Postgres
from tests.services.redis import Redis, running_redis

LONG = 60.0


@contextmanager
def followed(caller: Caller, path: str) -> Iterator[Iterator[dict[str, Any]]]:
    headers = {"Accept": "text/event-stream"}
    # Shorter than the silence after which something is sent that is no event.
    with caller.stream("GET", path, headers=headers, timeout=12) as answer:
        lines = answer.iter_lines()
        yield (
            json.loads(line.removeprefix("data: "))
            for line in lines
            if line.startswith("data: ") and "run_id" in line
        )


def end(messages: Iterator[dict[str, Any]]) -> list[tuple[str, int]]:
    """What comes up to the end of a run."""
    found = []
    for each in messages:
        found.append((each["run_id"], each["seq"]))
        if each["event"] == "RunEnded":
            break
    return found


def look_each(server: RunningServer, seconds: float) -> None:
    """How often streams that begin from now on look by themselves."""
    server.wiring.runs.stores.bells.pause = seconds  # type: ignore[attr-defined]


def test_streams_of_any_process_are_woken_and_outlast_redis(
    tmp_path: Path, postgres: Postgres
) -> None:
    with running_redis() as redis, postgres.database() as name:
        url = postgres.url_of(name)
        asyncio.run(make_tables(url))
        more = {"sweep": "300ms", "attempt_unclaimed": "300ms", "broker_url": redis.url}
        settings = settings_for(tmp_path / "data", database_url=url, **more)
        with ExitStack() as open_here:
            one, two = (open_here.enter_context(running(settings)) for _ in range(2))
            open_here.enter_context(workers(settings, 1))
            link = one.do(new_organisation(one.wiring))
            owned = open_here.enter_context(owner_of(one, link))
            token = owned.owner.headers["authorization"].partition(" ")[2]
            _follow(owned, open_here.enter_context(Caller(two, token)), two, redis)


def _follow(owned: Owned, reader: Caller, two: RunningServer, redis: Redis) -> None:
    place = f"/environments/{owned.staging}"
    owned.owner.done(f"{place}/pushes", push(DESK), 201)

    def waits() -> str:
        given = {"input": {"customer": "Jordan Rivera", "amount": 1}}
        run: str = owned.owner.done(f"{place}/workflows/desk/runs", given, 201)["run_id"]
        until(owned.owner, f"{place}/runs/{run}", "waiting")
        return run

    look_each(two, LONG)  # only a ring wakes it in time
    with followed(reader, f"{place}/events") as messages:
        first = waits()
        owned.owner.done(f"{place}/approvals/{first}/manager", {"approved": True})
        seen = end(messages)
        look_each(two, 0.2)
    with followed(reader, f"{place}/events") as messages:
        redis.kill()
        second = waits()
        # It ends without an attempt, which would wait for the broker.
        owned.owner.done(f"{place}/runs/{second}/cancel", {})
        seen += end(messages)
    redis.start()
    for run in (first, second):
        events = owned.owner.known(f"{place}/runs/{run}/events", limit=100)["items"]
        assert [each for each in seen if each[0] == run] == [
            (run, seq) for seq in range(1, len(events) + 1)
        ]

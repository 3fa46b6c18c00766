"""Several processes on one database: what one is told the others know, a killed one is followed, a copy goes on elsewhere."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import create_engine, text

from auterity_server.wiring import Wiring
from tests.server.files import DEALER, DESK, PAUSE, push
from tests.server.test_process import again, begun, done, first, serving, staging, until
from tests.services.postgres import Postgres

QUICK = PAUSE.replace("1s", "300ms")
SLOW = PAUSE.replace("name: pause", "name: slow").replace("1s", "2s")


@contextmanager
def api(folder: Path, url: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    with serving(folder, AUTERITY_NOW="", AUTERITY_DATABASE_URL=url, AUTERITY_ROLE="api") as found:
        yield found


@contextmanager
def served(folder: Path, url: str) -> Iterator[dict[str, Any]]:
    """API and worker in one process."""
    with serving(folder, AUTERITY_NOW="", AUTERITY_DATABASE_URL=url) as (_, said):
        yield said


@contextmanager
def worker(folder: Path, url: str) -> Iterator[subprocess.Popen[str]]:
    environment = {
        **os.environ,
        "AUTERITY_DATA": str(folder / "data"),
        "AUTERITY_DATABASE_URL": url,
        "AUTERITY_ROLE": "worker",
    }
    command = [sys.executable, "-m", "auterity_cli", "server"]
    process = subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "working\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def soon(wanted: Callable[[], Any]) -> Any:
    """What is there within a while."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        found = wanted()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError("it did not come")


def made_once(*clients: httpx2.Client) -> None:
    """The same request to each process, all at once and several times, counts once."""
    organisation = done(clients[0].get("/me"))["memberships"][0]["organisation"]["id"]
    stores = f"/organisations/{organisation}/stores"

    def ask(client: httpx2.Client) -> httpx2.Response:
        headers = {"Idempotency-Key": "the same"}
        return client.post(stores, json={"name": "north", "title": "North"}, headers=headers)

    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(ask, clients * 4))
    assert {each.status_code for each in answers} == {201}
    assert len({each.content for each in answers}) == 1
    assert sum("Idempotency-Replayed" not in each.headers for each in answers) == 1
    assert [each["name"] for each in done(clients[0].get(stores))["items"]].count("north") == 1


def version_begun(owner: httpx2.Client, path: str) -> str | None:
    """The version by which a run goes that this process begins."""
    answer = owner.post(f"{path}/workflows/pause/runs", json={"input": {"who": "a"}})
    if answer.status_code == 404:
        return None
    run = done(answer)["run_id"]
    return str(done(owner.get(f"{path}/runs/{run}"))["version"])


def test_processes_share_all_and_a_killed_one_is_followed(
    tmp_path: Path, database_url: str
) -> None:
    with ExitStack() as all_of_them:
        _, said = all_of_them.enter_context(api(tmp_path, database_url))
        one = all_of_them.enter_context(first(said))
        _, other_said = all_of_them.enter_context(api(tmp_path, database_url))
        other = all_of_them.enter_context(again(other_said))
        made_once(one, other)
        path = staging(one)
        for text_of_it in (QUICK, QUICK.replace("Hello", "Good day")):
            pushed = done(
                one.post(f"{path}/pushes", json=push(text_of_it, SLOW, DESK, project=DEALER))
            )
            version = next(
                each["version"] for each in pushed["deployments"] if each["workflow"] == "pause"
            )
            soon(lambda wanted=version: version_begun(other, path) == wanted)
        waiting = begun(other, path, "pause", {"who": "nobody works yet"})
        ready = done(httpx2.get(f"{said['url']}/health/ready"))
        assert ready["checks"] == {"database": "ok", "migrations": "ok", "disk": "ok"}
        first_worker = all_of_them.enter_context(worker(tmp_path, database_url))
        assert until(one, waiting, "succeeded").output == {"said": "Good day nobody works yet"}
        under_way = [begun(other, path, "slow", {"who": str(number)}) for number in range(5)]
        for run in under_way:
            soon(lambda run=run: done(one.get(run))["steps"])
        all_of_them.enter_context(worker(tmp_path, database_url))
        first_worker.send_signal(signal.SIGKILL)
        live = {"Accept": "text/event-stream"}
        followed = other.stream("GET", f"{under_way[0]}/events", headers=live, timeout=30)
        with followed as lines:
            assert any('"RunEnded"' in line for line in lines.iter_lines())
        for run in under_way:
            until(one, run, "succeeded")


def test_a_copy_of_a_running_server_goes_on_elsewhere(
    tmp_path: Path, database_url: str, postgres: Postgres
) -> None:
    """`pg_dump` while runs go on; restored into an empty database, with the seal key, they go on there to their ends."""
    name = database_url.split("/")[3].partition("?")[0]
    dump = tmp_path / "runs.dump"
    with served(tmp_path, database_url) as said, first(said) as owner:
        path = staging(owner)
        done(owner.post(f"{path}/pushes", json=push(SLOW, DESK, project=DEALER)))
        slow = [begun(owner, path, "slow", {"who": str(number)}) for number in range(5)]
        desk = begun(owner, path, "desk", {"customer": "a", "amount": 1})
        until(owner, desk, "waiting")
        copy = [postgres.program("pg_dump"), "-Fc", "-f", str(dump), postgres.dsn_of(name)]
        subprocess.run(copy, check=True)
    with postgres.database() as restored:
        back = [postgres.program("pg_restore"), "-d", postgres.dsn_of(restored), str(dump)]
        subprocess.run(back, check=True)
        url = postgres.url_of(restored)
        with served(tmp_path, url) as said, again(said) as owner:
            for run in slow:
                until(owner, run, "succeeded")
            assert until(owner, desk, "waiting").status == "waiting"
            approvals = done(owner.get(f"{path}/approvals"))["items"]
            assert [each["run_id"] for each in approvals] == [desk.rpartition("/")[2]]
        engine = create_engine(url)
        with engine.connect() as connection, pytest.raises(Exception, match="append-only"):
            connection.execute(text("DELETE FROM run_journal"))
        engine.dispose()


async def test_messages_to_webhooks_are_too_old_by_the_time_of_the_database(wiring: Wiring) -> None:
    assert wiring.scaled is not None
    assert wiring.webhooks.now == wiring.scaled.clock.real

"""Real workers over a real Redis: what is killed, emptied, doubled or stopped loses and doubles nothing."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from auterity_sdk.hosted.schemas.run import Run
from auterity_sdk.runs.decide import MOST_LOST
from auterity_sdk.runtime.attempt import idempotency_key
from auterity_sdk.workflow.duration import Duration
from auterity_server.probes import metrics_text
from auterity_server.running.broker import ATTEMPT, BUILT_IN, make_celery
from auterity_server.settings import Settings
from tests.server.conftest import (
    Owned,
    RunningServer,
    new_organisation,
    owner_of,
    running,
    settings_for,
)
from tests.server.deadly import CRASH, CRASHES, processes_died
from tests.server.files import DESK, push
from tests.server.run_store.stores_in_postgres import make_tables
from tests.server.test_own_step_types import SURE, body, make_project
from tests.server.workers.scaled import PATIENCE, Till, WorkerProcess, connections, workers
from tests.services.postgres import Postgres, running_postgres
from tests.services.redis import Redis, running_redis

QUICK = {
    "attempt_lease": "20s",
    "attempt_heartbeat": "500ms",
    "attempt_unclaimed": "500ms",
    "sweep": "500ms",
}

PAY = """auterity: 1
name: {name}
steps:
  a: {{uses: task.assign, with: {{role: sales, due: 1h, title: "before"}}}}
  pay:
    needs: a
    uses: http.request
    with: {{method: {method}, url: "/pay/{seconds}", connection: till}}
  b: {{needs: pay, uses: task.assign, with: {{role: sales, due: 1h, title: "after"}}}}
ends: {{ok: b}}
"""
FAN = """auterity: 1
name: fan
steps:
  each:
    for_each:
      in: "[1, 2, 3, 4, 5, 6]"
      steps:
        pay: {uses: http.request, with: {method: PUT, url: /pay/0.05, connection: till}}
  rest: {needs: each, wait: 300ms}
  call: {needs: rest, call: called}
ends: {ok: call}
"""
CALLED = """auterity: 1
name: called
steps:
  pay: {uses: http.request, with: {method: PUT, url: /pay/0, connection: till}}
ends: {ok: pay}
"""


@pytest.fixture(scope="module")
def till_of_all() -> Iterator[Till]:
    made = Till()
    yield made
    made.close()


@pytest.fixture
def till(till_of_all: Till) -> Till:
    till_of_all.forget()
    return till_of_all


@pytest.fixture(scope="module")
def broker() -> Iterator[Redis]:
    with running_redis() as found:
        yield found


@pytest.fixture(scope="module")
def database() -> Iterator[Postgres]:
    with running_postgres() as found:
        asyncio.run(make_tables(found.url))
        yield found


@pytest.fixture(scope="module")
def settings(
    tmp_path_factory: pytest.TempPathFactory, till_of_all: Till, broker: Redis, database: Postgres
) -> Settings:
    folder = tmp_path_factory.mktemp("scaled")
    return settings_for(
        folder / "data",
        database_url=database.url,
        broker_url=broker.url,
        connections=connections(folder, till_of_all),
        **QUICK,
    )


@pytest.fixture(scope="module")
def server(settings: Settings) -> Iterator[RunningServer]:
    with running(settings) as found:
        yield found


@pytest.fixture(scope="module")
def owned(server: RunningServer) -> Iterator[Owned]:
    link = server.do(new_organisation(server.wiring))
    with owner_of(server, link) as found:
        texts = [
            PAY.format(name="pay", method="PUT", seconds=0),
            PAY.format(name="pay-slowly", method="PUT", seconds=1.5),
            PAY.format(name="pay-forever", method="PUT", seconds=25),
            PAY.format(name="pay-once", method="POST", seconds=1.5),
            FAN,
            CALLED,
            DESK,
        ]
        found.owner.done(f"/environments/{found.staging}/pushes", push(*texts), 201)
        yield found


def begin(owned: Owned, name: str, given: dict[str, object] | None = None) -> str:
    path = f"/environments/{owned.staging}/workflows/{name}/runs"
    run = owned.owner.done(path, {"input": given or {}}, 201)
    return f"/environments/{owned.staging}/runs/{run['run_id']}"


def until(owned: Owned, path: str, *statuses: str) -> Run:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        run = Run.model_validate(owned.owner.known(path))
        if run.status in statuses:
            return run
        time.sleep(0.05)
    raise AssertionError(f"the run is {run.status}: {run.model_dump_json(indent=1)}")


def _lost(database: Postgres) -> Counter[str]:
    """How often attempts were lost, also those of child runs, by the keys of their effects."""
    with psycopg.connect(database.dsn_of()) as connection:
        rows = connection.execute("SELECT run_id, line FROM run_journal").fetchall()
    events = [(run_id, json.loads(line)) for run_id, line in rows]
    return Counter(
        idempotency_key(run_id, event["step"])
        for run_id, event in events
        if event[""] == "AttemptLost"
    )


def test_runs_go_on_over_two_workers(
    owned: Owned, settings: Settings, till: Till, database: Postgres
) -> None:
    with workers(settings):
        runs = [begin(owned, name) for name in ("pay", "fan") for _ in range(5)]
        asked = begin(owned, "desk", {"customer": "Zoë", "amount": 5})
        for path in runs:
            until(owned, path, "succeeded")
        until(owned, asked, "waiting")
    # A worker that is held up for longer than the lease has lost what it makes: that is told, and nothing else repeats.
    assert set((till.asked - _lost(database)).values()) <= {1}
    assert len(till.asked) == 5 + 5 * 7


def _holds(each: WorkerProcess, till: Till) -> None:
    """Wait until a worker is inside the effect."""
    assert till.begun.acquire(timeout=30), each.said


@pytest.mark.parametrize(("name", "ends"), [("pay-slowly", "succeeded"), ("pay-once", "uncertain")])
def test_a_step_whose_worker_is_killed(
    owned: Owned, settings: Settings, till: Till, name: str, ends: str
) -> None:
    soon_lost = settings.model_copy(update={"attempt_lease": Duration(3000)})
    with workers(soon_lost, 1) as (one,):
        path = begin(owned, name)
        _holds(one, till)
        one.kill()
    with workers(settings, 1):
        until(owned, path, ends)
    events = owned.owner.known(f"{path}/events", limit=100)["items"]
    kinds = [event["event"] for event in events]
    assert kinds.count("AttemptLost") == 1
    assert kinds.count("StepEnded") == (3 if ends == "succeeded" else 1)
    assert list(till.asked.values()) == [2 if ends == "succeeded" else 1]


def test_a_broker_that_is_emptied_and_one_that_dies_lose_nothing(
    owned: Owned, settings: Settings, till: Till, broker: Redis
) -> None:
    early = [begin(owned, "pay") for _ in range(3)]
    broker.empty()
    with workers(settings):
        for path in early:
            until(owned, path, "succeeded")
        broker.kill()
        late = [begin(owned, "pay") for _ in range(3)]
        broker.start()
        for path in late:
            until(owned, path, "succeeded")
    assert set(till.asked.values()) == {1}
    assert len(till.asked) == 6


def test_a_result_outlives_a_crash_of_the_database(
    owned: Owned, settings: Settings, till: Till, database: Postgres
) -> None:
    with workers(settings):
        paths = [begin(owned, "pay-once") for _ in range(3)]
        for _ in paths:
            assert till.begun.acquire(timeout=30)
        database.kill()
        time.sleep(1.5)  # the effects are over, and their results wait for the database
        database.start()
        for path in paths:
            until(owned, path, "succeeded")
    assert set(till.asked.values()) == {1}


def test_what_comes_twice_has_one_effect_though_the_broker_gives_it_again(
    owned: Owned, settings: Settings, till: Till
) -> None:
    with workers(settings):
        path = begin(owned, "pay-once")
        assert till.begun.acquire(timeout=30)
        run_id = path.rpartition("/")[2]
        app = make_celery(settings)
        for _ in range(5):
            ids = (owned.staging, run_id, "pay", 1)
            app.send_task(ATTEMPT, args=ids, queue=BUILT_IN)
        until(owned, path, "succeeded")
    assert list(till.asked.values()) == [1]


def test_a_stop_signal_lets_attempts_end(owned: Owned, settings: Settings, till: Till) -> None:
    with workers(settings, 1) as (only,):
        path = begin(owned, "pay-once")
        _holds(only, till)
        assert only.stop() == 0
    assert list(till.asked.values()) == [1]
    with workers(settings, 1):
        until(owned, path, "succeeded")
    assert list(till.asked.values()) == [1]


def test_a_cancel_reaches_the_worker_that_has_the_attempt(
    owned: Owned, settings: Settings, till: Till
) -> None:
    with workers(settings):
        path = begin(owned, "pay-forever")
        assert till.begun.acquire(timeout=30)
        owned.owner.done(f"{path}/cancel", {})
        until(owned, path, "cancelled")


def test_a_project_s_own_steps_wait_for_the_worker_with_their_code(
    server: RunningServer, owned: Owned, settings: Settings, tmp_path: Path
) -> None:
    project = make_project(tmp_path / "project", SURE)
    owned.owner.done(f"/environments/{owned.staging}/pushes", body(project), 201)
    path = begin(owned, "photos", {"vin": "1HGCM82633A004352"})
    organisation = owned.owner.known("/me")["memberships"][0]["organisation"]["name"]
    with workers(settings, 1):
        _until_it_waits_for(owned, path, "photos.grade")
        wiring = server.wiring
        told = server.do(metrics_text(wiring.runs, wiring.metrics, wiring.readiness)).decode()
        labels = f'environment="{owned.staging}",step_type="photos.grade"'
        assert f"auterity_attempts_without_worker{{{labels}}} 1.0" in told
        with workers(settings, 0, (project, organisation)):
            assert until(owned, path, "succeeded").output == {"points": 30}


def _until_it_waits_for(owned: Owned, path: str, step_type: str) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        run = until(owned, path, "waiting", "running")
        if [(each.kind, each.what) for each in run.waiting] == [("worker", step_type)]:
            assert run.status == "waiting"
            return
        time.sleep(0.05)
    raise AssertionError(f"the run waits for {run.waiting}")


def test_a_step_that_ends_its_process_fails_and_ends_no_other_s(
    server: RunningServer, owned: Owned, settings: Settings, tmp_path: Path
) -> None:
    project = make_project(tmp_path / "project", CRASHES)
    (project / "photo_steps.py").write_text(CRASH)
    owned.owner.done(f"/environments/{owned.staging}/pushes", body(project), 201)
    crashes = begin(owned, "photos", {"crash": True})
    server.do(processes_died(server, owned, crashes.rpartition("/")[2], "grade", MOST_LOST - 1))
    organisation = owned.owner.known("/me")["memberships"][0]["organisation"]["name"]
    with workers(settings, 0, (project, organisation)):
        ended = until(owned, crashes, "failed")
        until(owned, begin(owned, "photos", {"crash": False}), "succeeded")
    assert ended.error is not None
    assert ended.error.type == "process_died"

"""What holds for every answer: health, problems, headers, limits."""

import asyncio
from pathlib import Path

import httpx2
import pytest
from redis.exceptions import RedisError
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool

from auterity_server.database.database import Database
from auterity_server.database.places import environment_of
from auterity_server.database.tables.environments import environments
from auterity_server.health import readiness
from auterity_server.health.checks import Check, broker_answers, database_answers
from tests.server.conftest import RunningServer, new_organisation, running, settings_for
from tests.services.postgres import running_postgres
from tests.services.redis import running_redis


def test_a_server_that_runs_is_live_and_ready(server: RunningServer) -> None:
    for path in ("/health/live", "/health/ready"):
        found = httpx2.get(server.url + path)
        assert (found.status_code, found.json()["status"]) == (200, "ok")


def test_a_server_that_stops_is_not_ready(server: RunningServer) -> None:
    async def stop() -> None:
        server.wiring.stopping.set()

    server.do(stop())
    found = httpx2.get(server.url + "/health/ready")
    assert found.status_code == 503
    assert found.json()["type"] == "urn:auterity:problem:unavailable"


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/none", 404), ("POST", "/health/live", 405)]
)
def test_an_error_is_a_problem(server: RunningServer, method: str, path: str, status: int) -> None:
    found = httpx2.request(method, server.url + path)
    assert found.status_code == status
    assert found.headers["content-type"] == "application/problem+json"
    assert found.json()["status"] == status


def test_every_answer_has_the_headers_that_protect(server: RunningServer) -> None:
    for path in ("/health/live", "/none"):
        headers = httpx2.get(server.url + path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store"
        assert "server" not in headers
        assert "access-control-allow-origin" not in headers


def test_no_other_origin_is_answered_unless_it_is_set(server: RunningServer, data) -> None:  # type: ignore[no-untyped-def]
    asked = {"Origin": "https://desk.example", "Access-Control-Request-Method": "GET"}
    assert httpx2.options(server.url + "/health/live", headers=asked).status_code == 405
    allowed = settings_for(data.parent / "other", cors_origins="https://desk.example")
    with running(allowed) as other:
        found = httpx2.options(other.url + "/health/live", headers=asked)
        assert found.headers["access-control-allow-origin"] == "https://desk.example"


@pytest.mark.parametrize("told", [True, False])
def test_a_body_that_is_too_large_is_refused(data, told: bool) -> None:  # type: ignore[no-untyped-def]
    with running(settings_for(data, max_body=1024)) as server:
        body = b"x" * 2000
        sent = body if told else iter([body[:1000], body[1000:]])
        found = httpx2.post(server.url + "/health/live", content=sent)
        # A route that takes no body answers before it is read.
        assert found.status_code == (413 if told else 405)


@pytest.fixture(autouse=True)
def looks_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was seen is told again for a second."""
    monkeypatch.setattr(readiness, "FRESH", 0.0)


def ready(server: RunningServer) -> httpx2.Response:
    return httpx2.get(server.url + "/health/ready")


def states(server: RunningServer) -> dict[str, str]:
    found = ready(server)
    told: dict[str, str] = found.json()["checks"]
    assert (found.status_code == 503) == ("failing" in told.values())
    return told


ALL = {"database": "ok", "migrations": "ok", "worker": "ok", "disk": "ok"}


def test_readiness_names_each_part(server: RunningServer) -> None:
    assert states(server) == ALL


async def closed_once_idle(database: Database) -> None:
    pool = database.engine.pool
    assert isinstance(pool, QueuePool)
    while pool.checkedout():  # noqa: ASYNC110 - a pool tells nobody
        await asyncio.sleep(0.01)
    await database.close()


def test_a_database_that_is_gone_is_told_and_so_is_its_return(
    server: RunningServer, data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = data / "control.db"
    kept = {each: each.read_bytes() for each in data.glob("control.db*")}
    # Connections that are open go on with the file that they have: those that come next find none.
    server.do(closed_once_idle(server.wiring.database))
    for each in kept:
        each.unlink(missing_ok=True)
    file.mkdir()
    assert states(server) == {**ALL, "database": "failing", "migrations": "failing"}
    assert httpx2.get(server.url + "/health/live").status_code == 200
    assert str(data) not in ready(server).text
    assert "not ready: database (OperationalError)" in caplog.text
    file.rmdir()
    for each, content in kept.items():
        each.write_bytes(content)
    assert states(server) == ALL
    assert caplog.text.count("not ready: database") == 1


def test_a_database_of_another_release_is_told(server: RunningServer) -> None:
    async def change(revision: str) -> str:
        async with server.wiring.database.writing() as connection:
            query = text("SELECT version_num FROM alembic_version")
            before = (await connection.execute(query)).scalar_one()
            changed = text("UPDATE alembic_version SET version_num = :to")
            await connection.execute(changed, {"to": revision})
            return str(before)

    server.do(change("9999"))
    assert states(server) == {**ALL, "migrations": "failing"}


def test_a_worker_that_ended_is_told(server: RunningServer) -> None:
    async def end() -> None:
        await new_organisation(server.wiring)
        async with server.wiring.database.reading() as connection:
            query = select(environments.c.id).limit(1)
            found = await environment_of(connection, (await connection.execute(query)).scalar_one())
        assert found is not None
        runs = await server.wiring.runs.of(found)
        assert runs.worker is not None
        runs.worker.cancel()

    server.do(end())
    assert states(server) == {**ALL, "worker": "failing"}


def test_a_disk_without_room_is_told(data: Path) -> None:
    with running(settings_for(data, least_disk=2**62)) as server:
        assert states(server) == {**ALL, "disk": "failing"}


def test_a_data_folder_that_is_gone_is_told(server: RunningServer, data: Path) -> None:
    moved = data.rename(data.with_name("moved"))
    assert states(server)["disk"] == "failing"
    moved.rename(data)


async def test_a_postgresql_that_is_killed_is_told_and_so_is_its_return() -> None:
    with running_postgres() as postgres:
        database = Database(postgres.url)
        check = database_answers(database)
        async with database.writing() as connection:
            await connection.execute(text("CREATE TABLE alembic_version (version_num text)"))
        await check.look()
        postgres.kill()
        with pytest.raises(SQLAlchemyError):
            await check.look()
        postgres.start()
        await check.look()
        await database.close()


async def test_a_part_that_does_not_answer_in_time_is_not_well(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(readiness, "PATIENCE", 0.01)
    monkeypatch.setattr(readiness, "FRESH", 60.0)
    looked = 0

    async def look() -> None:
        nonlocal looked
        looked += 1
        await asyncio.sleep(60)

    here = readiness.Readiness([Check("slow", look)])
    found = await asyncio.gather(*(here.state() for _ in range(20)))
    assert {frozenset(each.items()) for each in found} == {frozenset({("slow", False)})}
    assert looked == 1


async def test_a_redis_that_is_killed_is_told_and_so_is_its_return() -> None:
    with running_redis() as redis:
        check = broker_answers(redis.url)
        await check.look()
        redis.kill()
        with pytest.raises(RedisError):
            await check.look()
        redis.start()
        await check.look()

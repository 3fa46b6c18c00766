"""The services that tests run on are real, can be killed, and end with the tests."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import redis
from sqlalchemy import create_engine, text

from tests.services.postgres import Postgres, running_postgres
from tests.services.redis import running_redis

ROOT = Path(__file__).resolve().parents[2]


def test_each_test_has_an_empty_database(postgres: Postgres, postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    with engine.begin() as connection:
        version = connection.scalar(text("SHOW server_version_num"))
        assert int(str(version)) >= 150000
        connection.execute(text("CREATE TABLE t (x int)"))
    engine.dispose()
    with postgres.database() as other, psycopg.connect(postgres.dsn_of(other)) as connection:
        found = connection.execute("SELECT count(*) FROM pg_tables WHERE tablename = 't'")
        assert found.fetchone() == (0,)


def test_a_killed_database_has_what_was_committed() -> None:
    with running_postgres() as own:
        with psycopg.connect(own.dsn_of()) as connection:
            connection.execute("CREATE TABLE t (x int)")
            connection.execute("INSERT INTO t VALUES (7)")
        url = own.url
        own.kill()
        own.start()
        assert own.url == url
        with psycopg.connect(own.dsn_of()) as connection:
            assert connection.execute("SELECT x FROM t").fetchall() == [(7,)]


def test_a_killed_redis_is_empty_at_the_same_address() -> None:
    with running_redis() as own:
        with redis.Redis.from_url(own.url) as client:
            client.set("a", "b")
        url = own.url
        own.kill()
        assert not own.answers()
        own.start()
        assert own.url == url
        with redis.Redis.from_url(own.url) as client:
            assert client.keys() == []


def test_redis_is_empty_at_the_beginning(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.keys() == []


def test_there_is_a_database_with_vectors(vector_postgres: Postgres) -> None:
    with (
        vector_postgres.database() as name,
        psycopg.connect(vector_postgres.dsn_of(name)) as connection,
    ):
        connection.execute("CREATE EXTENSION vector")
        found = connection.execute("SELECT '[1,2]'::vector <-> '[1,3]'::vector").fetchone()
        assert found == (1.0,)


SCRIPT = """
import time
from tests.services.postgres import running_postgres
from tests.services.redis import running_redis
with running_postgres() as one, running_redis() as other:
    print(one.folder, other.folder, flush=True)
    time.sleep(60)
"""


def test_services_end_with_a_process_that_is_killed() -> None:
    script = subprocess.Popen([sys.executable, "-c", SCRIPT], cwd=ROOT, stdout=subprocess.PIPE)
    assert script.stdout is not None
    folders = [Path(found) for found in script.stdout.readline().decode().split()]
    assert len(folders) == 2
    assert all(folder.exists() for folder in folders)
    os.kill(script.pid, signal.SIGKILL)
    script.communicate()
    ends = time.monotonic() + 20
    while any(folder.exists() for folder in folders):
        assert time.monotonic() < ends, "they are still there"
        time.sleep(0.05)

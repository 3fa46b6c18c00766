"""A real PostgreSQL of the tests' own: on a Unix socket in a folder that goes with it."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tests.services.binaries import postgres_programs
from tests.services.lifeline import Lifeline

PATIENCE = 30
NO_SYNC = ("-c", "fsync=off", "-c", "full_page_writes=off")
"""A killed server loses nothing by it: the kernel has what was written. A machine without power would."""


def _as_nobody() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then it runs as a user who owns nothing."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


class Postgres:
    """A server that can be killed and started again at the same address. `durable` waits for the disk, as in production."""

    def __init__(self, programs: Path, *, durable: bool = False, settings: tuple[str, ...] = ()):
        self.programs = programs
        self.folder = Path(tempfile.mkdtemp(prefix="aupg-"))
        self._settings = (*(() if durable else NO_SYNC), *settings)
        self._process: subprocess.Popen[bytes] | None = None
        self._lifeline: Lifeline | None = None
        self._run_as = _as_nobody()
        if self._run_as:
            os.chown(self.folder, self._run_as["user"], self._run_as["group"])

    @property
    def url(self) -> str:
        """Of its first database, for SQLAlchemy and `AUTERITY_DATABASE_URL`."""
        return self.url_of("postgres")

    def url_of(self, database: str) -> str:
        """Of another database of it."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def dsn_of(self, database: str = "postgres") -> str:
        """The same for psycopg itself, and for `psql` and `pg_dump`."""
        return f"host={self.folder} user=postgres dbname={database}"

    def start(self) -> None:
        """Start it, at first with a new cluster; returns when it answers."""
        data = self.folder / "data"
        if not data.exists():
            initdb = [self.programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-N"]
            told = ["-E", "UTF8", "--no-locale"]
            self._run([*initdb, *told], check=True, stdout=subprocess.DEVNULL)
        ends = time.monotonic() + PATIENCE
        while not self._started():
            if time.monotonic() > ends:
                raise RuntimeError(f"PostgreSQL did not start:\n{self._log.read_text()}")

    def kill(self) -> None:
        """End it with all its processes as a crash does, now."""
        if self._process is None:
            return
        found = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True)
        pairs = (line.split() for line in found.stdout.splitlines())
        own = [int(pid) for pid, parent in pairs if int(parent) == self._process.pid]
        for pid in (self._process.pid, *own):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._has_ended()

    def stop(self) -> None:
        """End it in good order; who is connected is sent away."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._has_ended()

    def remove(self) -> None:
        """Stop it, and remove all that it had."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextmanager
    def database(self, template: str = "template0") -> Iterator[str]:
        """The name of a new database, which is a copy of another one; it is dropped afterwards."""
        name = f"test_{secrets.token_hex(6)}"
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._do(made.format(sql.Identifier(name), sql.Identifier(template)))
        try:
            yield name
        finally:
            if self._process is not None:
                dropped = sql.SQL("DROP DATABASE {} WITH (FORCE)")
                self._do(dropped.format(sql.Identifier(name)))

    def program(self, name: str) -> str:
        """The path of one of its other programs: `pg_dump`, `psql`, `pg_restore`."""
        return str(self.programs / name)

    @property
    def _log(self) -> Path:
        return self.folder / "log"

    def _do(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.dsn_of(), autocommit=True) as connection:
            connection.execute(statement)

    def _started(self) -> bool:
        """Whether it answers; where it ended again (processes of a killed one may still go), it is begun once more."""
        if self._process is None or self._process.poll() is not None:
            self._begin()
        try:
            psycopg.connect(self.dsn_of()).close()
        except psycopg.OperationalError:
            time.sleep(0.02)
            return False
        return True

    def _begin(self) -> None:
        if self._process is not None:
            self._has_ended()
        command = [self.program("postgres"), "-D", f"{self.folder}/data", "-k", str(self.folder)]
        alone = ["-c", "listen_addresses=", "-c", "max_connections=200"]
        with self._log.open("wb") as log:
            process: subprocess.Popen[bytes] = subprocess.Popen(
                [*command, *alone, *self._settings], cwd=self.folder, stderr=log, **self._run_as
            )
        self._process = process
        self._lifeline = Lifeline(process.pid, self.folder)

    def _has_ended(self) -> None:
        if self._process is not None and self._lifeline is not None:
            self._process.wait(PATIENCE)
            self._lifeline.let_go()
        self._process = self._lifeline = None

    def _run(self, command: list[Any], **more: Any) -> None:
        subprocess.run(command, cwd=self.folder, **self._run_as, **more)


@contextmanager
def running_postgres(
    programs: Path | None = None, *, durable: bool = False, settings: tuple[str, ...] = ()
) -> Iterator[Postgres]:
    """A server of one's own, for tests that kill it and for scripts; `settings` are more options of `postgres`."""
    made = Postgres(programs or postgres_programs(), durable=durable, settings=settings)
    try:
        made.start()
        yield made
    finally:
        made.remove()

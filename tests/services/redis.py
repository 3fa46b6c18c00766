"""A real Redis of the tests' own: on loopback, without a file, so that a killed one has lost its data."""

from __future__ import annotations

import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from tests.services.binaries import redis_program
from tests.services.lifeline import Lifeline

PATIENCE = 30


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Redis:
    """A server that can be killed and started again, empty, at the same address. Strangers have no password."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="aurd-"))
        self.port = _free_port()
        self.password = secrets.token_hex(8)
        self._process: subprocess.Popen[bytes] | None = None
        self._lifeline: Lifeline | None = None
        self._has_started = False

    @property
    def url(self) -> str:
        """For redis-py, Celery and `AUTERITY_BROKER_URL`."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it; returns when it answers. At the first start, a port that somebody else took is changed."""
        ends = time.monotonic() + PATIENCE
        while not self.answers():
            if time.monotonic() > ends:
                raise RuntimeError(f"Redis did not start:\n{self._log.read_text()}")
            if self._process is None or self._process.poll() is not None:
                self._begin()
            time.sleep(0.01)
        self._has_started = True

    def answers(self) -> bool:
        """Whether it is this server that answers at the address."""
        try:
            with redis.Redis.from_url(self.url, retry=None) as client:
                found = client.info("server")
        except redis.RedisError:
            return False
        return self._process is not None and found["process_id"] == self._process.pid

    def kill(self) -> None:
        """End it as a crash does: what it had is lost."""
        if self._process is not None and self._lifeline is not None:
            self._process.kill()
            self._process.wait(PATIENCE)
            self._lifeline.let_go()
        self._process = self._lifeline = None

    def empty(self) -> None:
        """Forget everything, all databases of it."""
        with redis.Redis.from_url(self.url) as client:
            client.flushall()

    def remove(self) -> None:
        """End it, and remove its folder."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _log(self) -> Path:
        return self.folder / "log"

    def _begin(self) -> None:
        if self._process is not None and not self._has_started:
            self.port = _free_port()
        self.kill()
        told = ["--bind", "127.0.0.1", "--port", str(self.port), "--requirepass", self.password]
        kept = ["--save", "", "--appendonly", "no", "--dir", str(self.folder)]
        with self._log.open("wb") as log:
            command = [redis_program(), *told, *kept]
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        self._lifeline = Lifeline(self._process.pid, self.folder)


@contextmanager
def running_redis() -> Iterator[Redis]:
    """A server of one's own, for tests that kill it and for scripts."""
    made = Redis()
    try:
        made.start()
        yield made
    finally:
        made.remove()

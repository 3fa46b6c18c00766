"""A scaled server of the tests' own: an API process's parts in a thread, and real worker processes over a real Redis."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from auterity_server.settings import Settings

PATIENCE = 90
"""Seconds: a machine may be busy with other tests."""
NO_PROJECT = Path("/")
PROGRAM: tuple[str, ...] = ("-m", "auterity_cli")


class Till:
    """The other side of a step with an effect: it keeps what it was asked, and answers after `/SECONDS`."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.begun = threading.Semaphore(0)
        till = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("content-length", 0)))
                till.asked[self.headers["idempotency-key"]] += 1
                till.begun.release()
                time.sleep(float(self.path.rpartition("/")[2]))
                body = json.dumps({"paid": True}).encode()
                try:
                    self.send_response(200)
                    self.send_header("content-type", "application/json")
                    self.send_header("content-length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:
                    return  # who asked is dead

            do_PUT = do_POST

            def log_message(self, *_: Any) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def forget(self) -> None:
        """Forget what was asked before."""
        self.asked.clear()
        self.begun = threading.Semaphore(0)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def connections(folder: Path, till: Till) -> Path:
    """The operator's settings, by which steps may speak with the till."""
    file = folder / "operator.toml"
    file.write_text(f'[connections.till]\nuse = "http"\nurl = "{till.url}"\n')
    return file


class WorkerProcess:
    """One worker, as an operator starts it."""

    def __init__(self, settings: Settings, project: Path = NO_PROJECT, *words: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, *PROGRAM, "worker", "--project", str(project), *words],
            env=environment_of(settings),
            stderr=subprocess.PIPE,
            text=True,
        )
        self.said: list[str] = []
        self._works = threading.Event()
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    def _read(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self.said.append(line)
            if line.startswith("working"):
                self._works.set()
        self._works.set()

    def wait_until_it_works(self) -> None:
        assert self._works.wait(PATIENCE), "the worker does not begin"
        assert self._process.poll() is None, "".join(self.said)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(PATIENCE)

    def stop(self) -> int:
        """Stop it by a signal; gives its exit code."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        return self._process.wait(PATIENCE)

    def close(self) -> None:
        self._process.kill()
        self._process.wait(PATIENCE)
        self._reading.join(PATIENCE)
        if self._process.stderr is not None:
            self._process.stderr.close()


def environment_of(settings: Settings) -> dict[str, str]:
    """The variables by which a process has these settings."""
    return {**os.environ, **settings.as_environment()}


@contextmanager
def workers(
    settings: Settings, count: int = 2, own: tuple[Path, str] | None = None
) -> Iterator[list[WorkerProcess]]:
    """So many of them; and one with the code of a project, for an organisation."""
    made = [WorkerProcess(settings) for _ in range(count)]
    if own is not None:
        made.append(WorkerProcess(settings, own[0], "--organisation", own[1]))
    try:
        for each in made:
            each.wait_until_it_works()
        yield made
    finally:
        for each in made:
            each.close()
            print("".join(each.said))  # shown where the test fails

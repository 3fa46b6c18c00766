"""Where steps are made beside the runs, without a broker: one that ends its process does so apart, and fails at last."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from auterity_sdk.runs.decide import MOST_LOST
from auterity_sdk.runtime.driven_runs import SUSPECT
from auterity_server.settings import Settings
from tests.server.conftest import (
    new_organisation,
    owner_of,
    running,
    settings_for,
)
from tests.server.deadly import CRASH, CRASHES, processes_died
from tests.server.files import push
from tests.server.test_own_step_types import body, make_project, until, worker
from tests.server.workers.scaled import Till, connections, environment_of

PAY = """auterity: 1
name: pay
steps: {pay: {uses: http.request, with: {method: PUT, url: /pay/25, connection: till}}}
"""


def test_a_project_s_step_that_ends_its_process_fails_and_ends_no_other_s(
    data: Path, tmp_path: Path
) -> None:
    project = make_project(tmp_path / "project", CRASHES)
    (project / "photo_steps.py").write_text(CRASH)
    with running(settings_for(data)) as server:
        found = server.do(new_organisation(server.wiring))
        with owner_of(server, found) as owned:
            environment = f"/environments/{owned.staging}"
            name = owned.owner.known("/me")["memberships"][0]["organisation"]["name"]
            owned.owner.done(f"{environment}/pushes", body(project), 201)
            begin = f"{environment}/workflows/photos/runs"

            def run(*, crash: bool) -> str:
                given = {"input": {"crash": crash}}
                return str(owned.owner.done(begin, given, 201)["run_id"])

            crashes = run(crash=True)
            until(owned, crashes, lambda found: found["status"] == "waiting")
            server.do(processes_died(server, owned, crashes, "grade", MOST_LOST - 1))
            # The worker is there at the end: what ends with the step is a process of its own.
            with worker(project, data, "--organisation", name):
                ended = until(owned, crashes, lambda found: found["status"] == "failed")
                assert ended["error"]["type"] == "process_died"
                until(owned, run(crash=False), lambda found: found["status"] == "succeeded")


def _children(pid: int) -> list[int]:
    told = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, check=True).stdout
    pairs = (line.split() for line in told.decode().splitlines())
    return [int(each) for each, parent in pairs if int(parent) == pid]


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _eventually(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


@contextmanager
def _server_process(settings: Settings) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "auterity_cli", "server"]
    process = subprocess.Popen(
        command, env=environment_of(settings), stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert re.match("serving", process.stdout.readline())
        yield process
    finally:
        process.kill()
        process.communicate(timeout=20)


@pytest.fixture
def till() -> Iterator[Till]:
    made = Till()
    yield made
    made.close()


def test_an_attempt_apart_ends_with_the_server_that_is_killed(
    data: Path, tmp_path: Path, till: Till
) -> None:
    settings = settings_for(data, connections=connections(tmp_path, till))
    with running(settings) as server:
        found = server.do(new_organisation(server.wiring))
        with owner_of(server, found) as owned:
            environment = f"/environments/{owned.staging}"
            owned.owner.done(f"{environment}/pushes", push(PAY), 201)
            begun = owned.owner.done(f"{environment}/workflows/pay/runs", {"input": {}}, 201)
            assert till.begun.acquire(timeout=20)
            server.do(processes_died(server, owned, begun["run_id"], "pay", SUSPECT))
    till.forget()
    with _server_process(settings) as process:
        assert till.begun.acquire(timeout=20)
        [apart] = _children(process.pid)
        process.send_signal(signal.SIGKILL)
        process.wait(20)
        _eventually(lambda: not _is_there(apart))

"""`auterity worker --project .` on PostgreSQL without a broker, on a machine of its own: it answers probes, and logs by line."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any

import httpx2

from tests.server.conftest import RunningServer, new_organisation, owner_of, settings_for
from tests.server.on_postgres.test_processes import soon
from tests.server.test_own_step_types import SURE, body, make_project, until
from tests.server.test_probes import TOKEN, free_port

KEY = "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s="
Start = Callable[..., AbstractContextManager[RunningServer]]


def test_a_worker_on_a_machine_of_its_own_is_watched_as_others_are(
    start_server: Start, tmp_path: Path, database_url: str
) -> None:
    project, port = make_project(tmp_path / "project", SURE), free_port()
    settings = settings_for(tmp_path / "server", seal_key=KEY)
    with start_server(settings) as server:
        found = server.do(new_organisation(server.wiring))
        with owner_of(server, found) as owned:
            environment = f"/environments/{owned.staging}"
            owned.owner.done(f"{environment}/pushes", body(project), 201)
            name = owned.owner.known("/me")["memberships"][0]["organisation"]["name"]
            begin = f"{environment}/workflows/photos/runs"
            run = owned.owner.done(begin, {"input": {"vin": "1HG"}}, 201)["run_id"]
            process = _worker(project, name, database_url, tmp_path / "worker", port)
            try:
                until(owned, run, lambda found: found["status"] == "succeeded")
                with httpx2.Client(base_url=f"http://127.0.0.1:{port}") as probe:
                    _tells(probe)
            finally:
                process.send_signal(signal.SIGTERM)
                _, told = process.communicate(timeout=20)
    assert process.returncode == 0
    lines = [json.loads(line) for line in told.splitlines()]
    assert f"working for {name}; Ctrl-C ends it" in [each["message"] for each in lines]
    assert ("StepEnded", run) in [(each.get("event"), each.get("run_id")) for each in lines]


def _worker(
    project: Path, name: str, database_url: str, data: Path, port: int
) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "AUTERITY_DATA": str(data),
        "AUTERITY_DATABASE_URL": database_url,
        "AUTERITY_SEAL_KEY": KEY,
        "AUTERITY_PROBE_PORT": str(port),
        "AUTERITY_METRICS_TOKEN": TOKEN,
        "AUTERITY_LOG_FORMAT": "json",
        "AUTERITY_LOG_LEVEL": "info",
    }
    command = [sys.executable, "-m", "auterity_cli", "worker", "--project", str(project)]
    command += ["--organisation", name]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)


def _tells(probe: httpx2.Client) -> None:
    parts = {"database": "ok", "migrations": "ok", "worker": "ok", "disk": "ok"}

    def ready() -> Any:
        with suppress(httpx2.ConnectError):
            return probe.get("/health/ready").json() == {"status": "ok", "checks": parts}

    assert soon(ready)
    assert probe.get("/metrics").status_code == 401
    metrics = probe.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    assert 'auterity_check_ok{check="worker"} 1.0' in metrics
    counted = [line for line in metrics.splitlines() if "photos.grade" in line]
    assert counted, metrics

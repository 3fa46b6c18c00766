"""Flower as a real process on a real Redis: closed to everybody but who has the password."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

PASSWORD = "workers-are-watched-here"
COMMAND = [sys.executable, "-m", "auterity_server.flower"]
PATHS = ("/", "/workers", "/tasks", "/broker", "/api/workers", "/api/task/types", "/metrics",
         "/healthcheck", "/static/css/flower.css", "/login", "/logout", "/none")  # fmt: skip


@contextmanager
def flower(broker: str, folder: Path, **more: str) -> Iterator[str]:
    environment = {
        **os.environ,
        "AUTERITY_BROKER_URL": broker,
        "AUTERITY_FLOWER_PASSWORD": PASSWORD,
        "AUTERITY_FLOWER_PORT": "0",
        **more,
    }
    with subprocess.Popen(COMMAND, env=environment, cwd=folder, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())["url"]
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0


def test_only_the_password_opens_it_and_nothing_is_changed_by_it(
    redis_url: str, tmp_path: Path
) -> None:
    with flower(redis_url, tmp_path) as url, httpx2.Client(base_url=url, timeout=20) as client:
        assert url.startswith("http://127.0.0.1:")
        wrong = [None, ("operator", "hunter2"), ("admin", PASSWORD), ("operator", "")]
        for path in PATHS:
            for credentials in wrong:
                assert client.get(path, auth=credentials).status_code == 401, (path, credentials)
        for header in ("Basic", "Basic %%%", f"Bearer {PASSWORD}", "Basic b3BlcmF0b3I="):
            assert client.get("/", headers={"Authorization": header}).status_code == 401
        assert client.post("/api/worker/shutdown/w").status_code == 401
        assert "www-authenticate" in client.get("/").headers
        right = ("operator", PASSWORD)
        for path in ("/", "/workers", "/tasks", "/api/workers", "/metrics", "/healthcheck"):
            assert client.get(path, auth=right).status_code == 200, path
        changed = client.post("/api/task/async-apply/x", auth=right, json={"args": []})
        assert changed.status_code == 403
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("AUTERITY_FLOWER_PASSWORD", ""),
        ("AUTERITY_FLOWER_PASSWORD", "hunter2"),
        ("AUTERITY_BROKER_URL", ""),
    ],
)
def test_it_does_not_start_without_what_it_needs(variable: str, value: str) -> None:
    environment = {
        **os.environ,
        "AUTERITY_BROKER_URL": "redis://127.0.0.1:1/0",
        "AUTERITY_FLOWER_PASSWORD": PASSWORD,
        variable: value,
    }
    ended = subprocess.run(COMMAND, env=environment, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 2
    assert variable in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "hunter2" not in ended.stderr

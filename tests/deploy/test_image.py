"""The image, by its Dockerfile: what is copied is there, nobody is root, nothing is secret, and all is pinned."""

from __future__ import annotations

import fnmatch
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from auterity_server.settings import Settings, variable
from tests.deploy.dockerfile import ROOT, of_the_server, stages
from tests.server.conftest import RunningServer

BUILD, LAST = of_the_server()
IGNORED = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()


def is_sent(path: str) -> bool:
    """Whether the engine is given that file, by the last line of .dockerignore that fits."""
    sent = True
    for line in filter(lambda each: each and not each.startswith("#"), IGNORED):
        pattern = line.removeprefix("!").replace("**/", "*")
        if any(fnmatch.fnmatch(part, pattern) for part in (path, *map(str, Path(path).parents))):
            sent = line.startswith("!")
    return sent


def test_a_dockerfile_is_read() -> None:
    text = 'ARG A=x:1\n# no\nFROM ${A} AS b\nRUN a \\\n  b\nFROM y:2\nENV C=1 \\\n D=2\nCMD ["e"]\n'
    first, second = stages(text)
    assert (first.base, first.name, first.all("RUN")[0].words) == ("x:1", "b", ["a", "b"])
    assert (second.environment, second.all("CMD")[0].words) == ({"C": "1", "D": "2"}, ["e"])


def test_what_is_copied_is_there_and_is_sent() -> None:
    names = [name for each in BUILD.all("COPY") for name in each.words[:-1]]
    assert [name for name in names if not (ROOT / name).exists()] == []
    assert [name for name in names if not is_sent(name)] == []
    # The last image has nothing but what was built.
    assert [each.text for each in LAST.all("COPY")] == ["--from=build /opt/auterity /opt/auterity"]


@pytest.mark.parametrize(
    "path",
    [".git/config", "deploy/.env", "tests/conftest.py", "auterity-data/control.db", "seal.key",
     "src/auterity_sdk/__pycache__/x.pyc", "examples/.auterity/runs.db"],
)  # fmt: skip
def test_nothing_else_is_sent(path: str) -> None:
    assert not is_sent(path)


def test_what_is_installed_is_pinned() -> None:
    for stage in (BUILD, LAST):
        assert re.fullmatch(r"[\w./-]+:\d+\.\d+\.\d+[\w.-]*", stage.base), stage.base
    for each in BUILD.all("RUN"):
        if " pip install " in each.text:
            assert "--require-hashes" in each.text or "--no-index" in each.text, each.text
    assert not any("pip" in each.text for each in LAST.all("RUN"))


def test_it_runs_as_nobody_in_particular_and_says_how_it_is() -> None:
    (user,) = LAST.all("USER")
    uid, _, gid = user.text.partition(":")
    assert int(uid) > 0
    assert int(gid) > 0
    order = [each.name for each in LAST.instructions]
    assert order.index("USER") < order.index("ENTRYPOINT")
    (check,) = LAST.all("HEALTHCHECK")
    command = json.loads(check.text.partition("CMD ")[2])
    assert command == ["python", "-m", "auterity_server.health.probe"]
    assert LAST.all("STOPSIGNAL")[0].text == "SIGTERM"


def test_its_variables_are_settings_and_no_secrets() -> None:
    ours = {key: value for key, value in LAST.environment.items() if key.startswith("AUTERITY_")}
    assert set(ours) <= {variable(name) for name in Settings.model_fields}
    Settings.from_environment(ours)
    text = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    assert not re.search(r"(?i)(password|token|secret|_key)\s*=", text)


def probe(port: str, **more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "auterity_server.health.probe"]
    environment = {**os.environ, "AUTERITY_PORT": port, **more}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30)


def test_the_health_check_tells_a_server_that_is_ready_from_one_that_is_not(
    server: RunningServer,
) -> None:
    port = server.url.rpartition(":")[2]
    assert probe(port).returncode == 0

    async def stop() -> None:
        server.wiring.stopping.set()

    server.do(stop())
    stopping = probe(port)
    assert stopping.returncode == 1
    assert "the server stops" in stopping.stderr
    gone = probe("1")
    assert probe(port, AUTERITY_PROBE_PORT="1").returncode == 1
    assert gone.returncode == 1
    assert gone.stderr.startswith("no answer on port 1")

"""The security checks of the CI service: what they read is there, what they use is pinned, and their server starts."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2
import yaml

from auterity_server.settings import Settings, variable

ROOT = Path(__file__).parents[2]
FILE = ROOT / ".github" / "workflows" / "security.yml"
JOBS: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))["jobs"]
STEPS: list[dict[str, Any]] = [step for job in JOBS.values() for step in job["steps"]]


def test_every_lock_is_audited() -> None:
    locks = {path.name for path in ROOT.glob("requirements*.lock")} - {"requirements-bench.lock"}
    assert set(JOBS["dependencies"]["strategy"]["matrix"]["lock"]) == locks


def test_actions_and_images_are_pinned() -> None:
    for step in STEPS:
        if "uses" in step:
            assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", step["uses"]), step
    images = re.findall(r"ghcr\.io/\S+", FILE.read_text(encoding="utf-8"))
    assert images
    assert all(re.fullmatch(r"ghcr\.io/[\w/]+:\d+\.\d+\.\d+", image) for image in images)
    ci = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    assert {step["uses"] for step in STEPS if "uses" in step} <= set(
        re.findall(r"\S+@[0-9a-f]{40}", ci)
    )


def test_the_rules_of_zap_are_as_it_reads_them() -> None:
    text = FILE.read_text(encoding="utf-8")
    for name in re.findall(r"-c (\w+\.conf)", text):
        lines = (ROOT / "ci" / "zap" / name).read_text(encoding="utf-8").splitlines()
        rules = [line for line in lines if not line.startswith("#")]
        assert rules
        assert [
            each for each in rules if not re.fullmatch(r"\d+\t(FAIL|WARN|IGNORE)\t\(.+\)", each)
        ] == []


def test_zap_is_given_a_server_and_a_token_that_it_takes(tmp_path: Path) -> None:
    environment = {key: str(value) for key, value in JOBS["zap"]["env"].items()}
    assert set(environment) <= {variable(name) for name in Settings.model_fields}
    environment |= {"AUTERITY_DATA": str(tmp_path / "data"), "AUTERITY_PORT": "0"}
    said, token = tmp_path / "said.json", tmp_path / "token"
    (start,) = [step["run"] for step in STEPS if "said.json" in step.get("run", "")]
    server, sign_in = start.strip().splitlines()
    assert server == "auterity server --json > said.json 2> server.log &"
    assert sign_in == "python ci/zap_token.py said.json zap-token"
    with said.open("w") as out:
        command = [sys.executable, "-m", "auterity_cli", "server", "--json"]
        process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=out)
    try:
        script = [sys.executable, ROOT / "ci" / "zap_token.py", said, token]
        subprocess.run(script, check=True, timeout=60)
        url = yaml.safe_load(said.read_text())["url"]
        headers = {"Authorization": f"Bearer {token.read_text()}"}
        assert httpx2.get(f"{url}/api/v1/me", headers=headers).status_code == 200
        assert token.stat().st_mode & 0o077 == 0
    finally:
        process.terminate()
        process.wait(20)

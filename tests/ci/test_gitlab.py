"""The GitLab job's script, run in a folder of its own as a runner would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

ROOT = Path(__file__).parents[2]
JOB: dict[str, Any] = yaml.safe_load((ROOT / "ci/gitlab/auterity.yml").read_text())[
    "auterity-validate"
]
SOUND = "auterity: 1\nname: sound\nsteps:\n  pause:\n    wait: 1h\n"
BROKEN = SOUND + "  text:\n    uses: sms.sent\n    with: {to: '+14195550188', body: hi}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "auterity.toml").write_text('[project]\nsteps = ["our_steps"]\n')
    (tmp_path / "our_steps.py").write_text("from pathlib import Path\n\nPath('imported').touch()\n")
    (tmp_path / "flow.yaml").write_text(SOUND)
    return tmp_path


def run(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """The script alone: installing needs a network."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {"PATH": path, "HOME": str(folder / ".home"), **variables}
    command = ["bash", "-eo", "pipefail", "-c", "\n".join(JOB["script"])]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def test_reports_are_written_whatever_is_found(folder: Path) -> None:
    reports = JOB["artifacts"]["reports"]
    assert run(folder).returncode == 0
    assert json.loads((folder / reports["codequality"]).read_text()) == []
    (folder / "broken.yaml").write_text(BROKEN)
    done = run(folder)
    assert done.returncode == 1
    assert "AUT501" in done.stdout
    (finding,) = json.loads((folder / reports["codequality"]).read_text())
    assert finding["location"]["path"] == "broken.yaml"
    assert ElementTree.parse(folder / reports["junit"]).getroot().tag == "testsuites"  # noqa: S314
    assert JOB["artifacts"]["when"] == "always"


def test_variables_are_options_and_files(folder: Path) -> None:
    (folder / "broken.yaml").write_text(BROKEN)
    options = "--no-python --as-of 2026-01-01"
    assert run(folder, AUTERITY_OPTIONS=options).returncode == 1
    assert not (folder / "imported").exists()
    assert run(folder, AUTERITY_FILES="flow.yaml").returncode == 0
    assert (folder / "imported").exists()


def test_of_a_fork_no_python_is_run(folder: Path) -> None:
    both = {"CI_MERGE_REQUEST_PROJECT_PATH": "dealer/flows"}
    run(folder, CI_MERGE_REQUEST_SOURCE_PROJECT_PATH="stranger/flows", **both)
    assert not (folder / "imported").exists()
    run(folder, CI_MERGE_REQUEST_SOURCE_PROJECT_PATH="dealer/flows", **both)
    assert (folder / "imported").exists()

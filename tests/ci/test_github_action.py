"""The GitHub Action's own steps, run in a folder of their own as a runner would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.git_folder import commit

ROOT = Path(__file__).parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
CHECK = next(step for step in STEPS if step.get("id") == "check")

SOUND = "auterity: 1\nname: sound\nsteps:\n  pause:\n    wait: 1h\n"
BROKEN = SOUND + "  text:\n    uses: sms.sent\n    with: {to: '+14195550188', body: hi}\n"
MODULE = "from pathlib import Path\n\nPath('imported').touch()\n"


def repository(name: str) -> dict[str, str]:
    return {"full_name": name}


def pull_request(head: str | None) -> dict[str, Any]:
    repo = repository(head) if head else None
    return {"pull_request": {"head": {"repo": repo}}, "repository": repository("dealer/flows")}


OWN = pull_request("dealer/flows")
PUSH = {"ref": "refs/heads/main", "repository": repository("dealer/flows")}
FOREIGN = {
    "a fork": pull_request("stranger/flows"),
    "a fork that is gone": pull_request(None),
    "a run of a fork's workflow": {
        "workflow_run": {"head_repository": repository("stranger/flows")},
        "repository": repository("dealer/flows"),
    },
    "a comment on a pull request": {
        "issue": {"pull_request": {"url": "x"}},
        "repository": repository("dealer/flows"),
    },
}


class Runner:
    """Runs the step that checks, with inputs as GitHub gives them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "workspace"
        self.temp = folder / "temp"
        for made in (self.folder, self.temp):
            made.mkdir()

    def run(self, event: Any, **inputs: str) -> subprocess.CompletedProcess[str]:
        (self.temp / "event.json").write_text(json.dumps(event))
        self.outputs_file.write_text("")
        given = {name: str(declared["default"]) for name, declared in ACTION["inputs"].items()}
        given |= {name.replace("_", "-"): value for name, value in inputs.items()}
        environment = {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.temp),
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_EVENT_PATH": str(self.temp / "event.json"),
            "GITHUB_OUTPUT": str(self.outputs_file),
            "GITHUB_STEP_SUMMARY": str(self.temp / "summary.md"),
            **{name: evaluated(text, given) for name, text in CHECK["env"].items()},
        }
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", CHECK["run"]]
        return subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True
        )

    @property
    def outputs_file(self) -> Path:
        return self.temp / "outputs"

    @property
    def outputs(self) -> dict[str, str]:
        lines = self.outputs_file.read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)


def evaluated(text: str, inputs: dict[str, str]) -> str:
    """The few expressions that the step uses: an input, or what is taken where nothing was installed."""
    inside = text.removeprefix("${{ ").removesuffix(" }}")
    if inside.startswith("inputs."):
        return inputs[inside.removeprefix("inputs.")]
    return {"'auterity'": "auterity", "'python3'": sys.executable}[inside.partition(" || ")[2]]


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    made = Runner(tmp_path)
    (made.folder / "auterity.toml").write_text('[project]\nsteps = ["our_steps"]\n')
    (made.folder / "our_steps.py").write_text(MODULE)
    (made.folder / "flow.yaml").write_text(SOUND)
    return made


def test_a_sound_project_is_clean(runner: Runner) -> None:
    done = runner.run(PUSH)
    assert done.returncode == 0, done.stderr
    assert runner.outputs["exit-code"] == "0"
    assert runner.outputs["upload"] == "true"
    sarif = json.loads(Path(runner.outputs["sarif"]).read_text())
    assert sarif["version"] == "2.1.0"
    assert sarif["runs"][0]["results"] == []


@pytest.mark.parametrize("event", [OWN, PUSH])
def test_findings_are_annotated_and_the_code_is_kept_for_the_last_step(
    runner: Runner, event: Any
) -> None:
    (runner.folder / "broken.yaml").write_text(BROKEN)
    done = runner.run(event)
    assert done.returncode == 0, done.stderr
    assert "::error file=broken.yaml,line=7" in done.stdout
    assert runner.outputs["exit-code"] == "1"
    sarif = json.loads(Path(runner.outputs["sarif"]).read_text())
    assert [each["ruleId"] for each in sarif["runs"][0]["results"]] == ["AUT501"]
    assert "AUT501" in (runner.temp / "summary.md").read_text()
    assert (runner.folder / "imported").exists()


@pytest.mark.parametrize("kind", FOREIGN)
def test_of_a_strangers_files_no_python_is_run(runner: Runner, kind: str) -> None:
    (runner.folder / "broken.yaml").write_text(BROKEN)
    done = runner.run(FOREIGN[kind], no_python="false")
    assert done.returncode == 0, done.stderr
    assert "from a fork" in done.stdout
    assert "::error file=broken.yaml" in done.stdout
    assert not (runner.folder / "imported").exists()
    assert runner.outputs["upload"] == "false"
    assert runner.outputs["exit-code"] == "1"


def test_a_module_of_the_project_is_not_taken_for_one_of_ours(runner: Runner) -> None:
    for name in ("json", "subprocess", "auterity_cli", "sitecustomize"):
        (runner.folder / f"{name}.py").write_text(MODULE)
    assert runner.run(FOREIGN["a fork"]).returncode == 0
    assert runner.outputs["exit-code"] == "0"
    assert not (runner.folder / "imported").exists()


def test_inputs_are_no_code(runner: Runner) -> None:
    hostile = "$(touch hacked); `touch hacked`\n'; touch hacked; '\n--no-python"
    done = runner.run(PUSH, files=hostile, changed_since="")
    assert runner.outputs["exit-code"] == "2"
    assert "cannot be read" in done.stderr
    commit(runner.folder)
    runner.run(PUSH, changed_since="--output=hacked")
    assert runner.outputs["exit-code"] == "2"
    assert not (runner.folder / "hacked").exists()


def test_files_are_named_one_a_line(runner: Runner) -> None:
    (runner.folder / "with blank.yaml").write_text(BROKEN)
    runner.run(PUSH, files="  flow.yaml\n\n")
    assert runner.outputs["exit-code"] == "0"
    runner.run(PUSH, files="flow.yaml\nwith blank.yaml\n")
    assert runner.outputs["exit-code"] == "1"


def test_only_what_changed(runner: Runner) -> None:
    (runner.folder / "broken.yaml").write_text(BROKEN)
    commit(runner.folder)
    runner.run(PUSH, changed_since="HEAD", no_python="true")
    assert runner.outputs["exit-code"] == "0"
    runner.run(PUSH, no_python="true")
    assert runner.outputs["exit-code"] == "1"


def test_nothing_to_check(runner: Runner) -> None:
    (runner.folder / "flow.yaml").unlink()
    assert "no workflow file was found" in runner.run(PUSH).stdout
    assert runner.outputs["exit-code"] == "0"
    runner.run(PUSH, require="true")
    assert runner.outputs["exit-code"] == "3"


def test_no_sarif_is_written_where_none_is_wanted(runner: Runner) -> None:
    runner.run(PUSH, sarif="false")
    assert runner.outputs["upload"] == "false"
    assert not (runner.temp / "auterity.sarif").exists()


def test_steps_put_no_expression_into_a_shell() -> None:
    assert [step["run"] for step in STEPS if "${{" in step.get("run", "")] == []
    assert all(step.get("shell") == "bash" for step in STEPS if "run" in step)


def test_the_last_step_ends_with_the_code() -> None:
    last = STEPS[-1]
    for code in (0, 1, 2):
        command = ["bash", "-eo", "pipefail", "-c", last["run"]]
        assert subprocess.run(command, env={"CODE": str(code)}).returncode == code

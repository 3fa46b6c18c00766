"""The pre-commit hooks, run by pre-commit itself in a repository of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.git_folder import commit, git

ROOT = Path(__file__).parents[2]
MANIFEST = ROOT / ".pre-commit-hooks.yaml"
HOOKS: list[dict[str, Any]] = yaml.safe_load(MANIFEST.read_text())
SOUND = "auterity: 1\nname: sound\nsteps:\n  pause:\n    wait: 1h\n"
BROKEN = SOUND + "  text:\n    uses: sms.sent\n    with: {to: '+14195550188', body: hi}\n"
FIXABLE = SOUND.replace("wait: 1h", "wait: 1h\n    when: ${input.x > 1}").replace(
    "steps:", "input: {x: integer}\nsteps:"
)


def pre_commit(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    places = {
        "PATH": path,
        "PRE_COMMIT_HOME": str(folder.parent / "hooks"),
        "HOME": str(folder.parent),
    }
    environment = {**os.environ, **places, "XDG_CACHE_HOME": str(folder.parent / "cache")}
    command = [sys.executable, "-m", "pre_commit", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A repository whose hooks are those of the manifest, run by the auterity that is installed here."""
    made = tmp_path / "project"
    made.mkdir()
    # Installing what is to be published is pip's work, and needs a network: all else is as for users.
    hooks = [{**hook, "language": "system"} for hook in HOOKS]
    config = {"repos": [{"repo": "local", "hooks": hooks}]}
    (made / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
    (made / "compose.yaml").write_text("services: {web: {image: x}}\n")
    (made / "sound.yaml").write_text(SOUND)
    commit(made)
    return made


def test_the_manifest_is_one() -> None:
    assert [hook["id"] for hook in HOOKS] == [
        "auterity-validate",
        "auterity-validate-system",
        "auterity-fix",
    ]
    done = pre_commit(ROOT, "validate-manifest", str(MANIFEST))
    assert done.returncode == 0, done.stdout
    # Findings in one file may be about another: one process sees them all.
    assert all(hook["require_serial"] for hook in HOOKS)


def test_sound_files_pass(folder: Path) -> None:
    done = pre_commit(folder, "run", "--all-files")
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("Passed") == len(HOOKS)


@pytest.mark.parametrize("hook", ["auterity-validate", "auterity-validate-system"])
def test_a_broken_file_stops_a_commit(folder: Path, hook: str) -> None:
    (folder / "broken.yaml").write_text(BROKEN)
    git(folder, "add", "-A")
    done = pre_commit(folder, "run", hook)
    assert done.returncode == 1
    assert "AUT501" in done.stdout
    assert "compose.yaml" not in done.stdout


def test_only_the_files_of_the_commit_are_checked(folder: Path) -> None:
    (folder / "broken.yaml").write_text(BROKEN)
    commit(folder)
    (folder / "sound.yaml").write_text(SOUND + "# more\n")
    git(folder, "add", "-A")
    assert pre_commit(folder, "run", "auterity-validate").returncode == 0


def test_a_fix_is_made_and_stops_the_commit_once(folder: Path) -> None:
    (folder / "fixable.yaml").write_text(FIXABLE)
    git(folder, "add", "-A")
    first = pre_commit(folder, "run", "auterity-fix")
    assert first.returncode == 1
    assert "files were modified by this hook" in first.stdout
    assert "when: input.x > 1" in (folder / "fixable.yaml").read_text()
    git(folder, "add", "-A")
    assert pre_commit(folder, "run", "auterity-fix").returncode == 0

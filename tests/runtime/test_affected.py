"""Which files a change since a revision concerns."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from auterity_sdk.errors import UsageError
from auterity_sdk.runtime.affected import affected_since
from auterity_sdk.runtime.project import Project, workflow_files
from auterity_sdk.runtime.revisions import Repository
from tests.git_folder import commit, git


def text(name: str, calls: str = "") -> str:
    step = f"child: {{call: {calls}}}" if calls else "pause: {wait: 1h}"
    return f"auterity: 1\nname: {name}\nsteps:\n  {step}\n"


FILES = {
    "workflows/low.yaml": text("low"),
    "workflows/middle.yaml": text("middle", calls='"low@abc"'),
    "workflows/top.yaml": text("top", calls='"m\\x69ddle"'),
    "workflows/lone.yaml": text("lone"),
    "outside.yaml": text("outside", calls="low"),
    "notes.txt": "notes",
    "auterity.toml": "",
    "code.py": "x = 1\n",
}
ALL = ["outside", "lone", "low", "middle", "top"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project below the top of its repository."""
    made = tmp_path / "here"
    for name, content in FILES.items():
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(content)
    commit(tmp_path)
    monkeypatch.chdir(made)
    return made


def found(folder: Path, revision: str = "HEAD") -> list[str]:
    files = list(workflow_files((folder,)))
    return [file.stem for file in affected_since(revision, files, Project.find(folder))]


def write(name: str, content: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_text(content)


def test_nothing_changed(folder: Path) -> None:
    assert found(folder) == []
    write("notes.txt", "more")(folder)
    write("code.py", "x = 2")(folder)  # no step module of the project
    assert found(folder) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (write("workflows/lone.yaml", text("lone").replace("1h", "2h")), ["lone"]),
        (write("workflows/low.yaml", text("low").replace("1h", "2h")), ["outside", "low", "middle", "top"]),
        (write("workflows/low.yaml", text("lower")), ["outside", "low", "middle", "top"]),
        (write("workflows/middle.yaml", "auterity: 1\nname: middle\nsteps: ["), ["middle", "top"]),
        (write("new.yaml", text("new")), ["new"]),
        (write("workflows/new.yaml", text("middle")), ["new", "top"]),
        (lambda folder: (folder / "workflows/low.yaml").unlink(), ["outside", "lone", "middle", "top"]),
        (write("auterity.toml", "[project]\n"), ALL),
        (write("../pyproject.toml", ""), ALL),
    ],
)  # fmt: skip
def test_what_changed_and_what_calls_it(
    folder: Path, change: Callable[[Path], object], expected: list[str]
) -> None:
    change(folder)
    assert sorted(found(folder)) == sorted(expected)
    git(folder, "add", "-A", ".")
    assert sorted(found(folder)) == sorted(expected)
    commit(folder.parent)
    assert sorted(found(folder, "HEAD~1")) == sorted(expected)
    assert found(folder) == []


def test_python_concerns_all_where_there_are_step_modules(folder: Path) -> None:
    write("auterity.toml", '[project]\nsteps = ["code"]\n')(folder)
    commit(folder.parent)
    assert found(folder) == []
    write("deeper.py", "y = 1")(folder)
    assert found(folder) == ALL
    project = Project.find(folder, python=False)
    assert affected_since("HEAD", list(workflow_files((folder,))), project) == []


def test_a_python_file_is_concerned_by_any_change(folder: Path) -> None:
    files = [Path("code.py")]
    assert affected_since("HEAD", files, Project.find(folder)) == []
    write("notes.txt", "more")(folder)
    assert affected_since("HEAD", files, Project.find(folder)) == files


def test_names_with_blanks_and_without_letters(folder: Path) -> None:
    name = "a \u00e9\n\t'\"--x.yaml"
    write(name, text("strange"))(folder)
    assert found(folder) == [Path(name).stem]
    commit(folder.parent)
    assert found(folder, "HEAD~1") == [Path(name).stem]


def test_ignored_files_are_not_looked_at(folder: Path) -> None:
    write(".gitignore", "ignored.yaml\n")(folder)
    write("ignored.yaml", text("ignored"))(folder)
    assert found(folder) == []


def test_what_settings_of_a_repository_name_is_not_run(folder: Path) -> None:
    marker = folder.parent / "was-run"
    for key in ("core.fsmonitor", "diff.external", "core.pager", "diff.evil.textconv"):
        git(folder, "config", key, f"touch '{marker}'; false")
    write(".gitattributes", "*.yaml diff=evil\n")(folder)
    write("workflows/lone.yaml", text("lone").replace("1h", "2h"))(folder)
    assert found(folder) == ["lone"]
    assert not marker.exists()


@pytest.mark.parametrize(
    "revision", ["nowhere", "--output=x", "-", "", "HEAD --", "HEAD:auterity.toml"]
)
def test_a_revision_that_is_none_is_told(folder: Path, revision: str) -> None:
    with pytest.raises(UsageError, match="git knows no revision"):
        found(folder, revision)
    assert not (folder / "x").exists()


def test_a_shallow_clone_is_told_of(folder: Path, tmp_path: Path) -> None:
    first = git(folder, "rev-parse", "HEAD")
    commit(folder.parent)
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{folder.parent}", "shallow")
    with pytest.raises(UsageError) as raised:
        Repository.around(tmp_path / "shallow").commit(first)
    assert "shallow clone" in str(raised.value.help)


def test_outside_of_a_repository_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(UsageError, match="is in no git repository"):
        Repository.around(tmp_path)


def test_without_git_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="git is not installed"):
        Repository.around(tmp_path)

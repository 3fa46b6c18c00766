"""Set-up: done once, carried on after an interruption, one at a time; odd Pythons are named."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tools import environment
from tools.environment import Environment, Stop

Log = list[str]


@pytest.fixture
def env(tmp_path: Path) -> Environment:
    return Environment(tmp_path / ".venv", sys.executable, "3.11")


@pytest.fixture
def log(env: Environment, monkeypatch: pytest.MonkeyPatch) -> Log:
    """What set-up did, with the minutes of downloading left out."""
    done: Log = []

    def make(env: Environment) -> None:
        done.append("make")
        (env.folder / "bin").mkdir(parents=True, exist_ok=True)
        env.python.touch()

    monkeypatch.setattr(environment, "ROOT", env.folder.parent)
    monkeypatch.setattr(environment, "LOCK", env.folder.parent / "lock")
    monkeypatch.setattr(environment, "make_environment", make)
    monkeypatch.setattr(environment, "pip", lambda env, *arguments: done.append("project"))
    monkeypatch.setattr(environment, "compile_sources", lambda env: None)
    (env.folder.parent / "lock").write_text("a==1")
    (env.folder.parent / "pyproject.toml").write_text("[project]")
    return done


def test_the_second_set_up_does_nothing(env: Environment, log: Log) -> None:
    environment.set_up(env)
    environment.set_up(env)
    assert log == ["make", "project"]


CHANGES: dict[str, tuple[Callable[[Path], object], Log]] = {
    "interrupted": (lambda root: (root / ".venv/.complete").unlink(), ["make", "project"]),
    "another lock": (lambda root: (root / "lock").write_text("a==2"), ["make", "project"]),
    "its python is gone": (lambda root: (root / ".venv/bin/python").unlink(), ["make", "project"]),
    "another pyproject": (lambda root: (root / "pyproject.toml").write_text(""), ["project"]),
}


def test_an_environment_may_have_a_lock_of_its_own(env: Environment, log: Log) -> None:
    own = env.folder.parent / "own.lock"
    own.write_text("a==1")
    other = Environment(env.folder, env.interpreter, env.version, own)
    environment.set_up(other)
    log.clear()
    (env.folder.parent / "lock").write_text("a==2")
    environment.set_up(other)
    assert log == []
    own.write_text("a==2")
    environment.set_up(other)
    assert log == ["make", "project"]


@pytest.mark.parametrize("change", CHANGES)
def test_set_up_mends_what_changed(env: Environment, log: Log, change: str) -> None:
    environment.set_up(env)
    log.clear()
    make_change, expected = CHANGES[change]
    make_change(env.folder.parent)
    environment.set_up(env)
    assert log == expected


def test_a_failed_set_up_leaves_no_stamp(
    env: Environment, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.set_up(env)
    (env.folder.parent / "lock").write_text("a==3")

    def fail(env: Environment) -> None:
        raise Stop("no network")

    monkeypatch.setattr(environment, "make_environment", fail)
    with pytest.raises(Stop):
        environment.set_up(env)
    assert environment.stamp_of(env) == ("", "")


def test_a_second_process_waits_for_the_first(env: Environment, log: Log) -> None:
    script = (
        "import sys; from pathlib import Path; from tools import environment as e;"
        "e.ROOT = Path(sys.argv[1])\n"
        "with e.alone(e.Environment(e.ROOT / '.venv', '', '')): print('in')"
    )
    root = Path(environment.__file__).parents[1]
    with environment.alone(env):
        other = subprocess.Popen(
            [sys.executable, "-c", script, str(env.folder.parent)],
            cwd=root,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert other.stderr is not None
        assert other.stderr.readline() == "waiting for another set-up of .venv to end ...\n"
        assert other.poll() is None
    assert other.communicate()[0] == "in\n"


def test_an_unreachable_index_is_named(env: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    here = Environment(Path(sys.prefix), sys.executable, "3.11")
    for name, value in (
        ("PIP_CONFIG_FILE", "/dev/null"),
        ("PIP_INDEX_URL", "http://127.0.0.1:9/simple"),
        ("PIP_RETRIES", "1"),
    ):
        monkeypatch.setenv(name, value)
    with pytest.raises(Stop, match="cannot be reached: connect this machine"):
        environment.pip(here, "--dry-run", "--no-deps", "auterity-is-not-there")


def test_a_python_that_does_not_run_is_none() -> None:
    assert environment.version_of("/nowhere/python3.12") == ""
    assert environment.version_of(sys.executable) == "{}.{}".format(*sys.version_info)


def test_a_named_python_must_be_supported() -> None:
    with pytest.raises(Stop, match=r"/nowhere/python is not a Python of 3\.11 to 3\.14"):
        environment.other_environments(["/nowhere/python"])


def test_the_projects_bytecode_is_written_even_where_python_may_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/module.py").write_text("value = 1")
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.delenv("PYTHONPYCACHEPREFIX", raising=False)
    environment.compile_sources(Environment(Path(sys.executable).parent.parent, sys.executable, ""))
    assert list((tmp_path / "src/__pycache__").glob("module.*.pyc"))

"""What is loaded for a command: those of this machine load nothing of the hosted backend, and none loads the server."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_SCRIPT = """
import sys
from auterity_cli.app import run
sys.argv = ["auterity", *sys.argv[1:]]
run()
print(*sys.modules, file=sys.stderr)
"""


def loaded_by(folder: Path, *arguments: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, *arguments], capture_output=True, text=True, cwd=folder
    )
    return set(done.stderr.split())


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("validate",),
        ("runs", "list"),
        ("approve", "--help"),
        ("usage",),
        ("plan", "--help"),
    ],
    ids=" ".join,
)
def test_this_machine_needs_no_client(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    modules = loaded_by(tmp_path, *arguments)
    assert "auterity_cli.app" in modules
    assert {each for each in modules if each.startswith("auterity_sdk.hosted")} == set()
    assert modules.isdisjoint({"httpx2", "keyring"})


def test_a_check_needs_no_engine(tmp_path: Path) -> None:
    workflow = tmp_path / "w.yaml"
    workflow.write_text("auterity: 1\nname: w\nsteps: {a: {wait: 1d}}\n", encoding="utf-8")
    modules = loaded_by(tmp_path, "validate", "--no-cache", "w.yaml")
    assert "auterity_sdk.checks" in modules
    assert modules.isdisjoint({"asyncio", "ssl", "sqlite3", "auterity_sdk.runtime.ports"})


@pytest.mark.parametrize("arguments", [("push", "--help"), ("login", "--help")], ids=" ".join)
def test_a_client_needs_no_server(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    modules = loaded_by(tmp_path, *arguments)
    assert "auterity_sdk.hosted" in modules
    assert {each for each in modules if each.startswith("auterity_server")} == set()
    assert modules.isdisjoint({"fastapi", "sqlalchemy", "uvicorn", "keyring"})

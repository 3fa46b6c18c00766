"""Run the command line in this process, as a user would from a folder of its own."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from auterity_cli.app import run
from auterity_cli.output.console import console


class Ended(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


Cli = Callable[..., Ended]


@pytest.fixture
def cli(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[Cli]:
    """`cli("validate", "x.yaml")`, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / ".cache"))
    monkeypatch.delenv("AUTERITY_DEBUG", raising=False)
    path = list(sys.path)

    def call(*arguments: str) -> Ended:
        console.cache_clear()
        monkeypatch.setattr(sys, "argv", ["auterity", *arguments])
        code = run()
        out, err = capfd.readouterr()
        assert "Traceback" not in out + err
        return Ended(code, out, err)

    yield call
    assert sys.path == path
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None) or "").startswith(str(tmp_path)):
            del sys.modules[name]
    gc.enable()

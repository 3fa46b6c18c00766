"""`auterity lsp` where it cannot start; tests/language_server speaks with it."""

from __future__ import annotations

import importlib.util

import pytest

from tests.cli.conftest import Cli


def test_without_pygls_the_command_says_how_to_get_it(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    ended = cli("lsp")
    assert (ended.code, ended.out) == (2, "")
    assert "error: the language server needs pygls, which is not installed" in ended.err
    assert "help: pip install 'auterity[lsp]'" in ended.err


def test_at_a_terminal_the_command_says_who_starts_it(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    ended = cli("lsp")
    assert ended.code == 2
    assert "started by an editor" in ended.err

"""`auterity demo`: the README's first command."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Cli


def test_the_demo_goes_from_the_lead_to_the_answer(cli: Cli) -> None:
    ended = cli("demo", "--folder", "kept")
    assert ended.code == 0, ended.err
    assert "no findings in 1 file" in ended.out
    assert "This is about the CR-V." in ended.out
    assert "→ auterity send sms.received" in ended.err
    assert "succeeded: answered" in ended.out
    assert "✓ follow_up  ok" in ended.out
    assert (Path("kept") / ".auterity" / "runs.db").exists()


def test_a_folder_that_holds_something_is_not_used(cli: Cli) -> None:
    Path("kept").mkdir()
    Path("kept/mine").touch()
    assert cli("demo", "--folder", "kept").code == 2

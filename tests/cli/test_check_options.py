"""`auterity validate` with formats, fixes, suppressions, a baseline and levels of rules."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli

WAITS = (
    "auterity: 1\nname: waits\nsteps:\n  a:\n    receive: {event: x}\nends: {done: a.received}\n"
)
ALLOW = '  # auterity: allow AUT601 reason="the desk closes each" until=2027-03-01\n'
ALLOWED = WAITS.replace("  a:\n", f"{ALLOW}  a:\n")
WRAPPED = (
    "auterity: 1\r\nname: wrapped\r\ninput: {score: number}\r\nsteps:\r\n"
    '  # as it was\r\n  a: {when: "${input.score > 2}", wait: 1m}  # kept\r\n'
)


@pytest.fixture
def waits() -> Path:
    file = Path("waits.yaml")
    file.write_text(WAITS)
    return file


def test_several_formats_at_once(cli: Cli, waits: Path) -> None:
    ended = cli("validate", "waits.yaml", "--format", "sarif=out.sarif", "--format", "github")
    assert ended.out.startswith("::warning file=waits.yaml,line=5,")
    assert json.loads(Path("out.sarif").read_text())["version"] == "2.1.0"


def test_nothing_is_said_to_github_where_nothing_is_found(cli: Cli, waits: Path) -> None:
    waits.write_text(ALLOWED)
    ended = cli("validate", "waits.yaml", "--format", "github", "--as-of", "2026-11-23")
    assert (ended.code, ended.out, ended.err) == (0, "", "")


def test_text_is_printed_where_all_else_goes_to_files(cli: Cli, waits: Path) -> None:
    ended = cli("validate", "waits.yaml", "--format", "junit=out.xml")
    assert ended.out.startswith("warning[AUT601")
    assert Path("out.xml").read_text().startswith("<?xml")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["sarf"], "a similar format exists: `sarif`"),
        (["xml"], "the formats are `text`, `json`"),
        (["json", "sarif"], "two formats go to standard output"),
        (["json=a", "sarif=a"], "two formats go to a"),
        (["json="], "`--format json=` names no file"),
        (["text=a"], "text goes to standard output alone"),
        (["json=no/such/folder/a"], "no/such/folder/a cannot be written"),
    ],
)
def test_a_format_that_cannot_be(cli: Cli, waits: Path, asked: list[str], said: str) -> None:
    options = [part for each in asked for part in ("--format", each)]
    ended = cli("validate", "waits.yaml", *options)
    assert ended.code == 2
    assert said in ended.err


def test_only_the_format_that_is_asked_for_is_loaded(cli: Cli, waits: Path) -> None:
    import subprocess
    import sys

    code = (
        "import sys; sys.argv = ['auterity', 'validate', 'waits.yaml']\n"
        "from auterity_cli.app import run; run()\n"
        "print([n for n in ('sarif', 'github', 'gitlab', 'junit', 'json', 'changes')"
        " if f'auterity_cli.output.{n}' in sys.modules])\n"
        "print('auterity_cli.baseline' in sys.modules, 'auterity_sdk.checks.fixing' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-2:] == ["[]", "False False"]


def test_the_summary_says_how_many_are_suppressed(cli: Cli, waits: Path) -> None:
    waits.write_text(ALLOWED)
    day = ["--as-of", "2026-11-23"]
    assert cli("validate", "waits.yaml", *day).out.startswith(
        "no findings (1 suppressed) in 1 file"
    )
    said = json.loads(cli("validate", "waits.yaml", *day, "--format", "json").out)
    assert [each["reason"] for each in said["suppressed"]] == ["the desk closes each"]


def test_a_suppression_ends(cli: Cli, waits: Path) -> None:
    waits.write_text(ALLOWED)
    ended = cli("validate", "waits.yaml", "--as-of", "2027-03-02")
    assert "warning[AUT601" in ended.out
    assert (
        "warning[AUT007 expired-suppression]: this suppression ended with 2027-03-01" in ended.out
    )


def test_suppressions_can_be_left_out(cli: Cli, waits: Path) -> None:
    waits.write_text(ALLOWED)
    ended = cli("validate", "waits.yaml", "--no-suppressions", "--strict")
    assert ended.code == 1
    assert ended.out.count("warning[") == 1


def test_a_day_that_is_none(cli: Cli, waits: Path) -> None:
    assert cli("validate", "waits.yaml", "--as-of", "tomorrow").code == 2


def test_settings_give_rules_their_levels(cli: Cli, waits: Path) -> None:
    Path("auterity.toml").write_text('[rules]\nAUT601 = "error"\n[profiles.old]\nAUT601 = "off"\n')
    assert cli("validate", "waits.yaml").code == 1
    assert cli("validate", "waits.yaml", "--profile", "old").out.startswith("no findings in 1 file")
    ended = cli("validate", "waits.yaml", "--profile", "odl")
    assert (ended.code, "`old`" in ended.err) == (2, True)


def test_an_unknown_rule_in_the_settings(cli: Cli, waits: Path) -> None:
    Path("auterity.toml").write_text('[rules]\nreceive-without-timeot = "off"\n')
    ended = cli("validate", "waits.yaml")
    assert ended.code == 2
    assert "AUT003 " in ended.err
    assert "auterity.toml: [rules]: there is no rule `receive-without-timeot`" in ended.err
    assert "`receive-without-timeout`" in ended.err


def test_a_baseline_leaves_out_what_is_known(cli: Cli, waits: Path) -> None:
    written = cli("validate", "waits.yaml", "--strict", "--write-baseline", "known.json")
    assert (written.code, written.err) == (0, "1 finding written to known.json\n")
    check = ("validate", "waits.yaml", "--strict", "--baseline", "known.json")
    again = cli(*check)
    assert again.code == 0
    assert again.out.startswith("no findings (1 in the baseline) in 1 file")
    waits.write_text(WAITS.replace("steps:", "# moved\nsteps:\n  b: {receive: {event: y}}"))
    more = cli(*check)
    assert more.code == 1
    assert "the step `b` may wait" in more.out
    assert "the step `a` may wait" not in more.out


def test_what_is_gone_from_the_baseline_is_told(cli: Cli, waits: Path) -> None:
    cli("validate", "waits.yaml", "--write-baseline", "known.json")
    Path("other.yaml").write_text(WAITS.replace("waits", "other"))
    assert cli("validate", "other.yaml", "--baseline", "known.json").err == ""
    waits.write_text(
        WAITS.replace("event: x", "event: x, timeout: 1d").replace(
            "a.received", "[a.received, a.timeout]"
        )
    )
    ended = cli("validate", "waits.yaml", "--baseline", "known.json")
    assert "1 finding of known.json is no longer there" in ended.err


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "x", "findings": []}', "\xff"])
def test_a_baseline_that_is_none(cli: Cli, waits: Path, text: str) -> None:
    Path("known.json").write_text(text, encoding="latin-1")
    ended = cli("validate", "waits.yaml", "--baseline", "known.json")
    assert ended.code == 2
    assert "known.json is no baseline of this version" in ended.err
    assert "known.json cannot be read" not in ended.err


def test_a_baseline_that_is_not_there(cli: Cli, waits: Path) -> None:
    ended = cli("validate", "waits.yaml", "--baseline", "none.json")
    assert (ended.code, "none.json cannot be read" in ended.err) == (2, True)


def test_fixes_leave_every_other_byte(cli: Cli) -> None:
    file = Path("wrapped.yaml")
    file.write_bytes(WRAPPED.encode())
    file.chmod(0o640)
    Path("link.yaml").symlink_to(file)
    assert "(1 fixable)" in cli("validate", "link.yaml").out
    ended = cli("validate", "link.yaml", "--fix")
    assert (ended.code, ended.err) == (0, "1 fix changed 1 file\n")
    assert file.read_bytes().decode() == WRAPPED.replace("${input.score > 2}", "input.score > 2")
    assert file.stat().st_mode & 0o777 == 0o640
    assert Path("link.yaml").is_symlink()
    assert list(Path().glob(".*wrapped*")) == []
    assert cli("validate", "link.yaml", "--fix").err == "0 fixes changed 0 files\n"


def test_unsafe_fixes_are_made_when_asked_for(cli: Cli, waits: Path) -> None:
    text = WAITS.replace("receive: {", "descripton: x\n    receive: {timeout: 1d, ")
    waits.write_text(text)
    assert cli("validate", "waits.yaml", "--fix").err == "0 fixes changed 0 files\n"
    assert waits.read_text() == text
    assert cli("validate", "waits.yaml", "--fix", "--unsafe").err == "1 fix changed 1 file\n"
    assert waits.read_text() == text.replace("descripton", "description")
    assert cli("validate", "waits.yaml", "--unsafe").code == 2


def test_a_diff_changes_nothing(cli: Cli) -> None:
    file = Path("wrapped.yaml")
    file.write_bytes(WRAPPED.encode())
    ended = cli("validate", "wrapped.yaml", "--diff")
    assert (ended.code, ended.err) == (1, "1 fix would change 1 file\n")
    assert file.read_bytes() == WRAPPED.encode()
    assert ended.out.splitlines()[:2] == ["--- a/wrapped.yaml", "+++ b/wrapped.yaml"]
    assert '+  a: {when: "input.score > 2", wait: 1m}  # kept\r\n' in ended.out


def test_python_files_are_not_fixed(cli: Cli) -> None:
    Path("flow.py").write_text(
        "from auterity_sdk import wait, workflow\n\n\n@workflow()\ndef flow() -> None:\n"
        '    """Wait."""\n    pause = wait("1m")\n'
    )
    assert cli("validate", "flow.py", "--fix").err == "0 fixes changed 0 files\n"

"""The small commands: explain, graph, schema, convert, outbox, doctor, and what is common to all."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from auterity_cli.app import COMMANDS
from auterity_sdk import __version__
from auterity_sdk.checks.catalogue import all_rules
from auterity_sdk.runtime.project import workflow_files
from tests.cli.conftest import Cli

WORKFLOWS = Path(__file__).parents[2] / "workflows"


def test_the_version_needs_no_import_but_our_own(cli: Cli) -> None:
    script = "import sys; sys.argv = ['auterity', '--version']; from auterity_cli.__main__ import main; main(); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    version, modules = done.stdout.splitlines()
    assert version == f"auterity {__version__}"
    assert not {"typer", "rich", "pydantic", "yaml", "networkx"} & set(modules.split())


def test_help_lists_every_command_and_imports_none(cli: Cli) -> None:
    ended = cli("--help")
    assert ended.code == 0
    for name, entry in COMMANDS.items():
        assert name in ended.out
        assert entry.help in " ".join(ended.out.split())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(cli: Cli, name: str) -> None:
    ended = cli(name, "--help")
    assert ended.code == 0, ended.err
    assert f"auterity {name}" in ended.out


def test_an_unknown_command_is_code_2_with_a_proposal(cli: Cli) -> None:
    ended = cli("valdate")
    assert ended.code == 2
    assert "validate" in ended.err


def test_a_full_disk_is_no_defect_of_ours(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*texts: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("auterity_cli.commands.schema.typer.echo", fail)
        patch.setattr("auterity_cli.app._say", print)
        ended = cli("schema")
    assert ended.code == 5
    assert ended.out == "error: no space left on device\n"


def test_explain_takes_a_code_and_a_name(cli: Cli) -> None:
    by_code, by_name = cli("explain", "AUT501"), cli("explain", "unknown-step-type")
    assert by_code.code == 0
    assert by_code.out == by_name.out
    assert "Why it matters" in by_code.out
    listed = cli("explain").out.splitlines()
    assert len(listed) == len(all_rules())


def test_explain_of_no_rule_is_code_2(cli: Cli) -> None:
    ended = cli("explain", "unknown-stepp-type")
    assert ended.code == 2
    assert "unknown-step-type" in ended.err


def test_graph_draws_a_shipped_workflow(cli: Cli) -> None:
    file = str(WORKFLOWS / "lead-response.yaml")
    drawn = cli("graph", file).out
    assert "├─ new → score" in drawn
    assert "├─ read by follow_up" in drawn
    assert cli("graph", file, "--format", "mermaid").out.startswith("flowchart TD\n")


def test_graph_of_a_file_without_one_is_code_1(cli: Cli) -> None:
    Path("x.yaml").write_text("auterity: 1\n")
    assert cli("graph", "x.yaml").code == 1


def test_schema_is_a_json_schema(cli: Cli) -> None:
    assert json.loads(cli("schema").out)["$schema"].startswith("http://json-schema.org/draft-07/")
    assert "2020-12" in json.loads(cli("schema", "--dialect", "2020-12").out)["$schema"]


@pytest.mark.parametrize("name", [file.stem for file in workflow_files((WORKFLOWS,))])
def test_a_workflow_keeps_its_version_through_both_spellings(cli: Cli, name: str) -> None:
    start = cli("convert", str(WORKFLOWS / f"{name}.yaml"), "--to", "yaml", "-o", "one.yaml")
    assert start.code == 0, start.err
    assert cli("convert", "one.yaml", "--to", "python", "-o", "two.py").code == 0
    back = cli("convert", "two.py", "--to", "yaml")
    assert back.code == 0, back.err
    assert back.out.startswith("# version ")
    assert back.out.splitlines()[0] == Path("one.yaml").read_text().splitlines()[0]


def test_convert_overwrites_nothing_and_refuses_errors(cli: Cli) -> None:
    file = str(WORKFLOWS / "lead-response.yaml")
    Path("kept.py").write_text("mine")
    assert cli("convert", file, "--to", "python", "-o", "kept.py").code == 2
    ended = cli("convert", file, "--to", "python", "-o", "nowhere/new.py")
    assert ended.code == 2
    assert "nowhere/new.py cannot be written: no such file or directory" in ended.err
    assert Path("kept.py").read_text() == "mine"
    Path("bad.yaml").write_text("auterity: 1\nname: bad\nsteps: {a: {uses: no.such}}\n")
    assert cli("convert", "bad.yaml", "--to", "python").code == 1


def test_an_empty_outbox_is_no_error(cli: Cli) -> None:
    ended = cli("outbox")
    assert (ended.code, ended.out) == (0, "")
    assert "0 messages" in ended.err
    assert json.loads(cli("outbox", "--json").out) == []
    assert not Path(".auterity").exists()


def test_doctor_looks_at_this_machine(cli: Cli) -> None:
    assert cli("doctor").code == 0
    found = {each["name"]: each for each in json.loads(cli("doctor", "--json").out)}
    assert found["expressions"]["ok"]
    assert not found["project"]["ok"]
    Path("auterity.toml").write_text('[project]\nsteps = ["nowhere"]\n')
    ended = cli("doctor")
    assert ended.code == 1
    assert "the step module `nowhere` cannot be imported" in ended.out


def test_an_unforeseen_error_is_code_70_and_quotes_nothing(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise RuntimeError("Jordan Rivera, +14195550188")

    monkeypatch.setattr("auterity_cli.commands.outbox.Outbox", fail)
    ended = cli("outbox")
    assert ended.code == 70
    assert "RuntimeError" in ended.err
    assert "Jordan" not in ended.err


def test_an_interrupt_is_code_130(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("auterity_cli.commands.outbox.Outbox", interrupt)
    assert cli("outbox").code == 130


def test_a_reader_that_goes_away_is_no_error(cli: Cli) -> None:
    command = f"{sys.executable} -m auterity_cli explain | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stderr == ""

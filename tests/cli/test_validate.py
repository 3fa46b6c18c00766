"""`auterity validate`, as a person and as a program sees it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli

SOUND = """\
auterity: 1
name: sound
steps:
  pause:
    wait: 1h
"""
BROKEN = """\
auterity: 1
name: broken
steps:
  pause:
    wait: 1h
  text:
    needs: pause.ok
    uses: sms.sent
    with: {to: "+14195550188", body: hi}
"""


def test_a_sound_file_has_no_findings(cli: Cli) -> None:
    Path("sound.yaml").write_text(SOUND)
    ended = cli("validate", "sound.yaml")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("no findings in 1 file, ")


def test_a_broken_one_is_shown_as_a_compiler_would(cli: Cli) -> None:
    Path("broken.yaml").write_text(BROKEN)
    ended = cli("validate", "broken.yaml")
    assert ended.code == 1
    shown, _, summary = ended.out.rstrip().rpartition("\n")
    assert shown.splitlines() == [
        "error[AUT501 unknown-step-type]: there is no step type `sms.sent`",
        " --> broken.yaml:8:11",
        "  |",
        "8 |     uses: sms.sent",
        "  |           ^^^^^^^^",
        "  = help: a step type with a similar name exists: `sms.send`",
        "  = docs: auterity explain AUT501",
    ]
    assert summary.startswith("1 error in 1 file, ")


def test_a_program_reads_json(cli: Cli) -> None:
    Path("broken.yaml").write_text(BROKEN)
    ended = cli("validate", "broken.yaml", "--format", "json")
    assert ended.code == 1
    data = json.loads(ended.out)
    assert data["counts"] == {"error": 1, "warning": 0, "info": 0}
    (finding,) = data["findings"]
    assert (finding["code"], finding["file"]) == ("AUT501", "broken.yaml")
    assert (finding["line"], finding["column"], finding["end_column"]) == (8, 11, 19)
    assert finding["path"] == ["steps", "text", "uses"]


def test_without_a_file_the_project_is_checked(cli: Cli) -> None:
    Path("auterity.toml").write_text("")
    Path("workflows").mkdir()
    Path("workflows/a.yaml").write_text(SOUND)
    Path("workflows/other.yaml").write_text("just: yaml")
    Path("workflows/deep").mkdir()
    Path("workflows/deep/b.yml").write_text(SOUND)
    assert cli("validate").out.startswith("no findings in 2 files, ")


def test_nothing_to_check_is_code_3(cli: Cli) -> None:
    Path("notes.yaml").write_text("just: yaml")
    ended = cli("validate")
    assert ended.code == 3
    assert "auterity init" in ended.err


def test_a_file_that_is_not_there_is_code_2(cli: Cli) -> None:
    ended = cli("validate", "nowhere.yaml")
    assert (ended.code, ended.out) == (2, "")
    assert "nowhere.yaml cannot be read: no such file or directory" in ended.err


def test_warnings_alone_are_clean_unless_strict(cli: Cli) -> None:
    Path("warned.yaml").write_text(
        SOUND + "  ask:\n    receive: {event: x}\nends: {done: [pause, ask.received]}\n"
    )
    plain = cli("validate", "warned.yaml")
    assert "warning[" in plain.out
    assert plain.code == 0
    assert cli("validate", "warned.yaml", "--strict").code == 1


@pytest.mark.parametrize(
    "content", [b"", b"\x00\xff", b"[" * 5000, b"auterity: 1", b"auterity: 1\nsteps: 5"]
)
def test_any_content_gives_findings_and_no_traceback(cli: Cli, content: bytes) -> None:
    Path("x.yaml").write_bytes(content)
    ended = cli("validate", "x.yaml")
    assert ended.code == 1
    assert "error[" in ended.out


def test_text_of_a_file_cannot_move_the_cursor(cli: Cli) -> None:
    Path("x.yaml").write_text(
        SOUND + '  bad:\n    uses: "sms\\u001b[2Jsend\\u202e"\n    # \u202e hidden\n'
    )
    ended = cli("validate", "x.yaml", "--color", "never")
    assert ended.code == 1
    assert "\\x1b[2J" in ended.out
    assert not {"\x1b", "\u202e"} & set(ended.out)


def test_colour_is_asked_for_or_not_there(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("broken.yaml").write_text(BROKEN)
    assert "\x1b[" in cli("validate", "broken.yaml", "--color", "always").out
    assert "\x1b[" not in cli("validate", "broken.yaml").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in cli("validate", "broken.yaml").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in cli("validate", "broken.yaml").out


PYTHON = """\
from pathlib import Path
from auterity_sdk import wait, workflow

Path("imported").touch()

@workflow(name="mine")
def mine() -> None:
    pause = wait("1h")
"""


def test_a_python_file_is_imported_and_checked(cli: Cli) -> None:
    Path("mine.py").write_text(PYTHON)
    ended = cli("validate", "mine.py")
    assert ended.code == 0, ended.err
    assert Path("imported").exists()


def test_no_python_imports_nothing(cli: Cli) -> None:
    Path("auterity.toml").write_text('[project]\nsteps = ["mine"]\n')
    Path("mine.py").write_text(PYTHON)
    Path("sound.yaml").write_text(SOUND)
    assert cli("validate", "sound.yaml", "--no-python").code == 0
    assert cli("validate", "mine.py", "--no-python").code == 2
    assert not Path("imported").exists()


def test_a_module_that_fails_is_named_with_its_line(cli: Cli) -> None:
    Path("mine.py").write_text("x = 1\nraise RuntimeError('boom')\n")
    ended = cli("validate", "mine.py")
    assert ended.code == 2
    assert "mine.py:2: RuntimeError: boom" in ended.err


def test_a_module_that_ends_the_process_is_no_success(cli: Cli) -> None:
    Path("mine.py").write_text("import sys\nsys.exit(0)\n")
    ended = cli("validate", "mine.py")
    assert ended.code == 2
    assert "mine.py:2: SystemExit: 0" in ended.err
    Path("auterity.toml").write_text('[project]\nsteps = ["mine"]\n')
    Path("x.yaml").write_text("auterity: 1\nname: x\nsteps: {a: {wait: 1s}}\n")
    ended = cli("run", "x.yaml")
    assert ended.code == 2
    assert "step module `mine` cannot be imported: SystemExit: 0" in ended.err


def test_a_file_may_have_the_name_of_a_module_that_we_use(cli: Cli) -> None:
    Path("json.py").write_text(
        "from auterity_sdk import step, workflow\n\n"
        "@step\nasync def mine(n: int) -> None: ...\n\n"
        "@workflow(name='flow')\ndef flow(n: int) -> None:\n    made = mine(n=n)\n"
    )
    for _ in range(2):
        ended = cli("validate", "json.py", "--format", "json")
        assert ended.code == 0, ended.err
        assert json.loads(ended.out)["findings"] == []


def test_a_projects_step_types_are_known_to_yaml(cli: Cli) -> None:
    Path("auterity.toml").write_text('[project]\nsteps = ["our_steps"]\n')
    Path("our_steps.py").write_text(
        "from auterity_sdk import Output, step\n\n"
        "class Greeted(Output):\n    text: str\n\n"
        "@step(name='our.greet')\ndef greet(name: str) -> Greeted:\n    return Greeted(text=name)\n"
    )
    Path("x.yaml").write_text(
        "auterity: 1\nname: x\nsteps:\n  hello:\n    uses: our.greet\n    with: {name: Jordan, nmae: x}\n"
    )
    ended = cli("validate", "x.yaml", "--format", "json")
    assert [found["code"] for found in json.loads(ended.out)["findings"]] == ["AUT504"]


def test_a_path_through_a_file_is_code_2(cli: Cli) -> None:
    Path("x.yaml").write_text(SOUND)
    ended = cli("validate", "x.yaml/y.yaml")
    assert ended.code == 2
    assert "cannot be read: not a directory" in ended.err


def test_settings_with_a_wrong_key_are_code_2(cli: Cli) -> None:
    Path("auterity.toml").write_text("[project]\nstep = []\n")
    ended = cli("validate")
    assert ended.code == 2
    assert "auterity.toml: `project.step`" in ended.err


def test_files_that_are_found_are_named_from_here(cli: Cli) -> None:
    Path("auterity.toml").write_text("")
    Path("workflows").mkdir()
    Path("workflows/a.yaml").write_text(BROKEN)
    found = json.loads(cli("validate", "--format", "json").out)["findings"]
    assert {each["file"] for each in found} == {"workflows/a.yaml"}


def test_a_workflow_is_found_by_the_name_that_stands_in_it(cli: Cli) -> None:
    Path("auterity.toml").write_text("")
    Path("workflows").mkdir()
    Path("workflows/file.yaml").write_text(SOUND)
    assert cli("graph", "sound").out.startswith("sound\n")
    ended = cli("graph", "soond")
    assert ended.code == 2
    assert "a workflow with a similar name exists: `sound`" in ended.err

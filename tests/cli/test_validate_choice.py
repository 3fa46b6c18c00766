"""Which files `auterity validate` checks, and which verdicts it remembers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from auterity_sdk.runtime import verdicts
from tests.cli.conftest import Cli
from tests.git_folder import commit

SOUND = "auterity: 1\nname: sound\nsteps:\n  pause:\n    wait: 1h\n"
BROKEN = SOUND + "  text:\n    uses: sms.sent\n    with: {to: '+14195550188', body: hi}\n"


@pytest.fixture(autouse=True)
def project(cli: Cli) -> None:
    Path("auterity.toml").write_text("")
    for name in ("one", "two"):
        Path(f"{name}.yaml").write_text(SOUND.replace("sound", name))
    Path("other.yaml").write_text("just: yaml\n")
    Path(".gitignore").write_text(".cache\n")


def test_only_workflows_among_named_files(cli: Cli) -> None:
    assert cli("validate", "one.yaml", "other.yaml").code == 1
    ended = cli("validate", "--only-workflows", "one.yaml", "other.yaml")
    assert ended.code == 0
    assert ended.out.startswith("no findings in 1 file")
    ended = cli("validate", "--only-workflows", "other.yaml")
    assert (ended.code, ended.err) == (0, "")
    Path("bad.yaml").write_text("auterity: 1\nname: [")
    assert cli("validate", "--only-workflows", "bad.yaml").code == 1


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_a_workflow_in_a_wrong_encoding_is_not_passed_over(cli: Cli, encoding: str) -> None:
    text = SOUND.replace("name: sound", "name: other\ndescription: Zoë")
    Path("wrong.yaml").write_text(text, encoding=encoding)
    ended = cli("validate")
    assert ended.code == 1
    assert "AUT002" in ended.out


def test_what_cannot_be_read_is_not_passed_over(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("below").mkdir()
    Path("below/three.yaml").write_text(SOUND)
    kept: dict[str, Any] = {"iterdir": Path.iterdir, "read_bytes": Path.read_bytes}
    for name, place in (("iterdir", "below"), ("read_bytes", "three.yaml")):

        def refuse(path: Path, name: str = name, place: str = place) -> Any:
            if path.name == place:
                raise PermissionError(13, "Permission denied")
            return kept[name](path)

        with monkeypatch.context() as patch:
            patch.setattr(Path, name, refuse)
            ended = cli("validate")
        assert ended.code == 2
        assert f"{place} cannot be read: permission denied" in ended.err


def test_only_what_changed(cli: Cli) -> None:
    commit(Path())
    Path("two.yaml").write_text(BROKEN)
    ended = cli("validate", "--changed-since", "HEAD")
    assert ended.code == 1
    assert " in 1 file" in ended.out
    assert cli("validate", "--changed-since", "HEAD", "one.yaml").code == 0
    commit(Path())
    ended = cli("validate", "--changed-since", "HEAD")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("no findings in 0 files")
    assert cli("validate").code == 1


def test_a_revision_that_is_none_is_code_2(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(Path.cwd().parent))
    ended = cli("validate", "--changed-since", "HEAD")
    assert ended.code == 2
    assert "is in no git repository" in ended.err
    commit(Path())
    ended = cli("validate", "--changed-since", "nowhere")
    assert ended.code == 2
    assert "git knows no revision `nowhere` here" in ended.err


@pytest.mark.parametrize("format", ["text", "json", "sarif", "github", "gitlab", "junit"])
def test_a_second_run_checks_nothing_and_says_the_same(
    cli: Cli, format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("two.yaml").write_text(BROKEN)
    first = cli("validate", "--format", format)
    assert first.code == 1
    checked = []
    check = verdicts.check_document
    monkeypatch.setattr(
        verdicts, "check_document", lambda *a, **k: checked.append(a) or check(*a, **k)
    )
    second = cli("validate", "--format", format)
    assert not checked
    assert (second.code, second.err) == (first.code, first.err)
    timeless = [
        [line for line in ended.out.splitlines() if " ms" not in line and "time" not in line]
        for ended in (first, second)
    ]
    assert timeless[0] == timeless[1]
    assert len(timeless[0]) > 1 or format == "github"


def test_no_cache_neither_remembers_nor_is_reminded(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli("validate", "--no-cache").code == 0
    assert not Path(".cache").exists()
    assert cli("validate").code == 0
    assert Path(".cache/auterity/verdicts").is_dir()

    def never(*_: object, **__: object) -> None:
        raise AssertionError("checked")

    monkeypatch.setattr(verdicts.VerdictStore, "get", never)
    assert cli("validate", "--no-cache").code == 0


def test_a_fixed_file_is_checked_anew(cli: Cli) -> None:
    Path("two.yaml").write_text(BROKEN)
    assert cli("validate").code == 1
    Path("two.yaml").write_text(SOUND)
    assert cli("validate").code == 0


def test_verdicts_are_forgotten(cli: Cli) -> None:
    assert cli("cache", "clear").out == "0 verdicts forgotten\n"
    cli("validate")
    assert cli("cache", "clear").out == "2 verdicts forgotten\n"
    assert cli("cache", "clear").out == "0 verdicts forgotten\n"


def test_a_test_file_among_named_files_is_passed_over(cli: Cli) -> None:
    Path("flow.yaml").write_text("auterity: 1\nname: flow\nsteps: {pause: {wait: 1h}}\n")
    Path("flow.test.yaml").write_text("auterity_test: 1\ncases: {}\n")
    ended = cli("validate", "flow.yaml", "flow.test.yaml")
    assert ended.code == 0, ended.out
    assert "no findings in 1 file" in ended.out
    assert cli("validate", "flow.test.yaml").code == 3

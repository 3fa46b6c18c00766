"""`auterity knowledge`: documents are indexed, asked and measured from the command line."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.ai.model_server import Reply, serving
from tests.cli.conftest import Cli

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "examples" / "knowledge"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "auterity.toml").write_text('[knowledge.shop]\nfolders = ["docs"]\n')
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "menu.md").write_text("# Menu\n\n## Oil\n\nAn oil change costs $79.95.\n")
    (docs / "stock.csv").write_text("Stock,Model\nU1,Camry\nU2,Tacoma\n")
    return tmp_path


def test_documents_are_built_and_asked(cli: Cli, project: Path) -> None:
    ended = cli("knowledge", "build")
    assert (ended.code, ended.out) == (
        0,
        "shop: 2 files, 3 passages (2 added), by offline/hashed-1\n",
    )
    assert ended.err == "  added docs/menu.md (1 passage)\n  added docs/stock.csv (2 passages)\n"
    ended = cli("knowledge", "build")
    assert ended.out == "shop: 2 files, 3 passages (nothing has changed), by offline/hashed-1\n"
    ended = cli("knowledge", "query", "what does an oil change cost?", "--top", "1")
    assert ended.out == "1. docs/menu.md, Menu › Oil, line 5\n   An oil change costs $79.95.\n"
    ended = cli("knowledge", "query", "tacoma", "--top", "1", "--json")
    assert json.loads(ended.out) == {
        "model": "offline/hashed-1",
        "passages": [
            {
                "file": "docs/stock.csv",
                "headings": [],
                "row": 3,
                "text": "Stock: U2\nModel: Tacoma",
                "score": pytest.approx(0.03, abs=0.01),
            }
        ],
    }
    ended = cli("knowledge", "list")
    assert ended.out == "shop  docs  2 files, 3 passages, by offline/hashed-1\n"


def test_what_a_build_did_is_given_to_programs(cli: Cli, project: Path) -> None:
    cli("knowledge", "build")
    (project / "docs" / "menu.md").write_text("# Menu\n\nNew.\n")
    (project / "docs" / "stock.csv").unlink()
    (project / "docs" / "scan.pdf").write_bytes(b"%PDF-1.4")
    ended = cli("knowledge", "build", "shop", "--json")
    assert ended.code == 1
    told = json.loads(ended.out)
    (unreadable,) = told.pop("unreadable")
    assert unreadable["file"] == "docs/scan.pdf"
    assert unreadable["why"].startswith("it is no PDF")
    assert told.pop("tokens") > 0
    assert told == {
        "name": "shop",
        "model": "offline/hashed-1",
        "files": 1,
        "passages": 1,
        "unchanged": 0,
        "added": [],
        "changed": ["docs/menu.md"],
        "removed": ["docs/stock.csv"],
        "estimated": True,
        "usd": 0.0,
    }


def test_only_files_that_are_meant_are_read(cli: Cli, project: Path) -> None:
    (project / "auterity.toml").write_text(
        '[knowledge.shop]\nfolders = ["docs"]\ninclude = ["*.md"]\nexclude = ["drafts/*"]\n'
    )
    for folder in ("drafts", ".hidden"):
        (project / "docs" / folder).mkdir()
        (project / "docs" / folder / "new.md").write_text("Not yet.")
    (project / "docs" / "gone.md").symlink_to(project / "nowhere.md")
    ended = cli("knowledge", "build")
    assert ended.code == 1
    assert (
        ended.err == "  unreadable docs/gone.md: it is no file\n  added docs/menu.md (1 passage)\n"
    )


@pytest.mark.parametrize(
    ("settings", "command", "said"),
    [
        ("", ("build",), "the project names no documents"),
        ('[knowledge.a]\nfolders = ["docs"]', ("build", "b"), "there is no knowledge `b`"),
        ('[knowledge.a]\nfolders = ["docs"]', ("query", "x"), "the knowledge `a` was not built yet"),
        ('[knowledge.a]\nfolders = ["none"]', ("build",), "names the folder none, which is not there"),
        ('[knowledge.a]\nfolders = ["docs"]\n[knowledge.b]\nfolders = ["docs"]', ("query", "x"), "name one of a, b"),
        ("[knowledge.a]\nfolders = []", ("build",), "`knowledge.a.folders`"),
        ('[knowledge."../x"]\nfolders = ["docs"]', ("build",), "`knowledge.../x.[key]`"),
        ('[knowledge.a]\nfolders = ["docs"]\nconnection = "gpt"', ("build",), "there is no llm connection `gpt`"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told(
    cli: Cli, project: Path, settings: str, command: tuple[str, ...], said: str
) -> None:
    (project / "auterity.toml").write_text(settings)
    ended = cli("knowledge", *command)
    assert ended.code == 2
    assert said in ended.err


def test_what_a_providers_vectors_took_is_told(cli: Cli, project: Path) -> None:
    def vectors(body: dict[str, Any]) -> Reply:
        return Reply(vectors=[[1.0, 0.0]] * len(body["input"]), model="small", usage=(21, 0, 0))

    with serving(script=vectors) as server:
        (project / "auterity.toml").write_text(
            '[knowledge.shop]\nfolders = ["docs"]\n'
            f'[connections.llm]\nuse = "openai"\nmodel = "m"\nembedding_model = "small"\nbase_url = "{server.url}"\n'
        )
        ended = cli("knowledge", "build")
    assert ended.code == 0, ended.err
    # Once to know which model answers, and once for each file.
    assert ended.out.endswith("/small, 63 tokens (price not known)\n")


def test_nothing_found_is_no_answer(cli: Cli, project: Path) -> None:
    cli("knowledge", "build")
    ended = cli("knowledge", "query", "?!")
    assert (ended.code, ended.out, ended.err) == (3, "", "nothing is found\n")


def test_the_shipped_questions_are_measured(cli: Cli, tmp_path: Path) -> None:
    shutil.copytree(SHIPPED, tmp_path, dirs_exist_ok=True)
    assert cli("knowledge", "build").code == 0
    ended = cli(
        "knowledge", "measure", "questions.yaml", "--only", "own_words", "--fail-under", "0.9"
    )
    assert ended.code == 0
    assert ended.out.startswith("own_words: ")
    ended = cli(
        "knowledge", "measure", "questions.yaml", "--json", "--fail-under", "1", "--top", "1"
    )
    assert ended.code == 1
    measured = json.loads(ended.out)
    assert [(each["group"], each["questions"]) for each in measured] == [
        ("own_words", 40),
        ("other_words", 20),
    ]
    assert all(each["recall"] == 1 - len(each["missed"]) / each["questions"] for each in measured)


def test_wrong_questions_are_told(cli: Cli, project: Path) -> None:
    (project / "q.yaml").write_text("mine: [{ask: x, file: menu.md}]\n")
    ended = cli("knowledge", "measure", "q.yaml")
    assert ended.code == 2
    assert "q.yaml: mine.0.says: Field required" in ended.err
    assert cli("knowledge", "measure", "q.yaml", "--only", "x").code == 2


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_ctrl_c_and_kill_9_leave_an_index_that_is_right(
    cli: Cli, project: Path, how: signal.Signals
) -> None:
    for number in range(120):
        (project / "docs" / f"n{number:03}.md").write_text(f"# N{number}\n\n" + "word. " * 300)
    command = [sys.executable, "-m", "auterity_cli", "knowledge", "build"]
    with subprocess.Popen(command, cwd=project, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        told = [process.stderr.readline() for _ in range(3)]
        process.send_signal(how)
        rest = process.stderr.read()
    assert all(line.startswith("  added ") for line in told)
    assert process.returncode == (130 if how is signal.SIGINT else -signal.SIGKILL)
    done = 3 + rest.count("  added ")
    ended = cli("knowledge", "build", "--json")
    built = json.loads(ended.out)
    assert built["files"] == 122
    # What was told is in the index; the file that was under way may be too.
    assert built["unchanged"] in (done, done + 1)
    assert len(built["added"]) == 122 - built["unchanged"]


@pytest.mark.parametrize(
    ("library", "command", "said"),
    [
        ("numpy", ("query", "oil"), "vectors are compared by numpy, which is not installed"),
        ("pypdf", ("build",), "PDF files are read by pypdf, which is not installed"),
    ],
)
def test_a_library_that_is_missing_is_told(
    cli: Cli,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    library: str,
    command: tuple[str, ...],
    said: str,
) -> None:
    assert cli("knowledge", "build").code == 0
    (project / "docs" / "guide.pdf").write_bytes(b"%PDF-1.4")
    monkeypatch.setitem(sys.modules, library, None)
    ended = cli("knowledge", *command)
    assert ended.code == 2
    assert ended.err == f"error: {said}\n  help: pip install 'auterity[knowledge]'\n"

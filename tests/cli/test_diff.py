"""`auterity diff`, as a person, a program and a pull request see it."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from auterity_cli.output.diff_markdown import LONGEST, code, markdown
from auterity_cli.pairing import Pair
from tests.cli.conftest import Cli
from tests.git_folder import commit

OLD = """\
auterity: 1
name: greet
steps:
  pause:
    wait: 1h
  text:
    needs: pause
    uses: sms.send
    with: {to: "+14195550188", body: Hello}
guarantees:
  - text only after pause.ok
"""
NEW = """\
# another layout
auterity: 1
name: greet
steps:
  text:
    needs: [nap.ok]
    with: {body: Hi, to: "+14195550188"}
    uses: sms.send
  more:
    uses: sms.sent
    with: {to: "+14195550188", body: x}
  nap: {wait: 60m}
"""


def wrote(**files: str) -> None:
    for name, text in files.items():
        Path(f"{name}.yaml").write_text(text, encoding="utf-8")


def test_a_person_sees_what_changed_and_nothing_of_the_layout(cli: Cli) -> None:
    wrote(old=OLD, new=NEW)
    ended = cli("diff", "old.yaml", "new.yaml")
    assert (ended.code, ended.err) == (0, "")
    head, *lines = ended.out.splitlines()
    assert head.startswith("greet: ")
    assert lines == [
        "  ± step pause is now nap",
        "  + step more uses sms.sent",
        "  ~ step text",
        '    ~ with.body was "Hello" is "Hi"',
        "  - guarantee text only after nap.ok",
        "  + error[AUT501 unknown-step-type] there is no step type `sms.sent` at new.yaml:10:11",
    ]


def test_a_finding_that_is_gone_shows(cli: Cli) -> None:
    wrote(old=OLD, new=NEW)
    out = cli("diff", "new.yaml", "old.yaml").out
    assert "  - error[AUT501 unknown-step-type]" in out
    assert "  + guarantee text only after pause.ok" in out


def test_the_same_in_another_layout_has_no_changes(cli: Cli) -> None:
    wrote(
        old=OLD, new="# x\n" + OLD.replace("needs: pause", "needs: [pause.ok]").replace("1h", "60m")
    )
    ended = cli("diff", "old.yaml", "new.yaml", "--exit-code")
    assert (ended.code, ended.out) == (0, "greet: no changes\n")


def test_changes_are_code_8_where_it_is_asked_for(cli: Cli) -> None:
    wrote(old=OLD, new=NEW)
    assert cli("diff", "old.yaml", "new.yaml", "--exit-code").code == 8
    assert cli("diff", "old.yaml", "new.yaml").code == 0


def test_a_program_reads_json(cli: Cli) -> None:
    wrote(old=OLD, new=NEW)
    data = json.loads(cli("diff", "old.yaml", "new.yaml", "--format", "json").out)
    assert (data["format"], data["changed"]) == ("auterity-diff-1", True)
    (found,) = data["workflows"]
    assert found["steps"]["renamed"] == [{"old": "pause", "new": "nap"}]
    assert found["steps"]["added"] == [
        {"step": "more", "kind": "uses", "needs": [], "uses": "sms.sent"}
    ]
    (changed,) = found["steps"]["changed"]
    assert changed["changes"] == [{"path": ["with", "body"], "old": "Hello", "new": "Hi"}]
    assert found["guarantees"] == {"lost": ["text only after nap.ok"], "gained": []}
    assert [each["code"] for each in found["findings"]["added"]] == ["AUT501"]


def test_a_file_is_compared_with_a_revision(cli: Cli) -> None:
    Path("deep").mkdir()
    wrote(**{"deep/flow": OLD})
    first = commit(Path())
    wrote(**{"deep/flow": NEW})
    commit(Path())
    assert cli("diff", "deep/flow.yaml", "--rev", "HEAD").out == "greet: no changes\n"
    for revision in ("HEAD~1", first, first[:10]):
        ended = cli("diff", "deep/flow.yaml", "--rev", revision)
        assert "± step pause is now nap" in ended.out


@pytest.mark.parametrize("revision", ["nowhere", "--help", "--upload-pack=x", "HEAD:flow.yaml", ""])
def test_an_unknown_revision_is_code_2(cli: Cli, revision: str) -> None:
    wrote(flow=OLD)
    commit(Path())
    ended = cli("diff", "flow.yaml", f"--rev={revision}")
    assert ended.code == 2
    assert f"git knows no revision `{revision}` here" in ended.err


def test_outside_of_a_repository_is_code_2(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    wrote(flow=OLD)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(Path.cwd().parent))
    ended = cli("diff", "flow.yaml", "--rev", "HEAD")
    assert ended.code == 2
    assert "is in no git repository" in ended.err


def test_a_file_that_was_not_there_is_code_2(cli: Cli) -> None:
    wrote(flow=OLD)
    commit(Path())
    wrote(other=OLD)
    ended = cli("diff", "other.yaml", "--rev", "HEAD")
    assert ended.code == 2
    assert "other.yaml was not there at `HEAD`" in ended.err


@pytest.mark.parametrize("arguments", [["old.yaml"], ["old.yaml", "old.yaml", "--rev", "HEAD"]])
def test_two_versions_are_named(cli: Cli, arguments: list[str]) -> None:
    wrote(old=OLD)
    ended = cli("diff", *arguments)
    assert ended.code == 2
    assert "name either two files, or one and --rev" in ended.err


def test_what_cannot_be_read_is_not_compared(cli: Cli) -> None:
    wrote(old=OLD, new=NEW.replace("wait: 60m", "wait: 60 minutes"))
    ended = cli("diff", "old.yaml", "new.yaml")
    assert ended.code == 1
    assert "new.yaml is not read in full" in ended.err


PYTHON = """\
from auterity_sdk import wait, workflow

@workflow(name="{0}")
def one() -> None:
    pause = wait("{1}")

@workflow(name="both")
def both() -> None:
    pause = wait("1h")
"""


def test_workflows_of_python_files_are_paired_by_name(cli: Cli) -> None:
    Path("old.py").write_text(PYTHON.format("first", "1h"))
    Path("new.py").write_text(PYTHON.format("second", "1h"))
    out = cli("diff", "old.py", "new.py").out
    assert out.splitlines() == [
        "- workflow first is gone",
        "both: no changes",
        "+ workflow second is new",
    ]


HOSTILE = (
    "<script>alert(1)</script>",
    "@everyone",
    "![x](https://evil.example/x.png)",
    "``` ` ``",
    "`",
    "\n\n# heading\n\n- item",
    "<!-- ",
    "\u202e\x1b[2J",
    "| a | b |",
)


WORDS = ["Workflow", "added", "removed", "changed", "step", "was", "is", "guarantee", "at"]


class Tags(HTMLParser):
    """The tags in HTML, and the text that stands outside of code."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.outside = ""
        self._code = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)
        self._code += tag == "code"

    def handle_endtag(self, tag: str) -> None:
        self._code -= tag == "code"

    def handle_data(self, data: str) -> None:
        self.outside += "" if self._code else data


@pytest.mark.parametrize("text", HOSTILE)
def test_text_of_a_file_is_only_shown_in_a_comment(cli: Cli, text: str) -> None:
    wrote(
        old=OLD,
        new=OLD.replace("Hello", json.dumps(text)).replace(
            "text only after pause.ok", json.dumps(text)
        ),
    )
    ended = cli("diff", "old.yaml", "new.yaml", "--format", "markdown")
    assert ended.code == 0, ended.err
    found = Tags(MarkdownIt("commonmark").render(ended.out))
    assert found.tags <= {"h3", "ul", "li", "strong", "code", "p"}
    words = {word.strip(".") for word in found.outside.split()}
    assert words <= set(WORDS)
    assert not {"\x1b", "\u202e"} & set(ended.out)


@given(st.text())
def test_any_text_is_one_code_span(text: str) -> None:
    (block,) = MarkdownIt("commonmark").parse(f"x {code(text)} y")[1:2]
    assert [child.type for child in block.children or ()] == ["text", "code_inline", "text"]


def test_a_comment_is_not_longer_than_it_may_be() -> None:
    pairs = [Pair(f"flow-{number}", None, added=True) for number in range(3000)]
    text = markdown(pairs)
    assert LONGEST - 100 < len(text) < LONGEST + 100
    assert text.rstrip().endswith("lines more")
    assert markdown(pairs[:1]) == "### Workflow `flow-0`\n\n- **added**\n\n"

"""The server as a process, spoken to over its pipes as an editor does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.language_server.editor import PATIENCE, Editor, framed
from tests.language_server.reading import ROOT

SHIPPED = (ROOT / "workflows" / "lead-response.yaml").read_text(encoding="utf-8")


def place(text: str, part: str, behind: int = 0) -> tuple[int, int]:
    """The line and column of a part of a text."""
    assert text.count(part) == 1, part
    offset = text.index(part) + behind
    return text.count("\n", 0, offset), offset - text.rfind("\n", 0, offset) - 1


@pytest.fixture
def editor(tmp_path: Path) -> Iterator[Editor]:
    """An editor with a server of its own, which a test may end."""
    with Editor(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    """One server for all tests that leave it running, as an editor has one for all folders."""
    with Editor(tmp_path_factory.mktemp("shared")) as made:
        made.greet()
        yield made
        assert made.leave() == 0


@pytest.fixture
def shared(server: Editor, tmp_path: Path) -> Editor:
    """The shared server, with files in a folder of the test's own."""
    server.folder = tmp_path
    return server


def test_an_editor_from_hello_to_goodbye(editor: Editor) -> None:
    can = editor.greet()
    assert can["positionEncoding"] == "utf-16"
    assert can["textDocumentSync"]["change"] == 1
    uri = editor.open("lead-response.yaml", SHIPPED)
    assert editor.findings(uri) == []

    page = editor.at("hover", uri, *place(SHIPPED, "uses: sms.send", 8))
    assert page["contents"]["value"].startswith("**sms.send**")
    found = editor.at("completion", uri, *place(SHIPPED, "needs: consent.granted", 17))
    assert [item["label"] for item in found][:2] == ["consent.granted", "consent.denied"]
    step = editor.at("definition", uri, *place(SHIPPED, "needs: consent.granted", 9))
    assert step["uri"] == uri
    assert step["range"]["start"]["line"] == place(SHIPPED, "  consent:\n")[0]
    code = editor.at("definition", uri, *place(SHIPPED, "uses: sms.send", 8))
    assert code["uri"].endswith("/send.py")
    outline = editor.ask("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
    assert [each["name"] for each in outline] == ["input", "steps", "ends"]

    assert editor.leave() == 0


def test_a_mistake_is_found_and_mended(editor: Editor) -> None:
    editor.greet()
    uri = editor.open("lead-response.yaml", SHIPPED)
    version = editor.type(uri, SHIPPED.replace("needs: consent.granted", "needs: consent.grantd"))
    found = editor.findings(uri, version)
    (misspelt,) = (each for each in found if each["code"] == "AUT319")
    page = Path(misspelt["codeDescription"]["href"].removeprefix("file://"))
    assert page.read_text(encoding="utf-8").startswith("# AUT319 unknown-outcome (error)")
    actions = editor.ask(
        "textDocument/codeAction",
        {
            "textDocument": {"uri": uri},
            "range": misspelt["range"],
            "context": {"diagnostics": [misspelt]},
        },
    )
    (change,) = actions[0]["edit"]["documentChanges"]
    assert change["textDocument"]["version"] == version
    assert change["edits"][0]["newText"] == "consent.granted"
    assert actions[0]["diagnostics"][0]["code"] == "AUT319"
    assert editor.findings(uri, editor.type(uri, SHIPPED)) == []
    assert editor.leave() == 0
    assert not page.exists()


def test_only_the_newest_text_counts(shared: Editor) -> None:
    uri = shared.open("a.yaml", SHIPPED)
    for letter in range(30):
        shared.type(uri, SHIPPED + "#" * letter)
    last = shared.type(uri, SHIPPED.replace("uses: sms.send", "uses: sms.sent"))
    assert [each["code"] for each in shared.findings(uri, last)] == ["AUT501"]


def test_a_question_behind_an_edit_sees_the_edit(shared: Editor) -> None:
    uri = shared.open("a.yaml", SHIPPED)
    text = SHIPPED.replace("needs: consent.granted", "needs: hours.")
    shared.type(uri, text)
    found = shared.at("completion", uri, *place(text, "needs: hours.\n", 13))
    assert [item["label"] for item in found][:2] == ["hours.open", "hours.closed"]


@pytest.mark.parametrize(("encoding", "column"), [("utf-8", 31), ("utf-16", 27), ("utf-32", 26)])
def test_columns_are_counted_as_agreed(tmp_path: Path, encoding: str, column: int) -> None:
    text = SHIPPED.replace(
        "promising: score.score >= input.least_score",
        "promising: \"'\U0001f697\u20ac' != scor.reasons[0]\"",
    )
    with Editor(tmp_path, encodings=[encoding]) as editor:
        assert editor.greet()["positionEncoding"] == encoding
        uri = editor.open("a.yaml", text)
        (found,) = (each for each in editor.findings(uri) if "scor" in each["message"])
        assert found["range"]["start"]["character"] == column


def test_files_of_other_kinds_are_left_alone(shared: Editor) -> None:
    uri = shared.open("compose.yaml", "services:\n  web: {image: x, image: y}\n")
    assert shared.findings(uri) == []
    assert shared.at("hover", uri, 1, 3) is None
    assert shared.at("completion", uri, 1, 3) in ([], None)


def test_a_closed_file_has_no_findings(shared: Editor) -> None:
    uri = shared.open("a.yaml", "auterity: 1\n")
    assert shared.findings(uri) != []
    shared.tell("textDocument/didClose", {"textDocument": {"uri": uri}})
    assert shared.findings(uri) == []


MALFORMED = [
    b"Content-Length: 5\r\n\r\n{not}",
    b"Content-Length: 2\r\n\r\n[]",
    b"Content-Length: 4\r\n\r\nnull",
    b"Content-Length: 2\r\n\r\n\xff\xfe",
    b"Content-Length: x\r\n\r\n",
    b"Rubbish\r\n\r\n" + b"y" * 20_000 + b"\r\n",
    framed(b'{"jsonrpc": "2.0"}'),
    framed(b'{"jsonrpc": "1.0", "method": "x", "id": 1}'),
    framed(b'{"jsonrpc": "2.0", "id": "no-such", "result": 3}'),
    framed(b'{"jsonrpc": "2.0", "method": "no/such", "params": {}}'),
    framed(b'{"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": 3}'),
    framed(b'{"jsonrpc": "2.0", "method": "textDocument/didChange", "params": {"textDocument": {"uri": "x", "version": 1}, "contentChanges": [{"text": "auterity: \\ud800"}]}}'),
    framed(b'{"jsonrpc": "2.0", "method": "textDocument/didClose", "params": {"textDocument": {"uri": "nowhere"}}}'),
    framed(b'{"jsonrpc": "2.0", "id": 901, "method": "textDocument/hover", "params": {"textDocument": {"uri": "untitled:1"}, "position": {"line": 4294967, "character": 99}}}'),
    framed(b'{"jsonrpc": "2.0", "id": 902, "method": "textDocument/hover", "params": {}}'),
    framed(b"[" * 3000),
    framed(b"{" + b" " * 70_000_000 + b"}"),
]  # fmt: skip


def test_no_message_ends_the_server(editor: Editor) -> None:
    editor.greet()
    for content in MALFORMED:
        editor.send_bytes(content)
    uri = editor.open("a.yaml", SHIPPED)
    assert editor.findings(uri) == []
    assert editor.leave() == 0


def test_hostile_texts_are_answered(shared: Editor) -> None:
    for number, text in enumerate(
        ("auterity: 1\n" + "[" * 50_000, "auterity: 1\nsteps: " + "{a: " * 200, "auterity: \ud83d\n", "\ufeffauterity: 1\r\rsteps:\u2028")
    ):  # fmt: skip
        uri = shared.open(f"{number}.yaml", text)
        assert shared.findings(uri) != []
        shared.at("hover", uri, 1, 5)
        shared.at("completion", uri, 1, 5)


def test_the_server_ends_with_its_editors_pipes(editor: Editor) -> None:
    editor.greet()
    editor.open("a.yaml", SHIPPED)
    assert editor.process.stdin is not None
    editor.process.stdin.close()
    assert editor.process.wait(PATIENCE) is not None


def test_goodbye_without_shutdown_is_no_success(editor: Editor) -> None:
    editor.greet()
    editor.tell("exit", None)
    assert editor.process.wait(PATIENCE) == 1


@pytest.mark.skipif(
    sys.platform == "win32", reason="a process cannot be asked for without a signal"
)
def test_the_server_ends_when_its_editor_is_killed(editor: Editor) -> None:
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    editor.greet(process=other.pid)
    uri = editor.open("a.yaml", SHIPPED)
    assert editor.findings(uri) == []
    os.kill(other.pid, signal.SIGKILL)
    other.wait()
    assert editor.process.wait(PATIENCE) is not None


STEPS = '''
from auterity_sdk import step

print("this must not get between the messages")

@step
async def greet(name: str) -> None:
    """Say hello."""
'''
GREETING = """\
auterity: 1
name: greeting
steps:
  hello:
    uses: greet
    with: {name: you}
"""


def project(folder: Path) -> None:
    (folder / "auterity.toml").write_text(
        '[project]\nsteps = ["shop_steps"]\nworkflows = ["flows"]\n'
    )
    (folder / "shop_steps.py").write_text(STEPS)
    (folder / "flows").mkdir()
    (folder / "flows" / "greeting.yaml").write_text(GREETING)


def test_a_projects_own_step_types_are_known_and_read_again(shared: Editor) -> None:
    project(shared.folder)
    uri = shared.open("flows/greeting.yaml", GREETING)
    assert shared.findings(uri) == []
    page = shared.at("hover", uri, 4, 12)
    assert "Say hello." in page["contents"]["value"]
    code = shared.at("definition", uri, 4, 12)
    assert code["uri"].endswith("/shop_steps.py")

    (shared.folder / "shop_steps.py").write_text(STEPS.replace("name: str", "title: str"))
    changed = [{"uri": (shared.folder / "shop_steps.py").as_uri(), "type": 2}]
    shared.tell("workspace/didChangeWatchedFiles", {"changes": changed})
    assert {each["code"] for each in shared.findings(uri)} == {"AUT505", "AUT504"}


def test_no_python_imports_nothing_of_the_project(tmp_path: Path) -> None:
    project(tmp_path)
    (tmp_path / "shop_steps.py").write_text("raise SystemExit(9)\n")
    with Editor(tmp_path, "--no-python") as editor:
        editor.greet()
        uri = editor.open("flows/greeting.yaml", GREETING)
        assert [each["code"] for each in editor.findings(uri)] == ["AUT501"]
        assert editor.leave() == 0


def test_a_project_that_cannot_be_read_is_told(shared: Editor) -> None:
    project(shared.folder)
    (shared.folder / "shop_steps.py").write_text("1 / 0\n")
    uri = shared.open("flows/greeting.yaml", GREETING)
    told = shared.wait(lambda message: message.get("method") == "window/showMessage")
    assert "the step module `shop_steps` cannot be imported" in told["params"]["message"]
    assert [each["code"] for each in shared.findings(uri)] == ["AUT501"]


def test_a_called_workflow_is_found_in_the_project(shared: Editor) -> None:
    project(shared.folder)
    text = "auterity: 1\nname: caller\nsteps:\n  go:\n    call: greeting\n"
    uri = shared.open("caller.yaml", text)
    assert shared.findings(uri) == []
    found = shared.at("definition", uri, 4, 12)
    assert found["uri"].endswith("/flows/greeting.yaml")


def test_the_projects_settings_judge_findings(shared: Editor) -> None:
    project(shared.folder)
    unused = GREETING.replace("steps:", "input: {who: string}\nsteps:")
    uri = shared.open("flows/greeting.yaml", unused)
    assert [each["severity"] for each in shared.findings(uri)] == [2]
    settings = shared.folder / "auterity.toml"
    settings.write_text(settings.read_text() + '[rules]\nunused-input = "error"\n')
    changed = [{"uri": settings.as_uri(), "type": 2}]
    shared.tell("workspace/didChangeWatchedFiles", {"changes": changed})
    assert [each["severity"] for each in shared.findings(uri)] == [1]


def test_two_projects_may_name_their_modules_alike(shared: Editor) -> None:
    for name in ("one", "other"):
        (shared.folder / name).mkdir()
        project(shared.folder / name)
    module = shared.folder / "other" / "shop_steps.py"
    module.write_text(STEPS.replace("name: str", "title: str"))
    one = shared.open("one/flows/greeting.yaml", GREETING)
    assert shared.findings(one) == []
    other = shared.open("other/flows/greeting.yaml", GREETING)
    assert {each["code"] for each in shared.findings(other)} == {"AUT505", "AUT504"}


def test_a_module_that_ends_the_process_does_not_end_the_server(shared: Editor) -> None:
    project(shared.folder)
    (shared.folder / "shop_steps.py").write_text("raise SystemExit(9)\n")
    uri = shared.open("flows/greeting.yaml", GREETING)
    told = shared.wait(lambda message: "SystemExit: 9" in str(message.get("params")))
    assert told["method"] == "window/showMessage"
    assert [each["code"] for each in shared.findings(uri)] == ["AUT501"]

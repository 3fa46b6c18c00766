"""Going to where something is defined, and the outline of a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from auterity_cli.language_server.definition import definition
from auterity_cli.language_server.symbols import symbols
from auterity_sdk.steps.builtin.sms.send import send
from tests.language_server.reading import marked, read
from tests.language_server.test_completion import FILE, file

URI = "file:///x.yaml"


def target(text: str) -> str | None:
    """The line that the thing at the mark leads to."""
    bare, offset = marked(text)
    found = definition(read(bare), offset, URI, lambda name: None, lambda name: None)
    if found is None:
        return None
    assert found.uri == URI
    return bare.splitlines()[found.range.start.line].strip()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (FILE.replace("needs: dedupe.new", "needs: ded¦upe.new"), "dedupe:"),
        (FILE.replace("duplicate: dedupe.dup", "duplicate: dedupe.du¦p"), "dedupe:"),
        (file("needs: {one: [score, repl¦y.timeout]}\nwait: 1h"), "reply:"),
        (file("when: sco¦re.score > 3\nwait: 1h"), "score:"),
        (file("when: score.sc¦ore > 3\nwait: 1h"), "score:"),
        (file("when: outcome.rep¦ly == 'timeout'\nwait: 1h"), "reply:"),
        (file("when: input.le¦ast > 3\nwait: 1h"), "least: {type: number, default: 40}"),
        (FILE.replace("item.vin", "it¦em.vin"), "for_each:"),
        (FILE.replace("then:\n", "then:\n          needs: lo¦ok\n"), "look:"),
        (FILE.replace("then:\n", "then:\n          when: sco¦re.score > 1\n"), "score:"),
        (file("when: input.lead.trade_ins[0].vi¦n == ''\nwait: 1h"), "lead: Lead"),
        (file("when: size(score.reasons).last¦ > 1\nwait: 1h"), None),
        (file("when: siz¦e(score.reasons) > 1\nwait: 1h"), None),
        (file("needs: nowh¦ere\nwait: 1h"), None),
        (file('uses: sms.send\nwith: {to: "${sco¦re.'), "score:"),
    ],
)
def test_a_name_leads_to_its_key(text: str, line: str | None) -> None:
    assert target(text) == line


def test_in_json_too() -> None:
    text = '{"auterity": 1, "name": "a", "steps": {\n"one": {"wait": "1h"},\n"two": {"needs": "on¦e", "wait": "1h"}}}'
    assert target(text) == '"one": {"wait": "1h"},'


def test_a_called_workflow_leads_to_its_file(tmp_path: Path) -> None:
    bare, offset = marked(file("call: chi¦ld@3"))
    asked = []

    def find(name: str) -> Path:
        asked.append(name)
        return tmp_path / "child.yaml"

    found = definition(read(bare), offset, URI, find, lambda name: None)
    assert found is not None
    assert (asked, found.uri) == (["child"], (tmp_path / "child.yaml").as_uri())


def test_a_step_type_leads_to_its_code() -> None:
    bare, offset = marked(file("uses: sms.se¦nd"))
    found = definition(read(bare), offset, URI, lambda name: None, lambda name: send.function)
    assert found is not None
    assert found.uri.endswith("/steps/builtin/sms/send.py")
    assert found.range.start.line > 0


def test_the_outline_of_a_file() -> None:
    analysis = read(FILE.replace("    STEP\n", "    needs: each\n    wait: 1h\n"))
    inputs, steps, ends = symbols(analysis)
    assert [each.name for each in inputs.children or ()] == ["lead", "least"]
    assert [each.name for each in ends.children or ()] == ["duplicate", "done"]
    told = {each.name: each for each in steps.children or ()}
    assert told["score"].detail == "uses lead.score"
    assert told["reply"].detail == "receive"
    assert [each.name for each in told["each"].children or ()] == ["look", "then"]
    assert told["score"].selection_range.start.line == 9
    assert told["score"].range.end.line == 12

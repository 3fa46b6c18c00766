"""Where the cursor is, also in a text that no reader of YAML takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auterity_cli.language_server.cursor import Cursor, cursor_at
from auterity_cli.language_server.outline import Outline
from auterity_cli.language_server.positions import Lines
from auterity_sdk.diagnostics import Location, Path
from auterity_sdk.runtime.project import workflow_files
from auterity_sdk.workflow.document import load_document
from tests.language_server.reading import ROOT, marked

HEAD = "auterity: 1\nsteps:\n  a:\n    uses: x\n"
REST = "\n  b:\n    uses: y\n"


def at(text: str) -> Cursor | None:
    bare, offset = marked(text)
    return cursor_at(Outline(Lines(bare)), offset)


KEYS: list[tuple[str, Path, str]] = [
    ("st¦", (), "st"),
    (HEAD + "    ne¦" + REST, ("steps", "a"), "ne"),
    (HEAD + "    ¦" + REST, ("steps", "a"), ""),
    (HEAD + "  ¦" + REST, ("steps",), ""),
    (HEAD + "    wi¦th: {}" + REST, ("steps", "a"), "with"),
    (HEAD + "    with:\n      bo¦\n      to: 3" + REST, ("steps", "a", "with"), "bo"),
    (HEAD + "    retry: {att¦" + REST, ("steps", "a", "retry"), "att"),
    (HEAD + "    retry: {attempts: 3, ma¦}" + REST, ("steps", "a", "retry"), "ma"),
    (HEAD + "    needs: [b, {on¦" + REST, ("steps", "a", "needs", 1), "on"),
    ("triggers:\n- web¦hook: {}\n", ("triggers", 0), "webhook"),
    ('{"auterity": 1,\n "steps": {"a": {"us¦es": "sm"}}}', ("steps", "a"), "uses"),
]


@pytest.mark.parametrize(("text", "path", "key"), KEYS)
def test_a_key(text: str, path: Path, key: str) -> None:
    found = at(text)
    assert found is not None
    assert (found.is_key, found.path, found.key) == (True, path, key)


VALUES: list[tuple[str, Path, str]] = [
    (HEAD + "    timeout: ¦" + REST, ("steps", "a", "timeout"), ""),
    (HEAD + "    needs: {one: [b.ok, c¦]}" + REST, ("steps", "a", "needs", "one", 1), "c"),
    (
        HEAD + "    needs:\n      one:\n        [b, c¦]" + REST,
        ("steps", "a", "needs", "one", 1),
        "c",
    ),
    (HEAD + "    needs:\n      - b\n      - ¦" + REST, ("steps", "a", "needs", 1), ""),
    (HEAD + "    needs:\n    - b\n    - c¦" + REST, ("steps", "a", "needs", 1), "c"),
    (HEAD + '    with: {to: "${inp¦' + REST, ("steps", "a", "with", "to"), '"${inp'),
    (HEAD + '    with: {to: "a, b: {", body: ¦' + REST, ("steps", "a", "with", "body"), ""),
    (
        HEAD + "    with: {to: ${f({'a': 1}, b)¦" + REST,
        ("steps", "a", "with", "to"),
        "${f({'a': 1}, b)",
    ),
    (HEAD + "    when: a &&¦ # why" + REST, ("steps", "a", "when"), "a &&"),
    ('{"auterity": 1, "steps": {"a": {"uses": "sm¦"}}}', ("steps", "a", "uses"), '"sm'),
]


@pytest.mark.parametrize(("text", "path", "before"), VALUES)
def test_a_value(text: str, path: Path, before: str) -> None:
    found = at(text)
    assert found is not None
    assert (found.is_key, found.path, found.before) == (False, path, before)


def test_a_block_of_text_is_one_value() -> None:
    found = at(HEAD + "    with:\n      body: |\n        # hi\n        b: ¦c\n" + REST)
    assert found is not None
    assert found.path == ("steps", "a", "with", "body")
    assert found.whole == "|\n        # hi\n        b: c"


@pytest.mark.parametrize("text", ["auterity: 1 # v¦", "# no¦te\n", HEAD + "    when: a # b ¦"])
def test_nothing_is_in_a_comment(text: str) -> None:
    assert at(text) is None


def test_an_open_bracket_ends_with_its_indentation() -> None:
    found = at(HEAD + '    with: {to: "\n  b:\n    us¦es: y\n')
    assert found is not None
    assert found.path == ("steps", "b")


@pytest.mark.parametrize(
    "file", list(workflow_files((ROOT / "workflows",))), ids=lambda file: file.stem
)
def test_the_outline_agrees_with_the_reader(file: object) -> None:
    text = (ROOT / "workflows" / str(file)).read_text(encoding="utf-8")
    document = load_document(text, file="x")
    entries = Outline(Lines(text)).entries
    assert len(entries) > 50
    for entry in entries:
        if isinstance(entry.path[-1], str):
            span = document.source.span(Location(entry.path, "key"))
            assert (span.start, span.end) == entry.key


WORDS = ["a", "steps", "&x ", "---", "\U0001f697", "\n", "\n  ", "\n    ", " ", "\t", "\r"]
SIGNS = ["- ", ":", ": ", "{", "}", "[", "]", ", ", '"', "'", "|", ">", "${", "#", "? "]
PIECES = st.lists(st.sampled_from([*WORDS, *SIGNS]))


@given(PIECES, st.data())
def test_any_text_has_a_place_at_every_offset(pieces: list[str], data: st.DataObject) -> None:
    text = "".join(pieces)
    offset = data.draw(st.integers(0, len(text)))
    found = cursor_at(Outline(Lines(text)), offset)
    if found is not None:
        assert 0 <= found.start <= max(found.end, found.offset) <= len(text)


HOSTILE = [
    "a" + " " * 200_000,
    "k: " + "&" * 200_000 + " x",
    "k: " + "! & " * 50_000 + "x",
    "k: {" + "a: ${b}, " * 20_000,
    "k: {" + "a: ${{, " * 20_000,
    '"' * 100_000,
    "- " * 20_000,
    "\n".join(" " * depth + "a:" for depth in range(2_000)),
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:9])
def test_a_long_line_is_read_once(text: str) -> None:
    lines = Lines(text)
    found = cursor_at(Outline(lines), len(text))
    assert found is None or found.offset == len(text)

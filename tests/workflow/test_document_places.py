"""Every span slices to the text that it names, in every style of YAML."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auterity_sdk.diagnostics import Location, Part, Path, SourceMap
from auterity_sdk.workflow.document import YamlSource, load_document

TEXT = """\
# a comment
auterity: 1
steps:
  text:
    needs: [a.ok, "b\\u002Eok"]
    with:
      to: ${input.lead.phone}
      body: |
        Hi ${input.name},
          it is here.

  call: {uses: task.assign, with: {due: 5m}}
empty:
list:
- x: 1
- - y
"""


def source(text: str) -> YamlSource:
    return load_document(text, file="flow.yaml").source


def named(
    text: str, path: Path, part: Part = "value", fragment: tuple[int, int] | None = None
) -> str:
    """The text that the span slices, checked to be the same by offsets as by lines and columns."""
    where = source(text)
    span = where.span(Location(path, part, fragment))
    if span.line == span.end_line:
        assert (
            where.line(span.line)[span.column - 1 : span.end_column - 1]
            == text[span.start : span.end]
        )
    return text[span.start : span.end]


def test_the_source_is_a_source_map() -> None:
    where: SourceMap = source(TEXT)
    assert where.file == "flow.yaml"
    assert where.line(2) == "auterity: 1"
    assert where.line(0) == where.line(99) == ""


@pytest.mark.parametrize(
    ("path", "part", "text"),
    [
        (("auterity",), "key", "auterity"),
        (("auterity",), "value", "1"),
        (("steps", "text"), "key", "text"),
        (("steps", "text", "needs"), "value", '[a.ok, "b\\u002Eok"]'),
        (("steps", "text", "needs", 1), "value", '"b\\u002Eok"'),
        (("steps", "text", "needs", 1), "key", '"b\\u002Eok"'),
        (("steps", "text", "with", "to"), "value", "${input.lead.phone}"),
        (
            ("steps", "text", "with", "body"),
            "value",
            "|\n        Hi ${input.name},\n          it is here.",
        ),
        (("steps", "call"), "value", "{uses: task.assign, with: {due: 5m}}"),
        (("empty",), "value", ""),
        (("list", 0), "value", "x: 1"),
        (("list", 1, 0), "value", "y"),
        (("list",), "value", "- x: 1\n- - y"),
    ],
)
def test_a_span_slices_to_what_it_names(path: Path, part: Part, text: str) -> None:
    assert named(TEXT, path, part) == text


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (("name",), "auterity"),
        (("steps", "text", "with", "due", "x"), "with"),
        (("steps", "text", "needs", 7), "needs"),
        (("list", 0, "z"), "x"),
        (("list", 1, 4), "y"),
        (("auterity", "x"), "auterity"),
    ],
)
def test_a_path_that_is_not_there_gives_its_nearest_ancestor(path: Path, text: str) -> None:
    assert named(TEXT, path) == text
    assert named(TEXT, path, "key") == text


def test_a_file_without_data_has_a_place() -> None:
    span = source("").span(Location(("a",)))
    assert (span.line, span.column, span.end) == (1, 1, 0)


def test_lines_and_columns_count_from_one_in_code_points() -> None:
    span = source("é: 1\r\n😀: {b: 😀x}\r\n").span(Location(("😀", "b")))
    assert (span.line, span.column, span.end_line, span.end_column) == (2, 8, 2, 10)


def test_a_place_behind_an_alias_is_in_the_anchored_value() -> None:
    text = "a: &x {b: {c: 1}}\nd: *x\n"
    assert named(text, ("d",)) == "*x"
    assert named(text, ("d", "b", "c"), "key") == "c"
    assert source(text).span(Location(("d", "b", "c"))).line == 1


def test_the_first_of_two_equal_keys_is_the_place() -> None:
    assert source("a: 1\na: 2\n").span(Location(("a",))).line == 1


@pytest.mark.parametrize(
    ("text", "path", "raw"),
    [
        ("a: 1.10", ("a",), "1.10"),
        ("a: [010]", ("a", 0), "010"),
        ("a: &x 1.0\nb: *x", ("b",), "1.0"),
        ("a: '1.10'", ("a",), None),
        ("a: {}", ("a",), None),
        ("a: 1", ("b",), None),
        ("a: x\n  y", ("a",), "x y"),
    ],
)
def test_the_exact_text_of_a_plain_scalar(text: str, path: Path, raw: str | None) -> None:
    assert source(text).raw_scalar(path) == raw


@pytest.mark.parametrize(
    "scalar",
    [
        "one ${WORD} two",
        "one\n  two\n\n\n  three ${WORD} four",
        "'it''s ${WORD}'",
        "'it''s\n\n   ${WORD} '",
        '"a\\tb\\u20ac\\U0001F600\\x41\\" ${WORD}"',
        '"\\ud83d\\ude00 ${WORD}"',
        '"a \\\n   b\n\n  c \\\n\n  ${WORD} "',
        "|\n  a\n    b\n\n  ${WORD} c\n",
        "|2-\n    a\n  ${WORD}",
        "|+2\n\n     a\n  ${WORD}\n\n\n",
        ">\n  a\n  b\n\n\n  c ${WORD}\n  d\n",
        ">-\n  a\n    more\n    more\n  b\n\n    ${WORD}\n\n",
        "> # comment\n\n\n  a\n  \tb\n  ${WORD}",
        "|\r\n  a\r\n  ${WORD}\r\n",
        '"a\r\n\r\n  ${WORD}"',
        "!!str &x 'a ${WORD}'",
        "&x !!str |\n  a\n  ${WORD}",
    ],
)
def test_a_fragment_is_found_in_every_style(scalar: str) -> None:
    text = f"list:\n- key: {scalar.replace(chr(10), chr(10) + '  ')}\n"
    document = load_document(text, file="flow.yaml")
    value = document.data["list"][0]["key"]
    place = value.index("WORD")
    for first, stop in ((place, place + 4), (place - 2, place + 5)):
        span = document.source.span(Location(("list", 0, "key"), "value", (first, stop)))
        assert text[span.start : span.end] == value[first:stop]
        assert span.line == span.end_line


def test_a_fragment_of_a_key_and_bounds_that_are_too_wide() -> None:
    text = '"a\\tb": "c\\td"'
    assert named(text, ("a\tb",), "key", (1, 3)) == "\\tb"
    assert named(text, ("a\tb",), "value", (2, 99)) == "d"
    assert named(text, ("a\tb",), "value", (3, 3)) == ""
    assert named("a: ''", ("a",), "value", (0, 4)) == ""
    assert named("a: {b: 1}", ("a",), "value", (0, 1)) == "{b: 1}"


def leaves(data: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    match data:
        case dict():
            for key, value in data.items():
                yield from leaves(value, (*path, key))
        case list():
            for index, value in enumerate(data):
                yield from leaves(value, (*path, index))
        case _:
            yield path, data


LINES = st.lists(st.text("ab \t'\"\\#:é😀$", max_size=6), min_size=1, max_size=7)


def block(style: str, chomp: str, indent: int, lines: list[str]) -> str:
    return f"{style}{chomp}\n" + "\n".join(" " * indent + line for line in lines)


SCALARS = st.one_of(
    st.builds(
        block, st.sampled_from("|>"), st.sampled_from(["", "-", "+"]), st.integers(1, 5), LINES
    ),
    st.builds(
        block, st.sampled_from("|>"), st.sampled_from(["1", "2-", "+3"]), st.integers(3, 6), LINES
    ),
    LINES.map(lambda lines: "'" + "\n ".join(lines).replace("'", "''") + "'"),
    LINES.map(
        lambda lines: '"' + "\n ".join(lines).replace("\\", "\\\n ").replace('"', '\\"') + '"'
    ),
    LINES.map(lambda lines: "x" + "\n ".join(lines)),
)


@given(SCALARS, SCALARS)
def test_each_character_of_a_text_has_its_place(first: str, second: str) -> None:
    text = f"- a: {first}\n- b: {second}\n"
    document = load_document(text, file="flow.yaml")
    for path, value in leaves(document.data):
        if not isinstance(value, str):
            continue
        whole = document.source.span(Location(path))
        before = whole.start
        for index, character in enumerate(value):
            span = document.source.span(Location(path, "value", (index, index + 1)))
            written = text[span.start : span.end]
            assert before <= span.start <= span.end
            assert written in (character, "''") or written[0] in "\\\n"
            before = span.end

"""Writing is canonical: it reads back as the same data, for our loader and for YAML 1.1 readers."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from auterity_sdk.workflow.document import load_document, write_document
from auterity_sdk.workflow.document import nodes as nodes_module

HOSTILE = [
    "no", "Yes", "ON", "y", "null", "~", "", "true", "010", "0o7", "0x1F", "0b1", "1_000", "12:30:45", "1.10", "1e3", ".5",
    ".inf", ".NaN", "2024-01-02", "2024-01-02 10:00:00", "=", "<<", "---", "...", "- a", "-", "?", "? a", ": a", "a:", "a: b",
    "a #b", "a#b", "#a", "&a", "*a", "!a", "!!str", "|", ">", "%a", "@a", "`a", "'a'", '"a"', "a'b\"c", "\\n", "{a}", "[a]",
    "${input.x}", "a, b", " a", "a ", "\ta", "a\tb", "a\n", "a\nb", "\na", "\n", " \n ", "a\n\n", "a\n b\n", "  a\nb", "a\r\nb",
    "a\n\n\nb", "a\n  \nb", "#a\n", "a\n---\nb", "\x00", "\x1b[31m", "\x7f", "\x85", "\xa0", "\u2028", "\ufeff", "\u202e", "é",
    "😀", "👩‍🔧", "a" * 500, "- " * 60, "\u3000a", "%YAML 1.2", "a\n%TAG", "\ue000\\ud83d\\ude00", "\ue000", "x: |\n  y",
]  # fmt: skip
TEXTS = st.one_of(
    st.text(), st.sampled_from(HOSTILE), st.text(" \n\t#:-?,[]{}&*!|>'\"%@`a0.é", max_size=12)
)
SCALARS = st.one_of(
    TEXTS, st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.just(10**300)
)  # fmt: skip
DATA = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXTS, inner, max_size=5),
    max_leaves=25,
)


def read(text: str) -> Any:
    document = load_document(text, file="f.yaml")
    assert document.diagnostics == ()
    return document.data


def same(first: Any, second: Any) -> bool:
    """Equal in value, type, order of keys and sign of zero."""
    return repr(first) == repr(second)


@given(DATA)
@example({"a" * 78: [], "b" * 90: {"c" * 200: {}}, "d" * 2_000: [{"e" * 2_000: ["f"]}]})
def test_what_is_written_is_read_back(data: Any) -> None:
    text = write_document(data)
    assert same(read(text), data)
    assert write_document(read(text)) == text
    assert text.endswith("\n")


@given(DATA)
def test_a_yaml_1_1_reader_sees_the_same_data(data: Any) -> None:
    # PyYAML's own scanner is the strictest on what may stand without quotes.
    for loader in (yaml.CSafeLoader, yaml.SafeLoader):
        assert same(yaml.load(write_document(data), loader), data)  # noqa: S506  # both are safe


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("shape", ["root", "list", "value", "key", "flow", "deep"])
def test_hostile_text_stays_text_everywhere(text: str, shape: str) -> None:
    data = {
        "root": text,
        "list": [text, [text]],
        "value": {"a": text, "b": 1},
        "key": {text: text},
        "flow": {"a": [text, "b"]},
        "deep": {"a": [{"b": {text: [text, {"c": text}]}}]},
    }[shape]
    written = write_document(data)
    assert same(read(written), data)
    assert nodes_module.read_nodes(written, yaml.SafeLoader).failure is None


@given(DATA.filter(lambda data: isinstance(data, dict | list)))
@example({"a": "\x7f"})
def test_json_is_read_as_json_reads_it(data: Any) -> None:
    for text in (json.dumps(data), json.dumps(data, indent="\t")):
        document = load_document(text, file="f.json")
        if document.ok:
            assert document.data == data
        else:  # DEL, keys of over 1,024 characters, and the characters that stand in for surrogates
            assert re.search("[\x7f\ue000-\ue7ff]", json.dumps(data, ensure_ascii=False)) or (
                re.search(r'"[^"]{1000,}":', text)
            )


WORKFLOW = {
    "auterity": 1,
    "name": "lead-response",
    "labels": {"team": "bdc"},
    "input": {"lead": "Lead", "min_score": {"type": "number", "default": 50, "minimum": 0.0}},
    "steps": {
        "dedupe": {"uses": "lead.deduplicate", "with": {"lead": "${input.lead}", "window": "30d"}},
        "route": {
            "switch": {
                "no_phone": "!has(input.lead.phone)",
                "hot": "score.score >= 80",
                "cold": "else",
            }
        },
        "text": {
            "needs": {"any": ["route.hot", "route.warm"]},
            "with": {
                "body": "Hi ${a},\nit's here.\n",
                "to": "${input.phone}",
                "note": 'it\'s: "x"',
            },
            "cc": [],
            "extra": [["a", {"b": None}], {"c": {}}],
        },
    },
    "zip": "02134",
}

CANONICAL = """\
auterity: 1
name: lead-response
labels: {team: bdc}
input:
  lead: Lead
  min_score: {type: number, default: 50, minimum: 0.0}
steps:
  dedupe:
    uses: lead.deduplicate
    with:
      lead: ${input.lead}
      window: 30d
  route:
    switch: {no_phone: "!has(input.lead.phone)", hot: score.score >= 80, cold: else}
  text:
    needs:
      any: [route.hot, route.warm]
    with:
      body: |
        Hi ${a},
        it's here.
      to: ${input.phone}
      note: 'it''s: "x"'
    cc: []
    extra:
      - - a
        - {b: null}
      - c: {}
zip: "02134"
"""


def test_the_canonical_form() -> None:
    assert write_document(WORKFLOW) == CANONICAL


def test_top_level_keys_can_be_ordered() -> None:
    assert (
        write_document({"b": 1, "a": 2, "c": 3}, key_order=["c", "x", "a"]) == "c: 3\na: 2\nb: 1\n"
    )


@pytest.mark.parametrize("data", [{1: "a"}, {"a": object()}, {"a": {1, 2}}, [b"a"]])
def test_other_types_are_refused(data: Any) -> None:
    with pytest.raises(TypeError):
        write_document(data)


@pytest.mark.parametrize("data", ["\ud800", {"a": ["x\udfff"]}, [10**5_000], [-(10**5_000)]])
def test_what_no_reader_could_read_is_refused(data: Any) -> None:
    with pytest.raises(ValueError, match=r"surrogate|digits"):
        write_document(data)


def nested(depth: int) -> list[Any]:
    data: list[Any] = []
    for _ in range(depth - 1):
        data = [data]
    return data


def test_what_is_nested_too_deeply_to_be_read_is_refused() -> None:
    assert read(write_document(nested(64))) == nested(64)
    endless: list[Any] = []
    endless += [endless, endless]
    for data in (nested(65), endless):
        with pytest.raises(ValueError, match="64 deep"):
            write_document(data)


def test_infinities_are_written_as_yaml_spells_them() -> None:
    assert write_document({"a": [float("inf"), float("-inf")]}) == "a: [.inf, -.inf]\n"

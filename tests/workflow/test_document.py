"""Reading a document: its data, and a finding with a place for everything that is wrong."""

from __future__ import annotations

import gc
import json

import pytest
import yaml

from auterity_sdk.diagnostics import Severity
from auterity_sdk.workflow.document import (
    YAML_RULES,
    Document,
    ambiguity,
    is_workflow,
    load_document,
)
from auterity_sdk.workflow.document import nodes as nodes_module


def load(text: str | bytes) -> Document:
    return load_document(text, file="flow.yaml")


def found(text: str | bytes) -> list[tuple[str, str, str]]:
    """Code, place and text of every finding."""
    document = load(text)
    spans = [document.source.span(d.location) for d in document.diagnostics]
    return [
        (d.code, f"{s.line}:{s.column}", document.source.text[s.start : s.end])
        for d, s in zip(document.diagnostics, spans, strict=True)
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", "on"), ("no", "no"), ("NO", "NO"), ("yes", "yes"), ("y", "y"), ("=", "="),
        ("true", True), ("False", False), ("tRUE", "tRUE"), ("~", None), ("Null", None), ("", None), ("nULL", "nULL"),
        ("12", 12), ("-12", -12), ("+12", 12), ("0o10", 8), ("0x1F", 31), ("-0x1F", "-0x1F"), ("0b11", "0b11"),
        ("1.10", 1.1), (".5", 0.5), ("5.", 5.0), ("1e3", 1000.0), ("1e", "1e"), ("1E10", 1e10), ("-.inf", float("-inf")),
        ("2024-01-02", "2024-01-02"), ("12:30:45", "12:30:45"), ("190:20", "190:20"), ("1,000", "1,000"), ("-", "-"),
    ],
)  # fmt: skip
def test_plain_scalars_follow_the_core_schema(text: str, value: object) -> None:
    data = load(f'a: {text}\nb: "{text}"' if text != "-" else 'a: "-"\nb: "-"').data
    assert (data["a"], type(data["a"])) == (value, type(value))
    assert data["b"] == text


def test_keys_are_text_even_where_yaml_1_1_had_booleans() -> None:
    assert load("on: 1\nno: 2\ny: 3").data == {"on": 1, "no": 2, "y": 3}


@pytest.mark.parametrize("text", ["010", "02134", "-08", "1_000"])
def test_a_numeral_that_readers_disagree_on_is_a_warning(text: str) -> None:
    document = load(f"list:\n  - zip: {text}\n")
    assert found(f"list:\n  - zip: {text}\n") == [("AUT104", "2:10", text)]
    assert document.diagnostics[0].severity is Severity.WARNING
    assert document.diagnostics[0].location.path == ("list", 0, "zip")
    assert document.source.raw_scalar(("list", 0, "zip")) == text


@pytest.mark.parametrize("text", ["no", "2024-01-02", "12:30", "1.10", "'010'", "010 Main St"])
def test_other_scalars_are_no_finding(text: str) -> None:
    assert found(f"a: {text}") == []


def test_ambiguity_tells_what_another_reader_sees() -> None:
    told = {
        text: ambiguity(text)
        for text in ("no", "010", "12:30:45", "1_000", "2024-01-02", "car", "10")
    }
    assert told == {
        "no": "a boolean",
        "010": "an octal number",
        "12:30:45": "a number in base 60",
        "1_000": "a number",
        "2024-01-02": "a date",
        "car": None,
        "10": None,
    }


def test_a_numeral_of_endless_digits_stays_text() -> None:
    digits = "9" * 20_000
    assert load(f"a: {digits}").data == {"a": digits}
    assert [code for code, _, _ in found(f"a: {digits}")] == ["AUT104"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: 2\na: 3\n", ("AUT102", "3:1", "a")),
        ("x: {a: 1, 'a': 2}\n", ("AUT102", "1:11", "'a'")),
        ("\ta: 1", ("AUT103", "1:1", "\t")),
        ("a:\n  b: 1\n \tc: 2\n", ("AUT103", "3:2", "\t")),
        ("b: &b {x: 1}\na:\n  <<: *b\n", ("AUT105", "3:3", "<<")),
        ("a: &a [*a]", ("AUT106", "1:8", "*a")),
        ("a: 1\nb: *c\n", ("AUT101", "2:4", "*c")),
        ("a: &x 1\nb: &x 2\nc: *x", ("AUT101", "2:4", "&x")),
        ("a: &x 1\n", ("AUT108", "1:4", "&x")),
        ("a: !Ref b\n", ("AUT109", "1:4", "!Ref")),
        ("a: !!python/name:os.system {}\n", ("AUT109", "1:4", "!!python/name:os.system")),
        ("a: !!binary aGk=\n", ("AUT109", "1:4", "!!binary")),
        ("a: !!set {}\n", ("AUT109", "1:4", "!!set")),
        ("a: !!map []\n", ("AUT109", "1:4", "!!map")),
        ("a: !!int x\n", ("AUT109", "1:4", "!!int x")),
        ("a: 1\n---\nb: 2\n", ("AUT110", "2:1", "---")),
        ("1: a\n", ("AUT111", "1:1", "1")),
        ("a:\n  true: x\n", ("AUT111", "2:3", "true")),
        ("? \n: a\n", ("AUT111", "1:2", "")),
        ("? [a]\n: 1\n", ("AUT111", "1:3", "[a]")),
        ("", ("AUT101", "1:1", "")),
        ("# only a comment\n", ("AUT101", "1:1", "")),
        ("a: x\0y", ("AUT101", "1:5", "\0")),
        ("a: x\u2028y", ("AUT101", "1:5", "\u2028")),
        ("a: \ud800", ("AUT101", "1:4", "\ud800")),
        ("a: 'x\nb: 1\n", ("AUT101", "1:4", "'")),
        ("a: [1, 2\nb: 1\n", ("AUT101", "1:4", "[")),
        ('a: "\\q"\n', ("AUT101", "1:5", "\\")),
        ('a: "\\ud83d"\n', ("AUT101", "1:7", "d")),
        ("a: [1]]\n", ("AUT101", "1:7", "]")),
        ("a: }\n", ("AUT101", "1:4", "}")),
        ("a:\n  - b\n c: d\n", ("AUT101", "3:2", "c")),
        ("a: b\nc\nd: 1\n", ("AUT101", "2:1", "c")),
        ("key: |\n text\nless\n", ("AUT101", "3:1", "l")),
        ("steps:\n  a\n    uses: x\n", ("AUT101", "3:9", ":")),
        ("a: note: this\n", ("AUT101", "1:4", "note: this")),
        ("a: 1\n  b: 2\n", ("AUT101", "2:4", ":")),
        (b"\xff\xfea\x00", ("AUT002", "1:1", "")),
        (b"\xff\xfe\x00\x00a\x00\x00\x00", ("AUT002", "1:1", "")),
        (b"a: 1\nb: \xe9t\xe9\n", ("AUT002", "2:4", "\ufffd")),
    ],
)  # fmt: skip
def test_one_finding_at_its_place(text: str | bytes, expected: tuple[str, str, str]) -> None:
    assert found(text) == [expected]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: {{ x }}\n", "{{ x }}"),
        ("a: {{ x }} and {{ y }}\n", "{{ x }} and {{ y }}"),
        ("a: {b: ${input.x}, c: 1}\n", "${input.x}"),
        ("a: [b, ${x}]\n", "${x}"),
        ("a: [b, hi ${x}]\n", "${x}"),
        ("a: ${x ? 'b: c' : 'd'}\n", "${x ? 'b: c' : 'd'}"),
        ("- ${x ? b : c}\n", "${x ? b : c}"),
        ("hot: a.score > 1 ? 'x' : 'y'  # why\n", "a.score > 1 ? 'x' : 'y'"),
        ("a: ${x == ' #1'}\n", "${x == ' #1'}"),
        ('when: x == " #1"\n', 'x == " #1"'),
        ("a: !has(input.x)\n", "!has(input.x)"),
        ("a: !has(input.x) && b\n", "!has(input.x) && b"),
        ("a: !(b || c)\n", "!(b || c)"),
        ("a: !b == c\n", "!b == c"),
        ("a: !score.ok\n", "!score.ok"),
        ("a: * * * * *\n", "* * * * *"),
        ("a: @x\n", "@x"),
        ("a: {b: @x, c: 1}\n", "@x"),
        ("a: `x`\n", "`x`"),
        ("a: %x\n", "%x"),
        ('a: "x" == y\n', '"x" == y'),
        ("a: 'x' + y\n", "'x' + y"),
        ("a: [1, 2].exists(x, x == 1)\n", "[1, 2].exists(x, x == 1)"),
    ],
)  # fmt: skip
def test_an_expression_without_quotes_is_one_finding(text: str, value: str) -> None:
    document = load(text)
    assert [(code, part) for code, _, part in found(text)] == [("AUT112", value)]
    assert document.diagnostics[0].help[0].startswith("quote the expression: ")


def test_the_quotes_that_are_proposed_mend_the_file() -> None:
    text = "when: x == \" #1\"\nsend:\n  to: ${a ? 'b: c' : d}\n"
    for _ in range(2):
        document = load(text)
        first = document.diagnostics[0]
        span = document.source.span(first.location)
        text = text[: span.start] + first.help[0].split(": ", 1)[1] + text[span.end :]
    assert load(text).data == {"when": 'x == " #1"', "send": {"to": "${a ? 'b: c' : d}"}}
    assert load(text).ok


def test_all_unquoted_expressions_are_found_at_once() -> None:
    text = "a: ${x ? b : c}\nb: ok\nc: {d: ${y}}\ne: {{z}}\nf: 1\nf: 2\n"
    assert found(text) == [
        ("AUT112", "1:4", "${x ? b : c}"),
        ("AUT112", "3:8", "${y}"),
        ("AUT112", "4:4", "{{z}}"),
        ("AUT102", "6:1", "f"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "a: ${b.?c.orValue('d')}  # note",
        "a: hi {{ x }}",
        "a: x > 1 # it's",
        'a: "{{ x }}"',
        'a: [b, "${x}"]',
    ],
)
def test_a_right_expression_is_no_finding(text: str) -> None:
    assert found(text) == []


def test_a_duplicate_key_names_both_places_and_keeps_the_first() -> None:
    document = load("steps:\n  text: 1\n  call: 2\n  text: 3\n")
    (finding,) = document.diagnostics
    first = document.source.span(finding.related[0])
    assert (first.line, first.column) == (2, 3)
    assert document.data == {"steps": {"text": 1, "call": 2}}
    assert document.source.span(finding.location).line == 4


def test_a_second_document_keeps_the_first_ones_data() -> None:
    assert load("a: 1\n---\nb: 2\n").data == {"a": 1}


def test_aliases_repeat_a_value() -> None:
    document = load("a: &x {b: [1]}\nc: *x\nd: [*x]\n")
    assert document.diagnostics == ()
    assert document.data == {"a": {"b": [1]}, "c": {"b": [1]}, "d": [{"b": [1]}]}


def test_billion_laughs_is_refused_before_it_is_built() -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    lines += [
        f"{b}: &{b} [{', '.join([f'*{a}'] * 10)}]"
        for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    document = load("\n".join(lines))
    assert document.data is None
    assert document.diagnostics[0].code == "AUT106"


def test_a_long_text_repeated_by_aliases_counts_by_its_characters() -> None:
    text = f"a: &a {'x' * 50_000}\nb: [{', '.join(['*a'] * 1_000)}]\n"
    assert load(text).diagnostics[0].code == "AUT106"


@pytest.mark.parametrize("text", ["[" * 50_000, "{a: " * 50_000, "- " * 50_000, "? " * 50_000])
def test_deep_nesting_is_refused(text: str) -> None:
    assert [d.code for d in load(text).diagnostics] == ["AUT107"]


def test_nesting_up_to_the_bound_is_read() -> None:
    assert load("[" * 64 + "]" * 64).ok
    assert found("[" * 65 + "]" * 65) == [("AUT107", "1:65", "[")]


def test_a_file_may_be_five_million_bytes_long() -> None:
    assert load("a: 1\n#" + " " * 4_999_994).ok
    assert [d.code for d in load("a: 1\n#" + " " * 4_999_995).diagnostics] == ["AUT002"]
    assert [d.code for d in load("é" * 2_500_001).diagnostics] == ["AUT002"]


def test_a_file_of_too_many_values_is_refused() -> None:
    assert [d.code for d in load("[" + "1," * 299_000 + "]").diagnostics] == []
    assert [d.code for d in load("[" + "1," * 301_000 + "]").diagnostics] == ["AUT002"]


def test_of_one_code_only_the_first_hundred_are_told() -> None:
    codes = [d.code for d in load("- 010\n" * 500 + "- !x y\n").diagnostics]
    assert codes == ["AUT104"] * 100 + ["AUT109"]


def test_many_tag_directives_are_refused_before_the_parser_compares_them() -> None:
    text = "".join(f"%TAG !a{i}! tag:x\n" for i in range(100_000)) + "---\na: 1\n"
    assert [d.code for d in load(text).diagnostics] == ["AUT109"]


def test_line_ends_and_byte_order_mark() -> None:
    document = load(b"\xef\xbb\xbfa: 1\r\nb:\r\n  c: x\r\n")
    span = document.source.span(document.diagnostics[0].location) if document.diagnostics else None
    assert span is None
    assert document.data == {"a": 1, "b": {"c": "x"}}
    assert document.source.line(2) == "b:"


JSON = {"auterity": 1, "steps": {"é\u2028": [1, 2.5, None, True, "😀 \\ / \" ' \x7f"], "x": {}}}


@pytest.mark.parametrize("indent", [None, "\t", 2])
def test_json_is_read(indent: str | int | None) -> None:
    document = load(json.dumps(JSON, indent=indent))
    assert document.diagnostics == ()
    assert document.data == JSON


def test_a_surrogate_pair_that_cannot_be_hidden_is_a_finding() -> None:
    assert [d.code for d in load('{"a": "\\ud83d\\ude00", "b": "\ue001"}').diagnostics] == [
        "AUT101"
    ]


def test_without_libyaml_the_same_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    text = 'a: [1, "x"]\nb: |\n  y\n  z\nc: &n {d: e}\nf: *n\n'
    with_libyaml = nodes_module.read_nodes(text, yaml.CSafeLoader)
    assert with_libyaml == nodes_module.read_nodes(text, yaml.SafeLoader)
    monkeypatch.delattr(yaml, "CSafeLoader")
    assert load(text).data == {"a": [1, "x"], "b": "y\nz\n", "c": {"d": "e"}, "f": {"d": "e"}}
    assert [d.code for d in load('a: "\\ud83d"').diagnostics] == ["AUT101"]


def test_loading_leaves_the_garbage_collector_as_it_was() -> None:
    load("a: [")
    assert gc.isenabled()
    gc.disable()
    try:
        load("a: 1")
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_comments_outside_scalars_are_kept() -> None:
    text = "# top\na: 'x # no'  # one\nb: | # two\n  # no\nc: x#no\n  # three\nd: [1, # four\n 2]\n"
    comments = load(text).source.comments
    assert [(c.line, c.text) for c in comments] == [
        (1, "# top"), (2, "# one"), (3, "# two"), (6, "# three"), (7, "# four"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("auterity: 1\n", True),
        ("\ufeff# x\nname: a\nauterity: 1", True),
        ('"auterity": 1', True),
        ("auterity:\n  : broken [", True),
        ('{"name": "a", "auterity": 1}', True),
        ('{"a": {"auterity": 1}}', False),
        ('{"a": "auterity"}', False),
        ("a:\n  auterity: 1", False),
        ("# auterity: 1\n", False),
        ("auterity:1", False),
        ("", False),
    ],
)
def test_a_workflow_is_known_by_its_top_key(text: str, is_one: bool) -> None:
    assert is_workflow(text) is is_one


def test_every_finding_has_help_and_a_rule() -> None:
    for text in (
        "a: {{x}}",
        "a: [",
        "a: 1\na: 2",
        "a: &x 1",
        "<<: {}",
        "1: 2",
        "a: 010",
        "",
        "[" * 70,
    ):
        for finding in load(text).diagnostics:
            rule = YAML_RULES[finding.code]
            assert (finding.name, finding.severity) == (rule.name, rule.severity)
            assert finding.help

"""Where expressions stand inside texts."""

from hypothesis import given
from hypothesis import strategies as st

from auterity_sdk.expression.problem import Problem
from auterity_sdk.expression.templates import (
    Hole,
    Literal,
    Template,
    TextValue,
    parse_template,
    texts_in,
)


def parts(text: str) -> list[str]:
    parsed = parse_template(text)
    assert isinstance(parsed, Template)
    for hole in parsed.holes:
        assert text[hole.start : hole.end] == hole.expression
    return [
        f"<{part.expression}>" if isinstance(part, Hole) else part.text for part in parsed.parts
    ]


def test_parts() -> None:
    assert parts("Hé ${a.b}, ${c}!") == ["Hé ", "<a.b>", ", ", "<c>", "!"]
    assert parts("${a}${b}") == ["<a>", "<b>"]
    assert parts("none") == ["none"]
    assert parts("") == []
    assert parts("5 $ {x}") == ["5 $ {x}"]


def test_it_closes_at_the_matching_bracket_outside_quotes() -> None:
    assert parts("x${'}' + {'a': \"}'\"}.a}y") == ["x", "<'}' + {'a': \"}'\"}.a>", "y"]
    assert parts("${r'\\'}!") == ["<r'\\'>", "!"]
    assert parts("${'\\'}'}!") == ["<'\\'}'>", "!"]
    assert parts("${a // }\n}!") == ["<a // }\n>", "!"]
    assert parts("${'''}'\n'''}!") == ["<'''}'\n'''>", "!"]


def test_a_doubled_dollar_is_a_literal() -> None:
    assert parts("$${x} ${y}") == ["${x} ", "<y>"]
    assert parts("$$${x}") == ["$${x}"]


def test_alone_keeps_its_type() -> None:
    alone = parse_template("${ x }")
    assert isinstance(alone, Template)
    assert alone.alone == Hole(" x ", 2, 5)
    for text in ("${x} ", "x", "${x}${y}", ""):
        parsed = parse_template(text)
        assert isinstance(parsed, Template)
        assert parsed.alone is None


def test_an_unclosed_one_is_a_problem_at_its_place() -> None:
    for text in ("é ${a", "é ${'a}", "é ${a(}"):
        problem = parse_template(text)
        assert isinstance(problem, Problem)
        assert (problem.start, problem.end, problem.message) == (2, 4, "`${` is not closed")


@given(st.text("${}'\" aé\\r/\n", max_size=40))
def test_any_text_is_read_and_its_parts_cover_it(text: str) -> None:
    parsed = parse_template(text)
    if isinstance(parsed, Problem):
        assert text[parsed.start : parsed.start + 2] == "${"
        return
    at = 0
    for part in parsed.parts:
        start, end = (
            (part.start - 2, part.end + 1) if isinstance(part, Hole) else (part.start, part.end)
        )
        assert start == at
        at = end
        if isinstance(part, Literal):
            assert part.text.replace("${", "$${") == text[start:end] or "$${" in text[start:end]
    assert at == len(text)


@given(st.lists(st.text(max_size=10)))
def test_escaped_text_comes_back(texts: list[str]) -> None:
    text = "|".join(texts).replace("$", "")
    escaped = text.replace("{", "$${")
    parsed = parse_template(escaped)
    assert isinstance(parsed, Template)
    assert not parsed.holes
    assert "".join(part.text for part in parsed.parts if isinstance(part, Literal)) == text.replace(
        "{", "${"
    )


def test_texts_in_nested_values() -> None:
    value = {"a": "x", "b": [1, "y", {"c": "z"}], "d": None}
    found = [*texts_in(value)]
    assert found[0] == TextValue((), "a", "x")
    assert {each.path: each.text for each in found} == {
        ("a",): "x",
        ("b", 1): "y",
        ("b", 2, "c"): "z",
    }

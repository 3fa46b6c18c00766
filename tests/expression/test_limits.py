"""No expression ends the process, hangs it, or fills its memory."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auterity_sdk.expression.compile import Compiled, compile_expression
from auterity_sdk.expression.problem import Problem
from auterity_sdk.expression.references import references
from auterity_sdk.expression.templates import parse_template
from auterity_sdk.expression.types import ANY

from .sample import SCOPE


def first(text: str) -> Problem:
    found = compile_expression(text, {"a": ANY})
    assert isinstance(found, tuple)
    return found[0]


@pytest.mark.parametrize(
    ("opening", "inner", "end"),
    [
        ("(", "1", ")"),
        ("[", "", "]"),
        ("{1:", "1", "}"),
        ("f(", "1", ")"),
        ("a?a:", "1", ""),
        ("a+", "1", ""),
        ("a<", "1", ""),
        ("", "a", ".b"),
        ("", "a", "[0]"),
        ("", "a", ".f()"),
        ("", "a", ".?b"),
        ("[1].all(x,", "true", ")"),
        ("(", "", ""),
        ("- ", "1", ""),
        ("!", "a", ""),
        ("'", "", ""),
    ],
)
@pytest.mark.parametrize("depth", [40, 900, 10_000])
def test_nesting(opening: str, inner: str, end: str, depth: int) -> None:
    found = compile_expression(opening * depth + inner + end * depth, {"a": ANY})
    if isinstance(found, tuple):
        assert {each.kind for each in found} <= {"syntax", "type_mismatch", "bad_call"}


def test_the_limits_say_what_they_are() -> None:
    assert first("1" + "+1" * 40).message == (
        "the expression is nested more than 32 levels deep (a chain of operators counts each)"
    )
    assert first("'" + "x" * 100_000 + "'").message == (
        "the expression has 100,002 characters; 10,000 is the limit"
    )
    assert first("a" + ".?b.optMap(z, z)" * 20).message == (
        "more than 4 uses of optMap and optFlatMap in one expression"
    )


def test_5000_characters_are_fine() -> None:
    long = " && ".join(f"score.n != {n}" for n in range(300))
    assert len(long) > 5000
    found = compile_expression(long, SCOPE)
    assert isinstance(found, Compiled)
    assert found.evaluate({"score": {"n": 300}}) is True
    assert found.evaluate({"score": {"n": 299}}) is False


def test_half_a_surrogate_pair() -> None:
    problem = first("'é' + '\ud800'")
    assert (problem.message, problem.start) == ("half of a surrogate pair is no character", 7)
    assert first("'a\\0b'.x".replace("\\0", "\\u0000")).kind == "type_mismatch"


PIECES = st.sampled_from(
    [*"abé\N{ROCKET} .()[]{}+-*/%<>=!&|?:,'\"\\$`;#@~^", "has(", ".?", "score.n", "input.lead.cars", ".map(x, ",
     "optional.of(", "null", "true", "1", "2.5", "'t'", " in ", "==", "\n", "//", "r'", '"""', "\0"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=25).map("".join))
def test_any_text_is_compiled_or_refused_inside_its_bounds(text: str) -> None:
    found = compile_expression(text, SCOPE)
    references(text)
    parse_template(text)
    for problem in found if isinstance(found, tuple) else ():
        assert 0 <= problem.start <= problem.end <= len(text)
        assert problem.message
        assert "INVALID_ARGUMENT" not in problem.message

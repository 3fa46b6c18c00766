"""Did you mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auterity_sdk.expression.compile import compile_expression
from auterity_sdk.expression.problem import Problem
from auterity_sdk.expression.suggest import LONGEST, Suggestions, did_you_mean
from auterity_sdk.expression.types import ANY


@pytest.mark.parametrize(
    ("word", "candidates", "expected"),
    [
        ("scor", ["score", "route"], "score"),
        ("socre", ["score", "store"], "score"),
        ("Score", ["score"], "score"),
        ("custmer_phone", ["customer_phone", "customer_name"], "customer_phone"),
        ("x", ["y", "score"], "y"),
        ("zebra", ["score", "route"], None),
        ("score", ["score"], None),
        ("", ["a"], None),
        ("abd", ["abz", "abc"], "abc"),
    ],
)
def test_nearest(word: str, candidates: list[str], expected: str | None) -> None:
    assert did_you_mean(word, candidates) == expected
    assert did_you_mean(word, reversed(candidates)) == expected


@given(st.text("abcdef", min_size=4, max_size=12), st.data())
def test_a_name_with_one_letter_missing_is_found(name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(name) - 1))
    word = name[:at] + name[at + 1 :]
    others = [f"{letter}{number:09}" for letter in "xyz" for number in range(300)]
    assert did_you_mean(word, [*others, name]) == name


def test_among_many_alike_the_nearest_is_found() -> None:
    names = [f"step_{number:05}" for number in range(10_000)]
    assert did_you_mean("step_0420x", names) == "step_04200"
    assert did_you_mean("stp_04207", names) == "step_04207"


@given(st.text("abc", max_size=6), st.sets(st.text("abc", min_size=1, max_size=6)))
def test_suggestions_are_those_of_did_you_mean(word: str, names: set[str]) -> None:
    assert Suggestions().nearest(word, names) == did_you_mean(word, names)


def test_a_document_full_of_mistakes_gets_no_more_proposals() -> None:
    suggestions = Suggestions(work=190)
    found = [suggestions.nearest("scor", ["score"]) for _ in range(5)]
    assert found == ["score", "score", None, None, None]


def test_many_names_are_not_even_looked_at_once_the_work_is_spent() -> None:
    assert Suggestions(work=1000).nearest("scor", ["score"] * 1000) is None


def test_a_text_longer_than_any_name_gets_no_proposal() -> None:
    assert did_you_mean("x" * LONGEST, ["x" * LONGEST + "y"]) is not None
    assert did_you_mean("x" * (LONGEST + 1), ["x" * LONGEST]) is None


def test_the_expressions_of_a_document_share_its_suggestions() -> None:
    suggestions = Suggestions(work=190)

    def help_of(text: str) -> str:
        (problem,) = compile_expression(text, {"score": ANY}, suggestions=suggestions)  # type: ignore[misc]
        assert isinstance(problem, Problem)
        return problem.help

    assert [help_of("scor > 1") for _ in range(3)] == ["did you mean `score`?"] * 2 + [""]

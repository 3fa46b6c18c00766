"""Did you mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auterity_sdk.expression.suggest import did_you_mean


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

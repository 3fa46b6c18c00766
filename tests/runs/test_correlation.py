"""By which value an outside event finds the run that waits for it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from auterity_sdk.expression.compile import Compiled, compile_expression
from auterity_sdk.expression.types import ANY, MapType
from auterity_sdk.runs.correlation import Equality, equality_of, texts_of


@pytest.mark.parametrize(
    ("match", "found"),
    [
        ("event.from == input.phone", (("from",), "input.phone")),
        ("input.phone == event.from", (("from",), "input.phone")),
        ("event.n > 3 && event.a.b == a.n + 1", (("a", "b"), "a.n + 1")),
        ("(event.x == 'a' || event.x == 'b') && event.y == item", (("y",), "item")),
        ("has(event.x) && (event['x'] == run.id && event.z == 1)", (("x",), "run.id")),
        ("event.from == input.phone || event.vip", None),
        ("!(event.from == input.phone)", None),
        ("event.from == event.to", None),
        ("event.at == run.now", None),
        ("event.?from.orValue('') == input.phone", None),
        ("event == input.all", None),
        ("event.from != input.phone", None),
        ("event.list.exists(x, x == input.phone)", None),
        ("event.from ==", None),
    ],
)
def test_the_part_that_must_be_equal(match: str, found: tuple[tuple[str, ...], str] | None) -> None:
    assert equality_of(match) == (None if found is None else Equality(*found))


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**62), 2**62)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=3)
)


@given(SCALARS, SCALARS)
@example(1, 1.0)
@example(0, -0.0)
@example(True, 1)
@example("1", 1)
@example(2**53 + 1, float(2**53))
def test_what_is_equal_is_found(left: Any, right: Any) -> None:
    """Whatever an expression of CEL finds equal has the same text; so no event passes its run by."""
    compiled = compile_expression(
        "event.x == input.x", {"event": MapType(ANY), "input": MapType(ANY)}
    )
    assert isinstance(compiled, Compiled)
    if left is None or right is None:
        return
    if compiled.evaluate({"event": {"x": left}, "input": {"x": right}}):
        assert set(texts_of({"x": left})) == set(texts_of({"x": right}))


def test_every_member_of_an_event_is_looked_for() -> None:
    data = {"a": {"b": 1, "c": [1, 2]}, "d": "x", "e": None, "f": True}
    found = sorted(map(json.loads, texts_of(data)), key=str)
    assert found == [["a", "b", 1.0], ["d", "x"], ["f", True]]

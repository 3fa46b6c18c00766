"""A map of values is what its entries are one by one, down to the first that fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from auterity_sdk.errors import ExpressionError
from auterity_sdk.expression import types as t
from auterity_sdk.expression.compile import Compiled, compile_expression
from auterity_sdk.runs.producer import Constant, Entries, Expr, Items, Producer, Text, expression
from tests.expression.test_shortcut import DATA, SCOPE

TEXTS = [
    *("a", "a.x", "a.x.y", "a.x.y.z", "s", "i", "o.i", "o.n", "o.b", "o.s", "gone.x", "absent"),
    *("a.?x.orValue('none')", "i > 1", "size(s)", "a.x == a.y"),
]


def made(text: str, expect: t.Type | None = None) -> Expr:
    compiled = compile_expression(text, SCOPE, expect=expect)
    assert isinstance(compiled, Compiled)
    return expression(compiled)


def one_by_one(producer: Producer, lookup: Callable[[str], Any]) -> Any:
    """What CEL alone says of each expression."""
    match producer:
        case Entries(entries=entries):
            return {key: one_by_one(value, lookup) for key, value in entries}
        case Expr():
            return producer._plainly(lookup)
        case _:
            return producer.produce(lookup)


def said(produce: Callable[[], Any]) -> Any:
    try:
        return repr(produce())
    except ExpressionError as error:
        return type(error), error.message, error.start, error.end


PARTS = st.recursive(
    st.one_of(
        st.builds(made, st.sampled_from(TEXTS)),
        st.builds(made, st.sampled_from(["a.x", "o.b", "i > 1"]), st.just(t.BOOL)),
        st.builds(Constant, st.sampled_from([None, 1, "x", {"y": []}])),
        st.builds(lambda text: Items((made(text),)), st.sampled_from(TEXTS)),
        st.builds(lambda text: Text(("<", made(text), ">")), st.sampled_from(["s", "i", "o.s"])),
    ),
    lambda inner: st.dictionaries(st.sampled_from(["x", 'y"', "z"]), inner, max_size=3).map(
        lambda found: Entries(tuple(found.items()))
    ),
    max_leaves=5,
)
MAPS = st.dictionaries(st.sampled_from(["p", "q", "r\\", "s"]), PARTS, max_size=4)


@given(MAPS, DATA)
@settings(max_examples=500)
@example({"p": made("o.n")}, {"o": {"n": 1}})
@example({"p": made("a.x", t.BOOL)}, {"a": {"x": "x"}})
@example({"p": made("a.x")}, {"a": {"x": {"y": None}}})
@example({"p": made("a.x")}, {"a": {"x": "\0"}})
@example({"p": made("a.x.y")}, {"a": {"x": "x"}})
@example({"p": made("size(s)"), "q": made("a.x")}, {"a": {}})
def test_a_map_is_its_entries(parts: dict[str, Producer], data: dict[str, Any]) -> None:
    entries = Entries(tuple(parts.items()))
    wanted = said(lambda: one_by_one(entries, data.get))
    for _ in range(3):  # by CEL, when it is made, and after
        assert said(lambda: entries.produce(data.get)) == wanted


@pytest.mark.parametrize("value", [1, -(2**63), "x", "ä", True, 0.5])
def test_what_is_only_read_needs_no_cel(value: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    entries = Entries((("p", made("a.x")), ("q", Entries((("r", made("a.x")),)))))
    found, lookup = {"p": value, "q": {"r": value}}, {"a": {"x": value}}.get
    assert entries.produce(lookup) == found
    monkeypatch.setattr(Compiled, "said_by_cel", None)
    assert entries.produce(lookup) == found


def test_the_second_time_a_condition_is_a_function(monkeypatch: pytest.MonkeyPatch) -> None:
    condition, lookup = made("i > 1", t.BOOL), {"i": 2}.get
    assert condition.holds(lookup)
    assert condition.holds(lookup)
    monkeypatch.setattr(Compiled, "said_by_cel", None)
    assert condition.holds(lookup)
    assert not condition.holds({"i": 1}.get)

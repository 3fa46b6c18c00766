"""What is worked out without CEL is what CEL says: value, type, and every word of an error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from auterity_sdk.errors import ExpressionError
from auterity_sdk.expression import types as t
from auterity_sdk.expression.compile import Compiled, compile_expression
from auterity_sdk.expression.shortcut_source import Source

ASKED = object()


def at_once(compiled: Compiled, data: dict[str, Any]) -> Any:
    """The value, or `ASKED` where CEL would have been."""
    return compiled.shortcut(lambda _: ASKED)(data.get)


SCOPE: dict[str, t.Type] = {
    "a": t.ANY,
    "o": t.ObjectType(
        "o",
        {
            "i": t.Field(t.INT, False),
            "n": t.Field(t.NUMBER, False),
            "s": t.Field(t.STRING, False),
            "b": t.Field(t.BOOL, False),
            "in": t.Field(t.ANY, False),
        },
    ),
    "i": t.INT,
    "s": t.STRING,
    "absent": t.INT,
    "gone": t.ANY,
}
ATOMS = [
    *("a", "a.x", "a.x.y", "a['x']", "a.?x.orValue(1)", "a.?x.orValue('')", "a.x.?y.orValue(true)"),
    *("has(a.x)", "has(a.x.y)", "a.x != null", "a.?x.hasValue()", "a.?x.?y.orValue(o.i)"),
    *("a.?x.y.orValue(2)", "a.?x"),
    *("o.i", "o.n", "o.s", "o.b", "o.?s.orValue('none')", "o.?n.orValue(0.5)", "o.?b.orValue(false)"),
    *("i", "s", "1", "2", "1.5", "-1", "9223372036854775807", "'x'", "'ä'", "''", "true", "false"),
]  # fmt: skip
SHAPES = [
    "({} == {})", "({} != {})", "({} < {})", "({} <= {})", "({} > {})", "({} >= {})", "({} && {})",
    "({} || {})", "(!{})", "({} ? {} : {})", "({} + {})", "({} - {})", "({} in [{}, 'x', 1])",
    "({} in [])", "({} in {})", "({} == {} && {})", "({} * {})", "[{}]",
]  # fmt: skip
TEXTS = st.sampled_from(["", "x", "y", "ä", "\U0001f600", "\ud800", "a\0b", "1"])
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, 1, -1, 2, 2**53 + 1, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1]),
    st.sampled_from([0.0, -0.0, 1.0, 1.5, 2.0**53, 1e300, float("inf"), float("nan")]),
    TEXTS,
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=2),
        st.dictionaries(st.sampled_from(["x", "y", "z"]), inner, max_size=3),
    ),
    max_leaves=5,
)
FITTING = {
    "i": st.sampled_from([None, 0, 1, 2, 2**63 - 1, 2**63]),
    "n": st.sampled_from([None, 0, 1, 0.5, 2.0**53, 2**53 + 1]),
    "s": st.one_of(st.none(), TEXTS),
    "b": st.sampled_from([None, True, False]),
}
DATA = st.fixed_dictionaries(
    {},
    optional={
        "a": ANYTHING,
        "o": st.one_of(st.fixed_dictionaries({}, optional=FITTING), ANYTHING),
        "i": st.one_of(FITTING["i"], SCALARS),
        "s": st.one_of(FITTING["s"], SCALARS),
    },
)
EXPRESSIONS = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: st.tuples(st.sampled_from(SHAPES), inner, inner, inner).map(
        lambda parts: parts[0].format(*parts[1:])
    ),
    max_leaves=6,
)


def said(evaluate: Callable[[dict[str, Any]], Any], data: dict[str, Any]) -> tuple[Any, ...]:
    try:
        value = evaluate(data)
    except ExpressionError as error:
        return type(error), error.message, error.start, error.end
    return type(value), repr(value)


@given(EXPRESSIONS, st.sampled_from([None, t.BOOL]), DATA)
@settings(max_examples=1500)
@example("a.x == 1", None, {"a": {"x": True}})
@example("a.x in [1, 'x']", None, {"a": {"x": 1.0}})
@example("o.i > 1 || s == 'x'", None, {"o": {"i": 2}, "s": "a\0b"})
@example("o.i + 9223372036854775807 > 0", None, {"o": {"i": 1}})
@example("a.?x.orValue(1) == 1", None, {"a": "x"})
@example("o.b || a.x", None, {"o": {"b": True}})
@example("s == 'x'", None, {"s": "\ud800"})
@example("a.x", None, {"a": {"x": float("inf")}})
@example("a.x + a.x", None, {"a": {"x": True}})
@example("a.x + a.x", None, {"a": {"x": 1e308}})
@example("a.x - a.x", None, {"a": {"x": "x"}})
@example("a.x in [1]", None, {"a": {"x": True}})
@example("o.n >= 1.0", None, {"o": {"n": True}})
@example("o.n >= 1.0", None, {"o": {"n": "x"}})
@example("o.n", None, {"o": {"n": True}})
def test_it_says_what_cel_says(text: str, expect: t.Type | None, data: dict[str, Any]) -> None:
    compiled = compile_expression(text, SCOPE, expect=expect)
    if isinstance(compiled, Compiled):
        assert said(compiled.evaluate, data) == said(compiled.said_by_cel, data)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a.phone != '' && i > 30", True),
        ("a.?name.orValue('none')", "none"),
        ("a.?name.orValue('') == 'hot' || i < 10", False),
        ("has(a.name) ? a.name : a.phone", "+1"),
        ("s in ['warm', 'hot']", True),
        ("!(s == 'cold')", True),
        ("o.n >= 20000", False),
        ("i + 1", 41),
        ("gone.?name.orValue('none')", "none"),
        ("has(gone.seat.name)", False),
        ("'lead ' + s", "lead hot"),
        ("1 < 2", True),
    ],
)
def test_common_expressions_need_no_cel(text: str, value: Any) -> None:
    compiled = compile_expression(text, SCOPE)
    assert isinstance(compiled, Compiled)
    data = {"a": {"phone": "+1"}, "i": 40, "s": "hot", "o": {"n": 1}}
    assert at_once(compiled, data) == value


@pytest.mark.parametrize(
    "text", ["a.name == 'x'", "s.startsWith('h')", "a == 1", "i * 2 == 80", "i > 30 || absent == 1"]
)
def test_all_else_is_left_to_cel(text: str) -> None:
    compiled = compile_expression(text, SCOPE)
    assert isinstance(compiled, Compiled)
    data = {"a": {}, "i": 40, "s": "hot"}
    assert at_once(compiled, data) is ASKED


def source_of(text: str) -> Source:
    compiled = compile_expression(text, SCOPE)
    assert isinstance(compiled, Compiled)
    source = Source()
    source.write(compiled._node, is_condition=False, is_number=False)
    return source


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a.x >= 1 && s != ''", "a.other >= 22 && s != 'no'"),
        ("a.?x.orValue('x')", "a.?other.orValue('none')"),
        ("s in ['a', 'b'] ? i + 1 : i - 1", "s in ['\"', ''] ? i + 3 : i - 2"),
    ],
)
def test_expressions_of_one_shape_have_one_source(one: str, other: str) -> None:
    assert source_of(one).text == source_of(other).text
    assert source_of(one).constants != source_of(other).constants


def test_no_word_of_a_user_is_in_the_source() -> None:
    source = source_of("a['\"); import os #'] == 'quote\"' || a.?secret.orValue('\\n') == s")
    assert not any(word in source.text for word in ("import os", "quote", "secret", "\\n"))
    assert {'"); import os #', 'quote"', "secret", "\n"} <= {*source.constants}

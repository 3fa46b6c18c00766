"""Our checker beside CEL's own, and beside what really happens, on random expressions."""

from datetime import datetime, timedelta

from cel_expr_python import cel
from cel_expr_python.ext import ext_optional, ext_strings
from hypothesis import given, settings
from hypothesis import strategies as st

from auterity_sdk.errors import ExpressionError
from auterity_sdk.expression import types as t
from auterity_sdk.expression.compile import Compiled, compile_expression

SCOPE: dict[str, t.Type] = {
    "i": t.INT,
    "s": t.STRING,
    "b": t.BOOL,
    "at": t.TIMESTAMP,
    "d": t.DURATION,
    "li": t.ListType(t.INT),
    "ls": t.ListType(t.STRING),
    "m": t.MapType(t.INT),
}
DATA = {"i": 3, "n": 5, "s": "x", "b": True, "at": "2026-01-01T00:00:00Z", "d": "PT2H"} | {
    "li": [1, 2],
    "ls": ["a", "x"],
    "m": {"k": 1},
}
CEL = cel.NewEnv(
    variables={
        "i": cel.Type.INT,
        "s": cel.Type.STRING,
        "b": cel.Type.BOOL,
        "at": cel.Type.TIMESTAMP,
        "d": cel.Type.DURATION,
        "li": cel.Type.List(cel.Type.INT),
        "ls": cel.Type.List(cel.Type.STRING),
        "m": cel.Type.Map(cel.Type.STRING, cel.Type.INT),
    },
    extensions=[ext_optional.ExtOptional(), ext_strings.ExtStrings()],
)
NAMES = {"BOOL": "bool", "INT": "int", "STRING": "string"} | {
    "TIMESTAMP": "timestamp",
    "DURATION": "duration",
}
SHAPES = [
    "({} + {})", "({} - {})", "({} * {})", "({} % {})", "({} < {})", "({} == {})", "({} && {})",
    "(!{})", "(-{})", "({} ? {} : {})", "[{}]", "size({})", "string({})", "{}.map(x, x)",
    "{}.exists(x, x == {})", "{}.filter(y, y != {})", "{}.contains({})", "{}[{}]", "{}.size()",
    "{}.getHours()", "{}[?{}].orValue({})", "optional.of({}).orValue({})",
]  # fmt: skip


def expressions(names: list[str]) -> st.SearchStrategy[str]:
    return st.recursive(
        st.sampled_from([*names, "1", "'x'", "true", "duration('1h')"]),
        lambda inner: st.tuples(st.sampled_from(SHAPES), inner, inner, inner).map(
            lambda parts: parts[0].format(*parts[1:])
        ),
        max_leaves=5,
    )


@settings(max_examples=500)
@given(expressions([*SCOPE]))
def test_cel_takes_what_we_take_and_gives_the_same_type(text: str) -> None:
    ours = compile_expression(text, SCOPE)
    try:
        theirs = CEL.compile(text).return_type().name()
    except RuntimeError:
        theirs = None
    if not isinstance(ours, Compiled):
        # Lists of times: JSON holds them as texts, so we do not compare them as wholes.
        whole_times = any("lists and maps that hold times" in each.message for each in ours)
        assert theirs is None or whole_times, ours
        return
    assert theirs is not None
    shown = t.describe(t.widened(ours.type))
    assert NAMES.get(theirs, shown) == shown or shown == '"x"'


def outcome(compiled: Compiled) -> tuple[object, str]:
    """The value, or the message of the error."""
    try:
        return compiled.evaluate(DATA), ""
    except ExpressionError as error:
        return None, error.message


@settings(max_examples=500)
@given(expressions([*SCOPE, "n", "2.5"]))
def test_what_is_checked_fits_at_run_time(text: str) -> None:
    compiled = compile_expression(text, {**SCOPE, "n": t.NUMBER})
    if not isinstance(compiled, Compiled):
        return
    value, failed = outcome(compiled)
    assert "cannot take" not in failed
    assert "do not fit" not in failed
    if failed:
        return
    python = {"int": int, "number": float, "string": str, "bool": bool} | {
        "timestamp": datetime,
        "duration": timedelta,
    }
    shown = t.describe(compiled.type)
    assert type(value) is python.get(shown, type(value))

"""Values of expressions on plain data, and errors that are never taken for a value."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from threading import Thread
from typing import Any

import pytest

from auterity_sdk.errors import ExpressionError
from auterity_sdk.expression.binding import MAX_DEPTH, bind
from auterity_sdk.expression.compile import Compiled, compile_expression
from auterity_sdk.expression.problem import AbsentValue
from auterity_sdk.expression.types import ANY, BOOL, Field, ListType, ObjectType

from .sample import DATA, NOW, SCOPE


def compiled(text: str, **options: Any) -> Compiled:
    found = compile_expression(text, SCOPE, **options)
    assert isinstance(found, Compiled), found
    return found


VALUES = [
    ("score.score >= 80", True),
    ("score.score * 2", 160.0),
    ("score.score / 3 > 26.6", True),
    ("score.n / 2", 1),
    ("score.score", 80.0),
    ("-score.score", -80.0),
    ("input.lead.?vehicle.?model.orValue('car')", "car"),
    ("input.lead.?vehicle.?price.orValue(1) * 2", 10.0),
    ("input.lead.customer.?phone.optMap(p, p + 'x').orValue('none')", "none"),
    ("has(input.lead.customer.phone)", False),
    ("input.lead.customer.phone != null", False),
    ("input.lead.customer.phone == null", True),
    ("input.lead.customer.first_name != null", True),
    ("has(input.lead.any.deep.er)", False),
    ("input.lead.any.deep.er == null", True),
    ("has(.score.n)", True),
    ("outcome.reply == 'timeout'", True),
    ("run.now - input.lead.at > duration('24h')", True),
    ("run.now - days(2)", datetime(2026, 11, 21, 8, 0, tzinfo=UTC)),
    ("run.now", NOW),
    ("item == run.now", True),
    ("input.lead.at + input.lead.wait", datetime(2026, 11, 20, 10, 0, tzinfo=UTC)),
    ("input.lead.wait", timedelta(hours=2)),
    ("input.lead.?at.orValue(run.now) < run.now", True),
    ("input.lead.times.exists(t, t < run.now)", True),
    ("input.lead.times.map(t, t + days(1) > run.now)", [False]),
    ("input.lead.tags + ['c']", ["a", "b", "c"]),
    ("input.lead.cars.map(c, c.price * 2)", [6.0, 19.0]),
    ("input.lead.cars.filter(c, !has(c.model))", [{"price": 9.5, "year": 2}]),
    ("input.lead.cars.exists_one(c, c.model != null)", True),
    ("input.lead.cars[?7].?model.orValue('m')", "m"),
    ("input.lead.extra.k", 1.0),
    ("input.lead.extra.map(k, k)", ["k", "z"]),
    ("input.lead.customer", {"id": "c-1", "first_name": "Ann"}),
    ("{'b': [1], ?'c': input.lead.?any, 'a': score.reason}", {"a": "é", "b": [1]}),
    ("score.n == 3 ? null : 1", None),
    ("false && input.lead.vehicle.model == 'x'", False),
    ("input.lead.vehicle.model == 'x' || true", True),
    ("'a' in input.lead.tags && 'k' in input.lead.extra", True),
    ("weekday(run.now, 'America/Chicago')", "mon"),
    ("date(run.now, 'Asia/Tokyo') + ' ' + clock(run.now, 'Asia/Tokyo')", "2026-11-23 17:00"),
    ("hour(run.now, 'America/Chicago')", 2),
    ("start_of_day(run.now, 'America/Chicago')", datetime(2026, 11, 23, 6, 0, tzinfo=UTC)),
    ("money(score.n) + money(-1234.565, 'CAD') + money(1, 'CHF')", "$3.00-CA$1,234.571.00 CHF"),
    ("round_to(score.score / 3, 2)", 26.67),
    ("string(score.score * 1000000) + string(2.5)", "800000002.5"),
    ("upper(lower('ÉA')) + ' b '.trim().replace('b', 'c')", "ÉAc"),
    ("'a,b'.split(',').join('-')", "a-b"),
    ("size('é𝒳')", 2),
]


@pytest.mark.parametrize(("text", "expected"), VALUES)
def test_values(text: str, expected: object) -> None:
    value = compiled(text).evaluate(DATA)
    assert value == expected
    assert type(value) is type(expected)


ERRORS = [
    ("1/0", "1/0", "division by zero"),
    ("score.n > 1 && 1/(index - 4) > 2", "1/(index - 4)", "division by zero"),
    ("score.n % 0", "score.n % 0", "division by zero"),
    ("1.0/0.0", "1.0/0.0", "the result is not a finite number"),
    ("9223372036854775807 + score.n", "9223372036854775807 + score.n", "the result is out of range"),
    ("'é' + string(int(score.reason))", "int(score.reason)", "the value cannot be converted"),
    ("timestamp(score.reason) < run.now", "timestamp(score.reason)", "the text is no time with an offset (2026-11-23T08:00:00Z)"),
    ("weekday(run.now, score.reason)", "weekday(run.now, score.reason)", "there is no such time zone"),
    ("dyn(1) + 'a'", "dyn(1) + 'a'", "`+` cannot take int and string"),
    ("days(99999999999)", "days(99999999999)", "so many days are out of range"),
    ("[1, 2].map(x, x / 0)", "[1, 2].map(x, x / 0)", "division by zero"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "marked", "message"), ERRORS)
def test_error_values_are_raised_with_their_place(text: str, marked: str, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        compiled(text).evaluate(DATA)
    assert caught.value.message == message
    assert text[caught.value.start : caught.value.end] == marked
    assert not isinstance(caught.value, AbsentValue)


ABSENT = [
    ("'é' + input.lead.customer.phone", "input.lead.customer.phone"),
    ("input.lead.customer.phone", "input.lead.customer.phone"),
    ("input.lead.vehicle.model == 'x'", "input.lead.vehicle.model"),
    ("true && (score.n > 1 ? input.lead.vehicle.model == 'z' : false)", "input.lead.vehicle.model"),
    ("input.lead.cars[1].model", "input.lead.cars[1].model"),
    ("input.lead.extra.zz", "input.lead.extra.zz"),
]


@pytest.mark.parametrize(("text", "marked"), ABSENT)
def test_absent_values(text: str, marked: str) -> None:
    with pytest.raises(AbsentValue) as caught:
        compiled(text).evaluate(DATA)
    assert caught.value.message == f"`{marked}` has no value"
    assert text[caught.value.start : caught.value.end] == marked
    assert caught.value.type == "value_absent"


def test_an_absent_step_reads_as_an_empty_object() -> None:
    assert compiled("score.?reason.orValue('none')").evaluate({}) == "none"
    assert compiled("has(score.reason)").evaluate({"score": None}) is False
    with pytest.raises(AbsentValue, match=r"`score\.score` has no value"):
        compiled("score.score >= 80").evaluate({})
    with pytest.raises(AbsentValue, match="`index` has no value"):
        compiled("index + 1").evaluate({})


@pytest.mark.parametrize("condition", ["1/0 > 1", "dyn('x')", "input.lead.vehicle.model == 'x'"])
@pytest.mark.parametrize("around", ["{}", "!({})", "{} || false", "{} && true"])
def test_no_error_is_taken_for_true_or_false(condition: str, around: str) -> None:
    with pytest.raises(ExpressionError):
        compiled(around.format(condition), expect=BOOL).evaluate(DATA)


def test_a_condition_of_unknown_type_must_be_a_boolean() -> None:
    condition = compiled("input.lead.any", expect=BOOL)
    assert condition.evaluate({"input": {"lead": {"any": True}}}) is True
    for value in ("true", 1, [True], {}):
        with pytest.raises(ExpressionError):
            condition.evaluate({"input": {"lead": {"any": value}}})


@pytest.mark.parametrize(
    "value", ["a\0b", "\ud800", 2**63, object(), {1, 2}, datetime(2026, 1, 1)]  # noqa: DTZ001
)  # fmt: skip
def test_data_that_the_library_would_bend_is_refused(value: object) -> None:
    with pytest.raises(ExpressionError) as caught:
        compiled("input.lead.any == 1").evaluate({"input": {"lead": {"any": {"x": [value]}}}})
    assert str(value) not in caught.value.message


def test_errors_never_quote_data() -> None:
    secret = {"input": {"lead": {"extra": {"k": 1}, "any": "4111-1111"}}}
    for text in (
        "int(input.lead.any)",
        "timestamp(input.lead.any)",
        "input.lead.extra[input.lead.any]",
    ):
        with pytest.raises(ExpressionError) as caught:
            compiled(text).evaluate(secret)
        assert "4111" not in caught.value.message


def test_only_what_is_read_is_looked_at() -> None:
    lead = {**DATA["input"]["lead"], "any": object()}
    data = {**DATA, "input": {"lead": lead}, "other": object()}
    assert compiled("input.lead.tags[0]").evaluate(data) == "a"


def test_deep_data_is_refused_not_a_crash() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(ExpressionError, match=f"more than {MAX_DEPTH} levels"):
        compiled("input.lead.any").evaluate({"input": {"lead": {"any": deep}}})


def test_bind_makes_json_of_python_values() -> None:
    zone = timezone(timedelta(hours=-6))
    assert bind({"a": None, "b": [None, (1, 2.5)], "c": True}) == {"b": [None, [1, 2.5]], "c": True}
    assert bind(datetime(2026, 1, 2, 3, tzinfo=zone)) == "2026-01-02T03:00:00-06:00"
    assert bind(timedelta(minutes=1, microseconds=1)) == "60.000001s"


def test_loops_over_too_much_end() -> None:
    numbers = {"n": ListType(ANY)}
    text = "n.all(a, n.all(b, n.all(c, true)))"
    found = compile_expression(text, {"n": numbers["n"]})
    assert isinstance(found, Compiled)
    with pytest.raises(ExpressionError, match="too many items"):
        found.evaluate({"n": list(range(1000))})


def test_the_order_of_keys_does_not_depend_on_the_process() -> None:
    code = (
        "from auterity_sdk.expression.compile import compile_expression\n"
        "from auterity_sdk.expression.types import ANY\n"
        "found = compile_expression(\"[x.map(k, k), [x], {'z': 1, 'a': 2, 'm': 3}]\", {'x': ANY})\n"
        "print(found.evaluate({'x': {letter: 1 for letter in 'zyxabcdefg'}}))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(outputs) == 1


def test_a_read_alone_keeps_the_order_of_the_data() -> None:
    found = compile_expression("x", {"x": ObjectType("X", {"b": Field(ANY), "a": Field(ANY)})})
    assert isinstance(found, Compiled)
    assert list(found.evaluate({"x": {"b": 1, "a": 2}})) == ["b", "a"]


def test_one_compiled_expression_in_many_threads() -> None:
    condition = compiled("lower(score.reason) == 'é' && [1, 2, score.n].exists(x, x > 3)")
    wrong: list[int] = []

    def work() -> None:
        for n in range(300):
            data = {"score": {"reason": "É", "n": n}}
            if condition.evaluate(data) is not (n > 3):
                wrong.append(n)
            compile_expression(f"score.n + {n}", SCOPE)

    threads = [Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []

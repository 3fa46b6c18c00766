"""Types of right expressions; place, kind, message and help of wrong ones."""

import subprocess
import sys

import pytest

from auterity_sdk.expression.compile import Compiled, compile_expression
from auterity_sdk.expression.types import BOOL, INT, STRING, Literals, Type, describe

from .sample import SCOPE

TYPED = [
    ("score.score >= 80", "bool"),
    ("score.score >= input.min_score", "bool"),
    ("score.n > 2.5", "bool"),
    ("index == 4.0", "bool"),
    ("score.score * 2", "number"),
    ("2 * score.score - 1", "number"),
    ("score.n * 2 + 1", "int"),
    ("-score.score", "number"),
    ("score.n % 2", "int"),
    ("double(score.n) * score.score", "number"),
    ("'Hi ' + score.reason", "string"),
    ("input.lead.?vehicle.?model.orValue('car')", "string"),
    ("input.lead.?vehicle.hasValue()", "bool"),
    ("input.lead.?vehicle.?price.orValue(1)", "number"),
    ("input.lead.customer.?phone.optMap(p, p + 'x').orValue('')", "string"),
    ("has(input.lead.customer.phone)", "bool"),
    ("input.lead.customer.phone != null", "bool"),
    ("outcome.reply == 'timeout'", "bool"),
    ("outcome.reply in ['timeout', 'received']", "bool"),
    ("run.now - input.lead.at", "duration"),
    ("run.now - days(2)", "timestamp"),
    ("input.lead.at + input.lead.wait", "timestamp"),
    ("input.lead.wait > duration('1h30m')", "bool"),
    ("input.lead.cars.filter(c, c.price > 4)", "list of object Vehicle"),
    ("input.lead.cars.map(c, c.price * 2)", "list of number"),
    ("input.lead.cars.map(c, c.year > 1, c.model)", "list of string"),
    ("input.lead.cars.exists_one(c, has(c.model))", "bool"),
    ("[[1], [2]].map(x, x.map(y, y + 1))", "list of list of int"),
    ("input.lead.extra.map(k, k)", "list of string"),
    ("input.lead.extra['k'] + 1", "number"),
    ("input.lead.cars[0].price", "number"),
    ("input.lead.cars[?7].?model.orValue('m')", "string"),
    ("score.n == 3 ? 'sms' : 'email'", '"sms" or "email"'),
    ("score.n == 3 ? [] : [1]", "list of int"),
    ("[1, 2.5]", "list of number"),
    ("{'a': 1, 'b': score.reason}", "object"),
    ("{'a': 1}.a", "int"),
    ("input.lead", "object Lead"),
    ("input.lead.any", "any"),
    ("input.lead.any.what.ever > 3", "bool"),
    ("score.reason.split(',')", "list of string"),
    ("input.lead.tags.join(', ')", "string"),
    ("lower(score.reason).trim().replace('a', 'b')", "string"),
    ("size(input.lead.tags) + input.lead.tags.size()", "int"),
    ("money(score.n)", "string"),
    ("weekday(run.now, 'America/Chicago')", "string"),
    ("start_of_day(run.now, 'America/Chicago')", "timestamp"),
    ("optional.of(1).orValue(2)", "int"),
    (".score.score > 3", "bool"),
]


@pytest.mark.parametrize(("text", "expected"), TYPED)
def test_types(text: str, expected: str) -> None:
    compiled = compile_expression(text, SCOPE)
    assert isinstance(compiled, Compiled), compiled
    assert describe(compiled.type) == expected


WRONG = [
    # text, the marked part, kind, message, help
    ("score.scor > 3", "scor", "unknown_field", "object score has no field `scor`", "did you mean `score`?"),
    ("scor.score > 3", "scor", "unknown_name", "there is no `scor` here", "did you mean `score`?"),
    ("'é𝒳' + score.scroe", "scroe", "unknown_field", "object score has no field `scroe`", "did you mean `score`?"),
    ('"""a \' " b""" + score.scroe', "scroe", "unknown_field", "object score has no field `scroe`", "did you mean `score`?"),
    ("score.n > 1 &&\n  score.scroe > 2", "scroe", "unknown_field", "object score has no field `scroe`", "did you mean `score`?"),
    ("has(input.lead.customer.phon)", "phon", "unknown_field", "object Customer has no field `phon`", "did you mean `phone`?"),
    ("input.lead.customer.phon != null", "phon", "unknown_field", "object Customer has no field `phon`", "did you mean `phone`?"),
    ("input.lead.?vehicle.?modl.orValue('')", "modl", "unknown_field", "object Vehicle has no field `modl`", "did you mean `model`?"),
    ("input.lead['tag']", "'tag'", "unknown_field", "object Lead has no field `tag`", "did you mean `tags`?"),
    ("input.lead.cars.map(c, c.prise)", "prise", "unknown_field", "object Vehicle has no field `prise`", "did you mean `price`?"),
    ("score.score.foo", "foo", "unknown_field", "number has no field `foo`", ""),
    ("outcome.reply == 'timeut'", "'timeut'", "unknown_value", "the value is never 'timeut'", "did you mean 'timeout'?"),
    ("outcome.reply in ['timeout', 'x']", "'x'", "unknown_value", "the value is never 'x'", "it is one of 'received', 'timeout'"),
    ("outcome.repl == 'timeout'", "repl", "unknown_field", "object outcome has no field `repl`", "did you mean `reply`?"),
    ("score.score * score.n", "score.n", "type_mismatch", "`*` takes two ints or two numbers, and this is int", "convert it with `double(…)`"),
    ("score.reason + score.n", "+", "type_mismatch", "`+` cannot take string and int", "convert it with `string(…)`"),
    ("score.score > 'a'", ">", "type_mismatch", "`>` cannot take number and string", ""),
    ("score.reason == 3", "==", "type_mismatch", "`==` cannot take string and int", "convert it with `int(…)`"),
    ("1 in input.lead.tags", "in", "type_mismatch", "`in` cannot take int and list of string", ""),
    ("run.now in input.lead.times", "in", "type_mismatch", "`in` does not look into lists and maps that hold times", "compare each with `exists` or `all`"),
    ("score.n > 1 && 'x'", "'x'", "type_mismatch", "`&&` takes bool, not string", ""),
    ("!score.n", "score.n", "type_mismatch", "`!` takes bool, not int", ""),
    ("-score.reason", "score.reason", "type_mismatch", "`-` takes int or number, not string", ""),
    ("score.n ? 1 : 2", "score.n", "type_mismatch", "the condition before `?` is bool, not int", ""),
    ("input.lead.tags.exists(t, t)", "t", "type_mismatch", "the test of `exists` is bool, not string", ""),
    ("score.n.all(x, true)", "score.n", "type_mismatch", "`all` goes over a list or a map, not int", ""),
    ("input.lead.?vehicle.?price.orValue('x')", "'x'", "type_mismatch", "the value is number, but without it string", ""),
    ("input.lead.tags[score.reason]", "score.reason", "type_mismatch", "list of string cannot be indexed by string", ""),
    ("score.n > 1 ? 1 : 'a'", "? 1 : 'a'", "type_mismatch", "the two sides of `:` are of different types, int and string", ""),
    ("input.lead.tags + [1]", "+", "type_mismatch", "`+` cannot take list of string and list of int", ""),
    ("3u", "3u", "type_mismatch", "unsigned literals are not part of the language", ""),
    ("size(1)", "1", "bad_call", "`size` takes string, list or map, not int", ""),
    ("loer('a')", "loer", "bad_call", "there is no function `loer`", "did you mean `lower`?"),
    ("'a'.lower()", "lower", "bad_call", "`lower` is not called this way", "write `lower(value)`"),
    ("trim('a')", "trim", "bad_call", "`trim` is not called this way", "write `value.trim()`"),
    ("days()", "days", "bad_call", "`days` takes 1 argument, got 0", ""),
    ("days(score.reason)", "score.reason", "bad_call", "`days` takes number, not string", "convert it with `double(…)`"),
    ("duration('1 day')", "'1 day'", "bad_call", "the text is no duration", ""),
    ("weekday(run.now, 'Mars')", "'Mars'", "bad_call", "there is no such time zone", ""),
    ("score.reason.matches('[')", "'['", "bad_call", "the regular expression is not valid", ""),
    ("score.score.orValue(3)", "orValue", "bad_call", "`orValue` is for optional values, not number", "read it as `.?name` first, or leave this out"),
    ("Foo{a: 1}", "Foo", "bad_call", "there is no message type `Foo`", "write a map: {'key': value}"),
    ("[input.lead.?any]", "input.lead.?any", "optional_result", "this is an optional value", "put a `?` before it, or end it with `.orValue(…)`"),
    ("input.lead.?any", "input.lead.?any", "optional_result", "this is an optional value", "end it with `.orValue(…)`, `.value()` or `.hasValue()`"),
    ("score.score = 80", "=", "syntax", "unexpected `=`", "write `==` to compare"),
    ("score.n > 2 and score.n < 4", "and", "syntax", "unexpected `and`", "write `&&` for and"),
    ("not score.n", "score", "syntax", "unexpected `score`", "write `!` for not"),
    ("'é' + if", "if", "syntax", "`if` is a reserved word", "write `condition ? value : other`"),
    ("${score.n}", "$", "syntax", "unexpected `$`", "leave out `${…}`: this is an expression already"),
    ("score.score >=", "", "syntax", "the expression ends too early", ""),
    ("'é' + 'abc", "'abc", "syntax", "this text is not closed", "add a '"),
    ("", "", "syntax", "the expression is empty", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "marked", "kind", "message", "help"), WRONG)
def test_problems(text: str, marked: str, kind: str, message: str, help: str) -> None:
    found = compile_expression(text, SCOPE)
    assert isinstance(found, tuple)
    first = found[0]
    assert (first.kind, first.message, first.help) == (kind, message, help)
    assert text[first.start : first.end] == marked
    assert len(found) == 1


def test_offsets_point_at_the_right_one_of_two() -> None:
    (problem,) = compile_expression("score.n > 1 || score.n.x", SCOPE)  # type: ignore[misc]
    assert (problem.start, problem.end) == (23, 24)


def test_all_problems_in_order_of_place() -> None:
    found = compile_expression("b.x > 1 && a.y > 2", SCOPE)
    assert isinstance(found, tuple)
    assert [problem.start for problem in found] == [0, 11]


@pytest.mark.parametrize(
    ("text", "expect", "rendered", "kind", "message"),
    [
        ("score.n", BOOL, False, "not_boolean", "a condition is true or false, and this is int"),
        ("input.lead.customer", STRING, False, "type_mismatch", "takes string, got object Customer"),
        ("score.score", INT, False, "type_mismatch", "takes int, got number"),
        ("'fax'", Literals(("sms", "email")), False, "type_mismatch", 'takes "sms" or "email", got "fax"'),
        ("input.lead.tags", None, True, "not_text", "list of string cannot stand within a text"),
        ("input.lead", None, True, "not_text", "object Lead cannot stand within a text"),
    ],
)  # fmt: skip
def test_the_value_as_a_whole(
    text: str, expect: Type | None, rendered: bool, kind: str, message: str
) -> None:
    found = compile_expression(text, SCOPE, expect=expect, rendered=rendered)
    assert isinstance(found, tuple)
    assert [(each.kind, each.message, each.start, each.end) for each in found] == [
        (kind, message, 0, len(text))
    ]


@pytest.mark.parametrize("text", ["score.n", "score.reason", "run.now", "input.lead.any", "true"])
def test_what_a_text_can_hold(text: str) -> None:
    assert isinstance(compile_expression(text, SCOPE, rendered=True), Compiled)


def test_an_enum_parameter_takes_one_of_its_values_and_any_string() -> None:
    wanted = Literals(("sms", "email"))
    for text in ("'sms'", "score.n > 1 ? 'sms' : 'email'", "score.reason"):
        assert isinstance(compile_expression(text, SCOPE, expect=wanted), Compiled)


def test_the_library_is_loaded_late() -> None:
    code = (
        "import sys; import auterity_sdk, auterity_sdk.expression.compile, "
        "auterity_sdk.expression.templates; "
        "sys.exit(any(name.startswith('cel_expr_python') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

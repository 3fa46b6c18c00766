"""The types of calls and operators: choosing an overload, and saying what does not fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from auterity_sdk.expression import operators
from auterity_sdk.expression.constants import constant_error
from auterity_sdk.expression.fitting import assignable, conversion
from auterity_sdk.expression.problem import Kind
from auterity_sdk.expression.signatures import (
    MACROS,
    OPTIONAL_METHODS,
    Signature,
    function_names,
    signatures,
)
from auterity_sdk.expression.spans import Span, function_span, span
from auterity_sdk.expression.suggest import Suggestions
from auterity_sdk.expression.tree import Call, Constant, Items, Name, Node
from auterity_sdk.expression.types import (
    ANY,
    BOOL,
    DURATION,
    INT,
    NEVER,
    NUMBER,
    STRING,
    TIMESTAMP,
    Literals,
    MapType,
    ObjectType,
    OptionalType,
    Type,
    describe,
    holds_times,
    one_of,
    options_of,
    widened,
    without_null,
)

_READERS: dict[Type, str] = {TIMESTAMP: "timestamp", DURATION: "@duration"}


class Checker(Protocol):
    """What the rules here need of an inference."""

    text: str
    casts: dict[int, str]
    suggestions: Suggestions

    def infer(self, node: Node, bound: Mapping[str, Type]) -> Type:
        """The type of a node."""
        ...

    def report(
        self, kind: Kind, message: str, where: Span, help: str = "", instead: str = ""
    ) -> Type:
        """Note a problem; gives any."""
        ...


def fits(got: Type, wanted: Type) -> bool:
    """A value of `got` may be taken by a function for `wanted`; objects are maps to functions."""
    if isinstance(wanted, MapType) and any(isinstance(one, ObjectType) for one in options_of(got)):
        return True
    return assignable(got, wanted)


def call_type(checker: Checker, node: Call, bound: Mapping[str, Type]) -> Type:
    """The type of a call of a named function or method."""
    name = node.function.removeprefix("optional.")
    made = isinstance(node.target, Name) and node.target.name == "optional"
    if (made or name != node.function) and name in ("of", "none", "ofNonZeroValue"):
        values = [checker.infer(argument, bound) for argument in node.arguments]
        return OptionalType(values[0] if values else NEVER)
    if node.target is not None:
        target = checker.infer(node.target, bound)
        if node.function in OPTIONAL_METHODS:
            return _optional_method(checker, node, target, bound)
        return _overload(checker, node, [target, *_infer_all(checker, node, bound)])
    return _overload(checker, node, _infer_all(checker, node, bound))


def _infer_all(checker: Checker, node: Call, bound: Mapping[str, Type]) -> list[Type]:
    return [checker.infer(argument, bound) for argument in node.arguments]


def _optional_method(checker: Checker, node: Call, target: Type, bound: Mapping[str, Type]) -> Type:
    given = _infer_all(checker, node, bound)
    where = function_span(checker.text, node)
    if not isinstance(target, OptionalType) and target != ANY:
        hint = "read it as `.?name` first, or leave this out"
        message = f"`{node.function}` is for optional values, not {describe(widened(target))}"
        return checker.report("bad_call", message, where, hint)
    if len(given) != (node.function in ("or", "orValue")):
        wanted = "one value" if node.function in ("or", "orValue") else "nothing"
        return checker.report("bad_call", f"`{node.function}` takes {wanted}", where)
    value = target.value if isinstance(target, OptionalType) else ANY
    if node.function == "hasValue":
        return BOOL
    if node.function == "or":
        other = given[0].value if isinstance(given[0], OptionalType) else ANY
        return OptionalType(one_of((value, other)))
    return _unwrapped(checker, node, value, given)


def _unwrapped(checker: Checker, node: Call, value: Type, given: list[Type]) -> Type:
    result = value
    if given:
        fallback = given[0]
        if not operators.alike(value, fallback):
            shown = describe(widened(fallback))
            message = f"the value is {describe(value)}, but without it {shown}"
            checker.report("type_mismatch", message, span(checker.text, node.arguments[0]))
        result = one_of((value, fallback))
    if reader := _READERS.get(without_null(result)):
        checker.casts[node.id] = reader
    return result


def _overload(checker: Checker, node: Call, given: list[Type]) -> Type:
    known = signatures().get((node.function, node.target is not None), ())
    if not known:
        return _unknown_function(checker, node)
    fitting = [one for one in known if _takes(one, given)]
    if not fitting:
        return _no_overload(checker, node, known, given)
    for wanted, argument in zip(fitting[0].parameters, node.arguments, strict=True):
        if wanted == NUMBER and node.function != "double":
            reader = "@text" if node.function == "string" else "double"
            checker.casts.setdefault(argument.id, reader)
    if failing := constant_error(checker.text, node):
        return checker.report("bad_call", failing, span(checker.text, node.arguments[-1]))
    return one_of(one.result for one in fitting)


def _takes(signature: Signature, given: list[Type]) -> bool:
    wanted = signature.operands
    return len(wanted) == len(given) and all(
        fits(one, other) for one, other in zip(given, wanted, strict=True)
    )


def _unknown_function(checker: Checker, node: Call) -> Type:
    where = function_span(checker.text, node)
    other_way = (node.function, node.target is None)
    if other_way in signatures():
        arguments = "" if node.target is None else "value"
        right = f"{node.function}({arguments})" if arguments else f"value.{node.function}()"
        message = f"`{node.function}` is not called this way"
        return checker.report("bad_call", message, where, f"write `{right}`")
    if node.function in MACROS:
        usage = "has(a.x)" if node.function == "has" else f"list.{node.function}(x, …)"
        message = f"`{node.function}` is not called this way"
        return checker.report("bad_call", message, where, f"write `{usage}`")
    near = checker.suggestions.nearest(node.function, function_names())
    message = f"there is no function `{node.function}`"
    return checker.report("bad_call", message, where, f"did you mean `{near}`?" if near else "")


def _no_overload(
    checker: Checker, node: Call, known: tuple[Signature, ...], given: list[Type]
) -> Type:
    targeted = node.target is not None
    of_length = [one for one in known if len(one.operands) == len(given)]
    if not of_length:
        counts = sorted({len(one.parameters) for one in known})
        message = f"`{node.function}` takes {_counted(counts)}, got {len(node.arguments)}"
        hint = "its parts are in UTC; `date`, `clock`, `weekday` and `hour` take a zone"
        hint = hint if node.function.startswith("get") else ""
        return checker.report("bad_call", message, function_span(checker.text, node), hint)
    operands = ([node.target] if node.target is not None else []) + list(node.arguments)
    at = next(
        index
        for index, got in enumerate(given)
        if not any(fits(got, one.operands[index]) for one in of_length) or index == len(given) - 1
    )
    wanted = one_of(one.operands[at] for one in of_length)
    verb = "is for" if targeted and at == 0 else "takes"
    message = f"`{node.function}` {verb} {describe(wanted)}, not {describe(widened(given[at]))}"
    where = span(checker.text, operands[at])
    return checker.report("bad_call", message, where, _convert(given[at], wanted))


def _counted(counts: list[int]) -> str:
    words = " or ".join(str(count) for count in counts)
    return f"{words} argument{'' if counts == [1] else 's'}"


def _convert(got: Type, wanted: Type) -> str:
    function = conversion(without_null(got), without_null(wanted))
    return f"convert it with `{function}`" if function else ""


def operator_type(checker: Checker, node: Call, left: Type, right: Type) -> Type:
    """The type of a binary operator on sides of two types."""
    if node.function in operators.ARITHMETIC:
        return _arithmetic(checker, node, left, right)
    if node.function == "@in":
        fine = operators.contains(right, left)
    elif node.function in operators.ORDER:
        fine = operators.ordered(left, right)
    else:
        fine = operators.comparable(left, right)
    if _never_equal(checker, node, left, right):
        return BOOL
    if not fine:
        _misfit(checker, node, left, right)
    return BOOL


def _arithmetic(checker: Checker, node: Call, left: Type, right: Type) -> Type:
    result = operators.arithmetic(node.function, left, right)
    if result is None:
        return _misfit(checker, node, left, right)
    if result == NUMBER:
        for side, got in zip(node.arguments, (left, right), strict=True):
            if without_null(got) == INT and not isinstance(side, Constant):
                message = f"`{operators.SIGNS[node.function]}` takes two ints or two numbers, and this is int"
                hint = "convert it with `double(…)`"
                return checker.report("type_mismatch", message, span(checker.text, side), hint)
            if not (isinstance(side, Call) and side.function in operators.ARITHMETIC):
                checker.casts.setdefault(side.id, "double")
    return result


def _misfit(checker: Checker, node: Call, left: Type, right: Type) -> Type:
    sign = operators.SIGNS[node.function]
    where = function_span(checker.text, node)
    where = (where[0], where[0] + len(sign))
    if holds_times(left) or holds_times(right):
        message = f"`{sign}` does not look into lists and maps that hold times"
        return checker.report(
            "type_mismatch", message, where, "compare each with `exists` or `all`"
        )
    message = f"`{sign}` cannot take {describe(widened(left))} and {describe(widened(right))}"
    hint = _side_to_convert(node, left, right)
    if OptionalType in (type(left), type(right)):
        hint = "end the optional value with `.orValue(…)`"
    return checker.report("type_mismatch", message, where, hint)


def _side_to_convert(node: Call, left: Type, right: Type) -> str:
    """The conversion that mends it: for `+` of what is no text, else of a text that is no literal."""
    sides = [(left, right, node.arguments[0]), (right, left, node.arguments[1])]
    joins = node.function == "_+_" and STRING in (widened(left), widened(right))
    for got, wanted, argument in sides:
        fixed = isinstance(argument, Constant) and not joins
        if not fixed and (widened(wanted) if joins else widened(got)) == STRING:
            return _convert(got, widened(wanted))
    return ""


def _never_equal(checker: Checker, node: Call, left: Type, right: Type) -> bool:
    """A text compared with an enum that has no such value: the misspelt outcome."""
    found = False
    for side, other, here in (
        (node.arguments[0], right, node.arguments[1]),
        (node.arguments[1], left, node.arguments[0]),
    ):
        choices = _choices(other) if not isinstance(here, Constant | Items) else None
        if choices is None or node.function not in ("_==_", "_!=_", "@in"):
            continue
        for one in side.items if isinstance(side, Items) else (side,):
            if isinstance(one, Constant) and isinstance(one.value, str):
                found |= _unknown_value(checker, one, one.value, choices)
    return found


def _choices(type: Type) -> tuple[str, ...] | None:
    options = options_of(without_null(type))
    found = [value for one in options if isinstance(one, Literals) for value in one.values]
    return tuple(found) if found and STRING not in options and ANY not in options else None


def _unknown_value(checker: Checker, node: Constant, value: str, choices: tuple[str, ...]) -> bool:
    if value in choices:
        return False
    near = checker.suggestions.nearest(value, choices)
    shown = ", ".join(f"'{choice}'" for choice in choices[:8])
    message = f"the value is never '{value}'"
    hint = f"did you mean '{near}'?" if near else f"it is one of {shown}"
    instead = f"'{near}'" if near and near.isidentifier() else ""
    checker.report("unknown_value", message, span(checker.text, node), hint, instead)
    return True

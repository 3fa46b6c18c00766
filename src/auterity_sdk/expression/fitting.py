"""Whether a value of one type can stand where another is wanted, and why not.

It refuses what is surely wrong: what only the value can tell (a string for an enum, a field that may
be absent) is left to the run.
"""

from __future__ import annotations

from auterity_sdk.expression.types import (
    ANY,
    BOOL,
    DURATION,
    INT,
    NEVER,
    NULL,
    NUMBER,
    STRING,
    TIMESTAMP,
    ListType,
    Literals,
    MapType,
    ObjectType,
    OneOf,
    OptionalType,
    Type,
    describe,
    options_of,
    widened,
)

CONVERSIONS: dict[tuple[Type, Type], str] = {
    (STRING, INT): "int(…)",
    (STRING, NUMBER): "double(…)",
    (NUMBER, INT): "int(…)",
    (INT, STRING): "string(…)",
    (NUMBER, STRING): "string(…)",
    (BOOL, STRING): "string(…)",
    (TIMESTAMP, STRING): "string(…)",
    (DURATION, STRING): "string(…)",
    (STRING, TIMESTAMP): "timestamp(…)",
    (STRING, DURATION): "duration(…)",
}
"""The CEL function that makes a value of the second type from one of the first."""

_Seen = frozenset[tuple[int, int]]


def assignable(source: Type, target: Type) -> bool:
    """A value of `source` may stand where `target` is wanted."""
    return mismatch(source, target) is None


def mismatch(source: Type, target: Type) -> str | None:
    """Why a value of `source` cannot stand where `target` is wanted; None if it can.

    The reason reads on from a subject: "takes string, got object Customer".
    """
    return _mismatch(source, target, frozenset())


def _mismatch(source: Type, target: Type, seen: _Seen) -> str | None:
    if source in (target, NEVER) or ANY in (source, target):
        return None
    if isinstance(source, OneOf):
        return _any_option(source, target, seen)
    if isinstance(target, OneOf):
        return _into_any(source, target, seen)
    match source, target:
        case (ObjectType(), ObjectType()):
            return _object(source, target, seen)
        case (ObjectType(), MapType(value)):
            return _fields_into(source, value, seen)
        case (MapType(value), MapType(wanted)) | (ListType(value), ListType(wanted)):
            inner = _mismatch(value, wanted, seen)
            return inner and _plain(source, target)
        case (OptionalType(value), OptionalType(wanted)):
            return _mismatch(value, wanted, seen)
        case (Literals(values), Literals(wanted_values)):
            return None if set(values) & set(wanted_values) else _plain(source, target)
        case (Literals(), other) if other == STRING:
            return None
        case (other, Literals()) if other == STRING:
            return None
        case (MapType(), ObjectType()):
            return None
        case _:
            return None if (source, target) == (INT, NUMBER) else _plain(source, target)


def _plain(source: Type, target: Type) -> str:
    shown = source if isinstance(target, Literals) else widened(source)
    return f"takes {describe(target)}, got {describe(shown)}"


def _any_option(source: OneOf, target: Type, seen: _Seen) -> str | None:
    """One alternative that fits is enough: which it is, only the run knows. Null is left out when read."""
    reasons = [_mismatch(option, target, seen) for option in source.options if option != NULL]
    return None if None in reasons else _plain(source, target)


def _into_any(source: Type, target: OneOf, seen: _Seen) -> str | None:
    reasons = [_mismatch(source, option, seen) for option in target.options]
    if None in reasons:
        return None
    wanted = [option for option in target.options if option != NULL]
    return reasons[target.options.index(wanted[0])] if len(wanted) == 1 else _plain(source, target)


def _object(source: ObjectType, target: ObjectType, seen: _Seen) -> str | None:
    pair = (id(source), id(target))
    if pair in seen:
        return None
    seen |= {pair}
    for name, wanted in target.fields.items():
        given = source.fields.get(name)
        if given is None:
            if wanted.required and not source.open:
                return f"{_plain(source, target)}, which has no `{name}`"
            continue
        reason = _mismatch(given.type, wanted.type, seen)
        if reason:
            return f"{_plain(source, target)}, whose `{name}` is {describe(given.type)}, not {describe(wanted.type)}"
    extra = next((name for name in source.fields if name not in target.fields), None)
    if target.strict and extra is not None:
        return f"{_plain(source, target)}, whose `{extra}` it does not know"
    return None


def _fields_into(source: ObjectType, value: Type, seen: _Seen) -> str | None:
    for name, given in source.fields.items():
        if _mismatch(given.type, value, seen):
            return f"takes map of {describe(value)}, got {describe(source)}, whose `{name}` is {describe(given.type)}"
    return None


def conversion(source: Type, target: Type) -> str:
    """The function that would turn one scalar into another (`int(…)`), or an empty text."""
    one, *more = (STRING if isinstance(each, Literals) else each for each in options_of(source))
    wanted = STRING if isinstance(target, Literals) else target
    return "" if more else CONVERSIONS.get((one, wanted), "")

"""The types of operators: arithmetic, order, equality and membership, and what to say where they do not fit."""

from __future__ import annotations

from collections.abc import Iterator

from auterity_sdk.expression.fitting import assignable
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
    Type,
    holds_times,
    one_of,
    options_of,
    without_null,
)

SIGNS = {
    "_+_": "+",
    "_-_": "-",
    "_*_": "*",
    "_/_": "/",
    "_%_": "%",
    "-_": "-",
    "_<_": "<",
    "_<=_": "<=",
    "_>_": ">",
    "_>=_": ">=",
    "_==_": "==",
    "_!=_": "!=",
    "@in": "in",
    "_&&_": "&&",
    "_||_": "||",
    "!_": "!",
}
"""CEL's names of operators, and how they are written."""

ARITHMETIC = frozenset({"_+_", "_-_", "_*_", "_/_", "_%_"})
ORDER = frozenset({"_<_", "_<=_", "_>_", "_>=_"})
EQUALITY = frozenset({"_==_", "_!=_"})

_SUMS: dict[tuple[str, Type, Type], Type] = {
    ("_+_", STRING, STRING): STRING,
    ("_+_", TIMESTAMP, DURATION): TIMESTAMP,
    ("_+_", DURATION, TIMESTAMP): TIMESTAMP,
    ("_+_", DURATION, DURATION): DURATION,
    ("_-_", TIMESTAMP, TIMESTAMP): DURATION,
    ("_-_", TIMESTAMP, DURATION): TIMESTAMP,
    ("_-_", DURATION, DURATION): DURATION,
    ("_%_", INT, INT): INT,
}
_ORDERED: dict[Type, str] = {
    INT: "number",
    NUMBER: "number",
    STRING: "string",
    BOOL: "bool",
    TIMESTAMP: "timestamp",
    DURATION: "duration",
}


def _pairs(left: Type, right: Type) -> Iterator[tuple[Type, Type]]:
    for one in options_of(without_null(left)):
        for two in options_of(without_null(right)):
            yield _plain(one), _plain(two)


def _plain(type: Type) -> Type:
    return STRING if isinstance(type, Literals) else type


def arithmetic(function: str, left: Type, right: Type) -> Type | None:
    """The result's type, int beside number counting as number; None if no values fit."""
    found = [_sum(function, one, two) for one, two in _pairs(left, right)]
    known = [each for each in found if each is not None]
    return one_of(known) if known else None


def _sum(function: str, left: Type, right: Type) -> Type | None:
    if ANY in (left, right) or NEVER in (left, right):
        return ANY
    if function != "_%_" and {left, right} <= {INT, NUMBER}:
        return INT if left == right == INT else NUMBER
    if function == "_+_" and isinstance(left, ListType) and isinstance(right, ListType):
        if not alike(left.item, right.item):
            return None
        return ListType(one_of((left.item, right.item)))
    return _SUMS.get((function, left, right))


def ordered(left: Type, right: Type) -> bool:
    """Some values of the two can be compared by `<`."""
    return any(
        one in (ANY, NEVER) or two in (ANY, NEVER) or _ORDERED.get(one, "none") == _ORDERED.get(two)
        for one, two in _pairs(left, right)
    )


def comparable(left: Type, right: Type) -> bool:
    """Some values of the two can be equal. Lists and maps that hold times are not compared as wholes."""
    if holds_times(left) or holds_times(right):
        return False
    if NULL in (left, right):
        return True
    return any(_may_equal(one, two) for one, two in _pairs(left, right))


def alike(one: Type, other: Type) -> bool:
    """The two can be alternatives of one value: null beside anything, int beside number."""
    return NULL in (one, other) or any(
        {left, right} <= {INT, NUMBER} or assignable(left, right) or assignable(right, left)
        for left, right in _pairs(one, other)
    )


def _may_equal(left: Type, right: Type) -> bool:
    if alike(left, right):
        return True
    return isinstance(left, ObjectType | MapType) and isinstance(right, ObjectType | MapType)


def contains(container: Type, item: Type) -> bool:
    """`item in container` can be true: an item of a list, or a key of a map or object."""
    for option in options_of(without_null(container)):
        match option:
            case ListType(inner) if comparable(inner, item) and not holds_times(option):
                return True
            case MapType() | ObjectType() if assignable(item, STRING):
                return True
            case _ if option == ANY:
                return True
    return False

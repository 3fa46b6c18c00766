"""The types of members: what `a.x`, `a[0]` and `a.?x` give for an `a` of a type."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from auterity_sdk.expression.suggest import Suggestions
from auterity_sdk.expression.types import (
    ANY,
    INT,
    NEVER,
    NULL,
    STRING,
    ListType,
    Literals,
    MapType,
    ObjectType,
    OneOf,
    OptionalType,
    Type,
    describe,
    one_of,
    options_of,
)

_LOOKED_AT = 200
"""Fields that are looked at for those that a message lists."""


def member_type(owner: Type, name: str) -> Type | None:
    """The type of a member; None if values of `owner` surely have none of that name."""
    match owner:
        case ObjectType(fields=fields) if name in fields:
            return fields[name].type
        case ObjectType(open=True):
            return ANY
        case MapType(value):
            return value
        case OptionalType(value):
            found = member_type(value, name)
            return None if found is None else OptionalType(found)
        case OneOf(options):
            known = [member_type(option, name) for option in options]
            found_ones = [each for each in known if each is not None]
            return one_of(found_ones) if found_ones else None
        case _:
            return ANY if owner in (ANY, NEVER) else None


def no_member(owner: Type, name: str, suggestions: Suggestions) -> tuple[str, str, str]:
    """Message and help for a member that is not there, and the name that was most likely meant."""
    inner = owner.value if isinstance(owner, OptionalType) else owner
    message = f"{describe(inner)} has no field `{name}`"
    near = suggestions.nearest(name, field_names(inner))
    if near:
        return message, f"did you mean `{near}`?", near
    if isinstance(inner, ListType):
        return (
            message,
            f"write `[0].{name}` for one item, or use `exists`, `all`, `map` or `filter`",
            "",
        )
    names = sorted({*islice(field_names(inner), _LOOKED_AT)})
    listed = ", ".join(f"`{each}`" for each in names[:8])
    return message, f"it has {listed}" if names else "", ""


def field_names(owner: Type) -> Iterator[str]:
    """The names of the fields that values of a type may have; those of several types come more than once."""
    for option in options_of(owner):
        if isinstance(option, ObjectType):
            yield from option.fields


def item_type(owner: Type, key: Type) -> Type | None:
    """The type of `owner[key]`; None if it cannot be indexed so."""
    found: list[Type] = []
    for option in options_of(owner):
        if option in (ANY, NEVER):
            return ANY
        if isinstance(option, ListType) and key in (INT, ANY):
            found.append(option.item)
        elif isinstance(option, MapType) and (key in (STRING, ANY) or isinstance(key, Literals)):
            found.append(option.value)
        elif isinstance(option, ObjectType) and (key in (STRING, ANY) or isinstance(key, Literals)):
            found.append(one_of(field.type for field in option.fields.values()))
        elif isinstance(option, OptionalType):
            inner = item_type(option.value, key)
            found += [] if inner is None else [OptionalType(inner)]
    return one_of(found) if found else None


def loop_type(over: Type) -> Type | None:
    """The type of a macro's variable that goes over a list's items or a map's keys; None if nothing to go over."""
    found: list[Type] = []
    for option in options_of(over):
        match option:
            case ListType(item):
                found.append(item)
            case MapType() | ObjectType():
                found.append(STRING)
            case _ if option in (ANY, NEVER):
                return ANY
            case _ if option != NULL:
                return None
    return one_of(found) if found else None

"""The types of values in expressions: small, structural, and able to say why one does not fit another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias

from msgspec import Struct, field

ScalarName = Literal[
    "any", "null", "bool", "int", "number", "string", "timestamp", "duration", "never"
]


class Scalar(Struct, frozen=True):
    """A type without parts. `any` is unknown until the run; `never` has no value (an empty list's item)."""

    name: ScalarName


class Literals(Struct, frozen=True):
    """One of a few strings: an enum, or the outcomes of a step."""

    values: tuple[str, ...]


class ListType(Struct, frozen=True):
    """A list whose items are all of one type."""

    item: Type


class MapType(Struct, frozen=True):
    """A map from any string to values of one type."""

    value: Type


class OptionalType(Struct, frozen=True):
    """What CEL's optional syntax gives (`a.?x`): a value, or none. It is read with `.orValue(…)`."""

    value: Type


class OneOf(Struct, frozen=True):
    """A value of any of several types, none of them `any`; null is one of them where None is allowed."""

    options: tuple[Type, ...]


class Field(Struct, frozen=True):
    """A field of an object. Not `required`: it may be absent; `nullable`: it may be None, which reads as absent."""

    type: Type
    required: bool = True
    nullable: bool = False
    description: str = ""

    @property
    def certain(self) -> bool:
        """The field has a value whenever its object has."""
        return self.required and not self.nullable


class ObjectType(Struct, frozen=True, eq=False):
    """An object with named fields. `open` ones may have others, of type any; equal only to itself.

    `strict` ones refuse values with other fields. `fields` is filled after making where types recurse.
    """

    name: str
    fields: Mapping[str, Field] = field(default_factory=dict)
    open: bool = False
    strict: bool = False


Type: TypeAlias = Scalar | Literals | ListType | MapType | OptionalType | OneOf | ObjectType

ANY = Scalar("any")
NULL = Scalar("null")
BOOL = Scalar("bool")
INT = Scalar("int")
NUMBER = Scalar("number")
STRING = Scalar("string")
TIMESTAMP = Scalar("timestamp")
DURATION = Scalar("duration")
NEVER = Scalar("never")
TIMES = frozenset({TIMESTAMP, DURATION})
_SCALAR = frozenset({NULL, BOOL, INT, NUMBER, STRING, TIMESTAMP, DURATION})


def one_of(options: Iterable[Type]) -> Type:
    """The smallest type that holds all of `options`: flat, without repeats, int within number."""
    flat: dict[Type, None] = {}
    for option in options:
        flat.update(dict.fromkeys(option.options if isinstance(option, OneOf) else (option,)))
    flat.pop(NEVER, None)
    if ANY in flat:
        return ANY
    if NUMBER in flat:
        flat.pop(INT, None)
    literals = [option for option in flat if isinstance(option, Literals)]
    if STRING in flat or len(literals) > 1:
        flat = {option: None for option in flat if option not in literals}
        values = dict.fromkeys(value for some in literals for value in some.values)
        flat.setdefault(STRING if STRING in flat else Literals(tuple(values)))
    if len(flat) > 1 and not _SCALAR.issuperset(flat):
        flat = _joined(flat)
    kept = tuple(flat)
    return NEVER if not kept else kept[0] if len(kept) == 1 else OneOf(kept)


def _joined(options: dict[Type, None]) -> dict[Type, None]:
    """An empty list joins any other list (`c ? [] : [1]`), and optional values are one."""
    if any(isinstance(option, ListType) and option.item != NEVER for option in options):
        options.pop(ListType(NEVER), None)
    optional = [option for option in options if isinstance(option, OptionalType)]
    if len(optional) > 1:
        options = {option: None for option in options if option not in optional}
        options[OptionalType(one_of(option.value for option in optional))] = None
    return options


def options_of(type: Type) -> tuple[Type, ...]:
    """The alternatives of a type: itself, unless it is one of several."""
    return type.options if isinstance(type, OneOf) else (type,)


def without_null(type: Type) -> Type:
    """The type of a value that is read: null has been left out by then."""
    if isinstance(type, OneOf) and NULL in type.options:
        return one_of(option for option in type.options if option != NULL)
    return type


def widened(type: Type) -> Type:
    """A single text literal's type where it is kept or named: any string could stand there."""
    return STRING if isinstance(type, Literals) and len(type.values) == 1 else type


def describe(type: Type) -> str:
    """The type as a reader of a message or a hover knows it: `list of Lead`, `"hot" or "cold"`."""
    match type:
        case Scalar(name):
            return name
        case Literals(values):
            shown = [f'"{value}"' for value in values[:4]]
            return _enumerate([*shown, f"{len(values) - 4} more"] if len(values) > 4 else shown)
        case ListType(item):
            return "list" if item in (ANY, NEVER) else f"list of {describe(item)}"
        case MapType(value):
            return "map" if value == ANY else f"map of {describe(value)}"
        case OptionalType(value):
            return "optional value" if value == ANY else f"optional {describe(value)}"
        case OneOf(options):
            return _enumerate([describe(option) for option in options])
        case ObjectType(name):
            return f"object {name}" if name else "object"


def _enumerate(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def holds_times(type: Type) -> bool:
    """A time or duration is inside a list or map of this type (objects are not searched)."""
    match type:
        case ListType(inner) | MapType(inner):
            return inner in TIMES or holds_times(inner)
        case OneOf(options):
            return any(holds_times(option) for option in options)
        case _:
            return False

"""The syntax tree of an expression, as CEL's own parser made it: macros (`has`, `all`, …) are expanded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from msgspec import Struct


class Constant(Struct, frozen=True):
    """A literal; `bytes` and unsigned ones keep their own kinds, which the language refuses."""

    id: int
    at: int
    value: bool | int | float | str | None
    unsupported: str = ""


class Name(Struct, frozen=True):
    """A name that is read: a root, or a variable of a macro."""

    id: int
    at: int
    name: str


class Select(Struct, frozen=True):
    """`operand.field`, or with `test` the `has(operand.field)` macro."""

    id: int
    at: int
    operand: Node
    field: str
    test: bool = False


class Call(Struct, frozen=True):
    """A function or operator (`_+_`, `_?._`, `@in`); `target` is set for `target.function(…)`."""

    id: int
    at: int
    function: str
    arguments: tuple[Node, ...]
    target: Node | None = None


class Items(Struct, frozen=True):
    """A list literal; `optional` holds the indices written with a `?`."""

    id: int
    at: int
    items: tuple[Node, ...]
    optional: tuple[int, ...] = ()


class Entry(Struct, frozen=True):
    """An entry of a map literal (`key`), or of a message literal (`field`)."""

    id: int
    key: Node | None
    value: Node
    field: str = ""
    optional: bool = False


class Entries(Struct, frozen=True):
    """A map literal, or with a `message` the literal of one, which the language refuses."""

    id: int
    at: int
    entries: tuple[Entry, ...]
    message: str = ""


class Fold(Struct, frozen=True):
    """What a macro over a list or map expands to: a loop with an accumulator."""

    id: int
    at: int
    variable: str
    range: Node
    accumulator: str
    start: Node
    condition: Node
    step: Node
    result: Node


Node: TypeAlias = Constant | Name | Select | Call | Items | Entries | Fold


def children(node: Node) -> Iterator[Node]:
    """The nodes right below, in the order of evaluation."""
    match node:
        case Select(operand=operand):
            yield operand
        case Call(arguments=arguments, target=target):
            if target is not None:
                yield target
            yield from arguments
        case Items(items=items):
            yield from items
        case Entries(entries=entries):
            for entry in entries:
                if entry.key is not None:
                    yield entry.key
                yield entry.value
        case Fold():
            yield from (node.range, node.start, node.condition, node.step, node.result)
        case _:
            return


def path_of(node: Node) -> tuple[str, ...] | None:
    """The dotted path that a chain of selections reads (`a.b.c`, also `a.?b.c` and `a["b"]`), or None."""
    parts: list[str] = []
    while True:
        match node:
            case Name(name=name):
                return (name, *reversed(parts))
            case Select(operand=operand, field=field):
                parts.append(field)
                node = operand
            case Call(
                function="_?._" | "_[_]" | "_[?_]", arguments=(operand, Constant(value=str(field)))
            ):
                parts.append(field)
                node = operand
            case _:
                return None

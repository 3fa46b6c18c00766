"""The syntax tree in protobuf's wire form: read from what CEL serializes, written to what it loads.

The numbers of fields are those of CEL's published `syntax.proto`.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping

from auterity_sdk.expression import wire
from auterity_sdk.expression.tree import (
    Call,
    Constant,
    Entries,
    Entry,
    Fold,
    Items,
    Name,
    Node,
    Select,
)

_TYPE = wire.block(1, b"type.googleapis.com/cel.expr.ParsedExpr")


def decode(serialized: bytes) -> Node:
    """The tree in a serialized parsed expression."""
    parsed = dict(wire.fields(_bytes(dict(wire.fields(serialized))[2])))
    places: dict[int, int] = {}
    for number, value in wire.fields(_bytes(parsed[3])):
        if number == 4:
            place = dict(wire.fields(_bytes(value)))
            places[_int(place.get(1, 0))] = _int(place.get(2, 0))
    return _Decoder(places).node(_bytes(parsed[2]))


def _bytes(value: wire.Value) -> bytes:
    return value if isinstance(value, bytes) else b""


def _int(value: wire.Value) -> int:
    return value if isinstance(value, int) else 0


def _text(value: wire.Value) -> str:
    return _bytes(value).decode()


class _Decoder:
    def __init__(self, places: Mapping[int, int]) -> None:
        self._places = places
        self._readers: dict[int, Callable[[int, int, bytes], Node]] = {
            3: self._constant,
            4: self._name,
            5: self._select,
            6: self._call,
            7: self._items,
            8: self._entries,
            9: self._fold,
        }

    def node(self, message: wire.Value) -> Node:
        number = 0
        for field, value in wire.fields(_bytes(message)):
            if field == 2:
                number = _int(value)
            elif field in self._readers:
                at = self._places.get(number, 0)
                return self._readers[field](number, at, _bytes(value))
        return Constant(number, self._places.get(number, 0), None)

    def _constant(self, id: int, at: int, message: bytes) -> Node:
        for field, value in wire.fields(message):
            match field:
                case 2:
                    return Constant(id, at, bool(value))
                case 3:
                    return Constant(id, at, wire.signed(_int(value)))
                case 4:
                    return Constant(id, at, _int(value), "unsigned")
                case 5:
                    return Constant(id, at, struct.unpack("<d", _bytes(value))[0])
                case 6:
                    return Constant(id, at, _text(value))
                case 7:
                    return Constant(id, at, None, "bytes")
        return Constant(id, at, None)

    def _name(self, id: int, at: int, message: bytes) -> Node:
        name = _text(dict(wire.fields(message)).get(1, b""))
        return Name(id, at, name.removeprefix("."))

    def _select(self, id: int, at: int, message: bytes) -> Node:
        parts = dict(wire.fields(message))
        return Select(id, at, self.node(parts[1]), _text(parts[2]), bool(parts.get(3)))

    def _call(self, id: int, at: int, message: bytes) -> Node:
        target: Node | None = None
        function = ""
        arguments: list[Node] = []
        for field, value in wire.fields(message):
            if field == 1:
                target = self.node(value)
            elif field == 2:
                function = _text(value)
            else:
                arguments.append(self.node(value))
        return Call(id, at, function, tuple(arguments), target)

    def _items(self, id: int, at: int, message: bytes) -> Node:
        parts = wire.fields(message)
        items = tuple(self.node(value) for field, value in parts if field == 1)
        optional = [index for field, value in parts if field == 2 for index in _indices(value)]
        return Items(id, at, items, tuple(optional))

    def _entries(self, id: int, at: int, message: bytes) -> Node:
        parts = wire.fields(message)
        entries = tuple(self._entry(_bytes(value)) for field, value in parts if field == 2)
        return Entries(id, at, entries, _text(dict(parts).get(1, b"")))

    def _entry(self, message: bytes) -> Entry:
        parts = dict(wire.fields(message))
        key = self.node(parts[3]) if 3 in parts else None
        name = _text(parts.get(2, b""))
        return Entry(_int(parts.get(1, 0)), key, self.node(parts[4]), name, bool(parts.get(5)))

    def _fold(self, id: int, at: int, message: bytes) -> Node:
        parts = dict(wire.fields(message))
        variable, accumulator = _text(parts[1]), _text(parts[3])
        inner = {field: self.node(parts[field]) for field in (2, 4, 5, 6, 7)}
        return Fold(id, at, variable, inner[2], accumulator, inner[4], inner[5], inner[6], inner[7])


def _indices(value: wire.Value) -> list[int]:
    """Repeated numbers may be written one by one, or packed."""
    return [value] if isinstance(value, int) else list(wire.numbers(value))


def encode(node: Node) -> bytes:
    """The node as a serialized parsed expression that CEL can load."""
    return _TYPE + wire.block(2, wire.block(2, _expression(node)))


def _expression(node: Node) -> bytes:
    return wire.number(2, node.id) + _kind(node)


def _kind(node: Node) -> bytes:
    match node:
        case Constant(value=value):
            return wire.block(3, _constant(value))
        case Name(name=name):
            return wire.block(4, wire.block(1, name.encode()))
        case Select():
            test = wire.number(3, 1) if node.test else b""
            operand = wire.block(1, _expression(node.operand))
            return wire.block(5, operand + wire.block(2, node.field.encode()) + test)
        case Call():
            target = wire.block(1, _expression(node.target)) if node.target is not None else b""
            arguments = b"".join(wire.block(3, _expression(one)) for one in node.arguments)
            return wire.block(6, target + wire.block(2, node.function.encode()) + arguments)
        case Items():
            items = b"".join(wire.block(1, _expression(one)) for one in node.items)
            return wire.block(7, items + b"".join(wire.number(2, at) for at in node.optional))
        case Entries():
            return wire.block(8, b"".join(wire.block(2, _entry(one)) for one in node.entries))
        case Fold():
            return wire.block(9, _fold(node))


def _constant(value: bool | int | float | str | None) -> bytes:
    match value:
        case None:
            return wire.number(1, 0)
        case bool():
            return wire.number(2, int(value))
        case int():
            return wire.number(3, value)
        case float():
            return wire.double(5, struct.pack("<d", value))
        case str():
            return wire.block(6, value.encode())


def _entry(entry: Entry) -> bytes:
    key = wire.block(3, _expression(entry.key)) if entry.key is not None else b""
    optional = wire.number(5, 1) if entry.optional else b""
    return wire.number(1, entry.id) + key + wire.block(4, _expression(entry.value)) + optional


def _fold(fold: Fold) -> bytes:
    names = wire.block(1, fold.variable.encode()) + wire.block(3, fold.accumulator.encode())
    parts = {2: fold.range, 4: fold.start, 5: fold.condition, 6: fold.step, 7: fold.result}
    return names + b"".join(wire.block(at, _expression(part)) for at, part in parts.items())

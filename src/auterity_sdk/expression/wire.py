"""The few parts of protobuf's wire format that CEL's syntax tree needs, so that no protobuf library is."""

from __future__ import annotations

from collections.abc import Iterator

Value = int | bytes
"""A varint as an int, anything else as its bytes."""


def fields(message: bytes) -> list[tuple[int, Value]]:
    """The fields of a message, in order, as (number, value)."""
    found: list[tuple[int, Value]] = []
    at, end = 0, len(message)
    while at < end:
        # Nearly every number is of one byte: a large workflow's trees hold hundreds of thousands.
        key = message[at]
        at += 1
        if key >= 0x80:
            key, at = _varint(message, at - 1)
        kind = key & 7
        if kind == 0 or kind == 2:
            value = message[at]
            at += 1
            if value >= 0x80:
                value, at = _varint(message, at - 1)
            if kind == 0:
                found.append((key >> 3, value))
                continue
        else:
            value = 8 if kind == 1 else 4
        found.append((key >> 3, message[at : at + value]))
        at += value
    return found


def _varint(message: bytes, at: int) -> tuple[int, int]:
    result = shift = 0
    while True:
        byte = message[at]
        result |= (byte & 0x7F) << shift
        at += 1
        shift += 7
        if byte < 0x80:
            return result, at


def numbers(packed: bytes) -> Iterator[int]:
    """The varints of a packed field."""
    at = 0
    while at < len(packed):
        value, at = _varint(packed, at)
        yield value


def signed(value: int) -> int:
    """An int64 from its varint."""
    return value - (1 << 64) if value >= 1 << 63 else value


def number(field: int, value: int) -> bytes:
    """A varint field; a negative value as int64."""
    return _packed(field << 3) + _packed(value & 0xFFFF_FFFF_FFFF_FFFF)


def block(field: int, content: bytes) -> bytes:
    """A field of bytes: a text or a message."""
    return _packed(field << 3 | 2) + _packed(len(content)) + content


def double(field: int, content: bytes) -> bytes:
    """A field of eight bytes, little endian."""
    return _packed(field << 3 | 1) + content


def _packed(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)

"""Plain data as canonical YAML: the same data gives the same text, and reading it gives the data back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from auterity_sdk.workflow.document.nodes import MAX_DEPTH
from auterity_sdk.workflow.document.scalars import MAX_DIGITS, ambiguity, resolve_plain

_WIDTH = 80
# libyaml takes a key for one only if its `:` stands within 1024 bytes; each character may be an escape of 10.
_LONGEST_SIMPLE_KEY = 100

# May not stand in a file as itself; with the bidirectional controls, which make a text look like another.
_UNCLEAR_SET = (
    r"\x00-\x09\x0b-\x1f\x7f-\xa0\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff"
)
_UNCLEAR = re.compile(f"[{_UNCLEAR_SET}]")
_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
_TO_ESCAPE = re.compile(f'[{_UNCLEAR_SET}\n"\\\\]')
_FIRST_REFUSED = frozenset("-?:,[]{}#&*!|>'\"%@`= \t")
_MARKS = re.compile(r":(?: |\Z)| #")
_FLOW_MARKS = re.compile(r"[,\[\]{}?:]")


def write_document(data: Any, *, key_order: Sequence[str] | None = None) -> str:
    """YAML of dict (str keys), list, str, int, float, bool and None, with a line end at its end.

    The top-level keys named in `key_order` come first, in that order; all others keep the data's order.
    A TypeError or ValueError says that the data cannot be written: another type, a lone surrogate,
    a number of more than 1,000 digits, or containers more than 64 deep.
    """
    _refuse_depth(data)
    if isinstance(data, Mapping) and key_order is not None:
        named = [key for key in key_order if key in data]
        data = {key: data[key] for key in [*named, *(key for key in data if key not in named)]}
    if isinstance(data, Mapping | list | tuple) and data:
        return "\n".join(_block(data)) + "\n"
    first, *rest = _value(data, 0)
    return "\n".join([first, *_indented(rest)]) + "\n"


def _refuse_depth(data: Any) -> None:
    level = [data]
    for _ in range(MAX_DEPTH):
        inner: dict[int, Any] = {}
        for value in level:
            if isinstance(value, Mapping | list | tuple):
                members = value.values() if isinstance(value, Mapping) else value
                inner.update((id(member), member) for member in members)
        level = list(inner.values())
        if not level:
            return
    if any(isinstance(value, Mapping | list | tuple) for value in level):
        raise ValueError(f"values are nested more than {MAX_DEPTH} deep")


def _block(data: Mapping[str, Any] | Sequence[Any]) -> list[str]:
    """The lines of a container that is not empty, a line a member, without indentation of their own."""
    lines: list[str] = []
    if isinstance(data, Mapping):
        for key, value in data.items():
            lines += _pair(key, value)
        return lines
    for value in data:
        lines += _item(value)
    return lines


def _pair(key: str, value: Any) -> list[str]:
    if not isinstance(key, str):
        raise TypeError(f"a key is {type(key).__name__}, not text")
    name = spelled(key, in_flow=False)
    if len(key) > _LONGEST_SIMPLE_KEY:
        return [f"? {name}", *_after(":", value)]
    return _after(f"{name}:", value)


def _after(lead: str, value: Any) -> list[str]:
    """`lead` and a value: on its line if it is short, else indented below it."""
    if _is_block(value, len(lead) + 1):
        return [lead, *_indented(_block(value))]
    first, *rest = _value(value, len(lead) + 1)
    return [f"{lead} {first}", *_indented(rest)]


def _item(value: Any) -> list[str]:
    if _is_block(value, 2):
        first, *rest = _block(value)
        return [f"- {first}", *_indented(rest)]
    return _after("-", value)


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"  {line}" if line else "" for line in lines]


def _is_block(value: Any, column: int) -> bool:
    return (
        isinstance(value, Mapping | list | tuple) and bool(value) and _flow(value, column) is None
    )


def _value(value: Any, column: int) -> list[str]:
    """The lines of a scalar, or of a container in one line; lines behind the first are content."""
    if isinstance(value, Mapping | list | tuple):
        return [_flow(value, column) or "[]"]
    if isinstance(value, str) and _is_literal(value):
        return _literal(value)
    return [_scalar(value, in_flow=False)]


def _flow(value: Mapping[str, Any] | Sequence[Any], column: int) -> str | None:
    """A container in one line: only of scalars, short, and where brackets do not ask for more quotes."""
    if not value:
        return "{}" if isinstance(value, Mapping) else "[]"
    if len(value) > _WIDTH // 2:
        return None
    members = [*value, *value.values()] if isinstance(value, Mapping) else value
    for member in members:
        if isinstance(member, Mapping | list | tuple) or len(str(member)) > _WIDTH:
            return None
        if _scalar(member, in_flow=True) != _scalar(member, in_flow=False):
            return None
    if isinstance(value, Mapping):
        pairs = (
            f"{spelled(k, in_flow=True)}: {_scalar(v, in_flow=True)}" for k, v in value.items()
        )
        line = "{" + ", ".join(pairs) + "}"
    else:
        line = "[" + ", ".join(_scalar(member, in_flow=True) for member in value) + "]"
    return line if column + len(line) <= _WIDTH else None


def _scalar(value: Any, *, in_flow: bool) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return _int(value)
        case float():
            return _float(value)
        case str():
            return spelled(value, in_flow=in_flow)
    raise TypeError(f"{type(value).__name__} cannot be written as YAML")


def _int(value: int) -> str:
    if value.bit_length() > MAX_DIGITS * 3:
        raise ValueError("a whole number has too many digits")
    return str(int(value))


def _float(value: float) -> str:
    text = repr(float(value))
    if text in ("inf", "-inf", "nan"):
        return text.replace("inf", ".inf").replace("nan", ".nan")
    # YAML 1.1 asks for a dot and a sign of the exponent.
    mantissa, exponent, power = text.partition("e")
    return (
        (mantissa if "." in mantissa else f"{mantissa}.0") + exponent + power if exponent else text
    )


def spelled(text: str, *, in_flow: bool) -> str:
    """The text as a YAML scalar that any reader takes for this text: plain, or in quotes where it needs them."""
    if _is_plain(text) and not (in_flow and _FLOW_MARKS.search(text)):
        return text
    if "\n" not in text and not _UNCLEAR.search(text) and ('"' in text or "\\" in text):
        return "'" + text.replace("'", "''") + "'"
    return '"' + _TO_ESCAPE.sub(_escape, text) + '"'


def _is_plain(text: str) -> bool:
    """Whether the text may stand without quotes, and any reader takes it for text."""
    if not text or text[0] in _FIRST_REFUSED or text != text.strip() or "\n" in text:
        return False
    if _UNCLEAR.search(text) or _MARKS.search(text) or text.startswith(("---", "...", "<<")):
        return False
    return isinstance(resolve_plain(text), str) and ambiguity(text) is None and len(text) <= 10_000


def _escape(found: re.Match[str]) -> str:
    character = found.group()
    if character in _ESCAPES:
        return _ESCAPES[character]
    number = ord(character)
    if 0xD800 <= number <= 0xDFFF:
        raise ValueError("a text holds half of a surrogate pair")
    if number <= 0xFF:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"


def _is_literal(text: str) -> bool:
    return "\n" in text and text.strip("\n ") != "" and not _UNCLEAR.search(text)


def _literal(text: str) -> list[str]:
    body = text.rstrip("\n")
    ends = len(text) - len(body)
    chomp = "-" if ends == 0 else "" if ends == 1 else "+"
    width = "2" if text[0] in " \n" else ""
    return [f"|{width}{chomp}", *body.split("\n"), *[""] * max(ends - 1, 0)]

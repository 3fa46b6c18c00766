"""Plain scalars by the core schema of YAML 1.2.2 (section 10.3.2), and where other readers see another type."""

from __future__ import annotations

import re

Scalar = str | int | float | bool | None

MAX_DIGITS = 1_000
"""A longer numeral stays text: turning it into a number and back costs the square of its length."""

_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_FIRST = frozenset("~nNtTfF+-.0123456789")
_INT = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEX = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")

_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+")
# The types that YAML 1.1 (yaml.org/type) gives to text that the core schema leaves text.
_OLD_BOOL = frozenset(
    case(word)
    for word in ("y", "n", "yes", "no", "on", "off")
    for case in (str.lower, str.upper, str.title)
)
_OLD_NUMBER = re.compile(
    r"[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?"
    r"|\.[0-9_]+(?:[eE][-+]?[0-9]+)?|[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?)"
)
_OLD_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt \t].*)?")


def resolve_plain(text: str) -> Scalar:
    """The value of a plain, untagged scalar."""
    if text and text[0] not in _FIRST:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if len(text) > MAX_DIGITS:
        return text
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _OCTAL.fullmatch(text):
        return int(text[2:], 8)
    return int(text, 16) if _HEX.fullmatch(text) else text


def ambiguity(text: str) -> str | None:
    """What another reader takes the plain scalar `text` for, as words for a message; None if all agree.

    For whoever knows the type that is wanted: `no` where a boolean should be, `1_000` where a number.
    """
    if text in _OLD_BOOL:
        return "a boolean"
    if _LEADING_ZERO.fullmatch(text):
        return "an octal number"
    if ":" in text and _OLD_NUMBER.fullmatch(text):
        return "a number in base 60"
    if _OLD_NUMBER.fullmatch(text) and isinstance(resolve_plain(text), str):
        return "a number"
    return "a date" if _OLD_DATE.fullmatch(text) else None


def sure_doubt(text: str) -> str | None:
    """Why a plain scalar deserves a warning whatever type is wanted, or None."""
    if _LEADING_ZERO.fullmatch(text) and len(text) <= MAX_DIGITS:
        return f"`{text[:40]}` is read as the number {str(int(text))[:40]}"
    if "_" in text and text[0] in "+-.0123456789" and _OLD_NUMBER.fullmatch(text):
        return f"`{text[:40]}` is text, not a number"
    if len(text) > MAX_DIGITS and (_INT.fullmatch(text) or _FLOAT.fullmatch(text)):
        return f"a number of {len(text)} digits is read as text"
    return None

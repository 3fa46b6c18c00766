"""Quotes, comments and brackets of CEL, as far as finding the end of something needs them."""

from __future__ import annotations

import re

PAIRS = {"(": ")", "[": "]", "{": "}"}

_WORD = re.compile(r"\w+")
_MEMBER = re.compile(r"[\s)]*\.\s*\??\s*(?:`[^`]*`|\w+)")
_NUMBER = re.compile(r"-?\s*(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)[uU]?")


def end_of_text(text: str, at: int, *, raw: bool = False) -> int | None:
    """The offset after the string literal whose quote is at `at`; None if it is not closed."""
    quote = text[at]
    if text.startswith(quote * 3, at):
        quote *= 3
    at += len(quote)
    while at < len(text):
        if text[at] == "\\" and not raw:
            at += 2
        elif text.startswith(quote, at):
            return at + len(quote)
        elif text[at] == "\n" and len(quote) == 1:
            return None
        else:
            at += 1
    return None


def is_raw(text: str, at: int) -> bool:
    """The quote at `at` begins a raw string: `r'…'`, and no longer word ends in that r."""
    before = at - 1
    if before >= 0 and text[before] in "bB":
        before -= 1
    if before < 0 or text[before] not in "rR":
        return False
    return before == 0 or not (text[before - 1].isalnum() or text[before - 1] in "_bB")


def closing(text: str, at: int) -> int | None:
    """The offset of the bracket that closes the one at `at`, outside quotes and comments."""
    open_brackets: list[str] = []
    while at < len(text):
        letter = text[at]
        if letter in "\"'":
            end = end_of_text(text, at, raw=is_raw(text, at))
            if end is None:
                return None
            at = end
            continue
        if letter == "/" and text.startswith("//", at):
            at = (text.find("\n", at) + 1) or len(text)
            continue
        if letter in PAIRS:
            open_brackets.append(PAIRS[letter])
        elif open_brackets and letter == open_brackets[-1]:
            open_brackets.pop()
            if not open_brackets:
                return at
        at += 1
    return None


def balanced(text: str, start: int, end: int) -> tuple[int, int]:
    """The stretch with the round brackets that it closes or opens half of: of `(a + b) * c`, say."""
    opened = lowest = 0
    at = start
    while at < end:
        if text[at] in "\"'":
            at = end_of_text(text, at, raw=is_raw(text, at)) or end
            continue
        opened += (text[at] == "(") - (text[at] == ")")
        lowest = min(lowest, opened)
        at += 1
    for _ in range(-lowest):
        start = max(text.rfind("(", 0, start), 0)
    for _ in range(opened - lowest):
        end = text.find(")", end) + 1 or end
    return start, end


def end_of_word(text: str, at: int) -> int:
    """The offset after the identifier at `at`."""
    found = _WORD.match(text, at)
    return found.end() if found else min(at + 1, len(text))


def member(text: str, at: int) -> tuple[int, int]:
    """Start and end of the member's name in the `.name`, `.?name` or `` .`name` `` at or after `at`."""
    found = _MEMBER.match(text, at)
    if not found:
        return at, min(at + 1, len(text))
    name = found.group().lstrip(" \t\r\n).?")
    return found.end() - len(name), found.end()


def end_of_literal(text: str, at: int) -> int:
    """The offset after the string, number or word literal at `at`."""
    quote = at
    while quote < len(text) and text[quote] in "rRbB":
        quote += 1
    if quote < len(text) and text[quote] in "\"'":
        return end_of_text(text, quote, raw=is_raw(text, quote)) or len(text)
    found = _NUMBER.match(text, at)
    return found.end() if found else end_of_word(text, at)

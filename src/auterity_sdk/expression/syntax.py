"""What CEL's parser complains of, said in our words and at the right place."""

from __future__ import annotations

import re

from auterity_sdk.expression.lexical import end_of_text, end_of_word
from auterity_sdk.expression.problem import Problem

MAX_LENGTH = 10_000
"""Code points of one expression. CEL itself takes 100,000; nobody reads that."""

MAX_OPTIONAL_MACROS = 4
"""`optMap` and `optFlatMap` copy what they stand on, so a chain of n of them is parsed to 2 to the n nodes."""

_ERROR = re.compile(r"ERROR: <input>:(\d+):(\d+): (.*)")
_SPELLINGS = {
    "=": "write `==` to compare",
    "&": "write `&&` for and",
    "|": "write `||` for or",
    "and": "write `&&` for and",
    "or": "write `||` for or",
    "is": "write `==` to compare",
    "not": "write `!` for not",
    "if": "write `condition ? value : other`",
    "else": "write `condition ? value : other`",
    "$": "leave out `${…}`: this is an expression already",
}


def refusal(text: str) -> Problem | None:
    """Why an expression is not even handed to the parser."""
    if not text.strip():
        return Problem("syntax", "the expression is empty", 0, len(text))
    if len(text) > MAX_LENGTH:
        message = f"the expression has {len(text):,} characters; {MAX_LENGTH:,} is the limit"
        return Problem("syntax", message, MAX_LENGTH, len(text), "compute the value in a step")
    if text.count(".optMap") + text.count(".optFlatMap") > MAX_OPTIONAL_MACROS:
        at = text.rindex(".opt")
        message = f"more than {MAX_OPTIONAL_MACROS} uses of optMap and optFlatMap in one expression"
        return Problem("syntax", message, at, end_of_word(text, at + 1), "write `a.?b.?c` instead")
    broken = next((at for at, letter in enumerate(text) if "\ud800" <= letter <= "\udfff"), None)
    if broken is not None:
        message = "half of a surrogate pair is no character"
        return Problem("syntax", message, broken, broken + 1)
    return None


def complaint(text: str, message: str) -> Problem:
    """The first complaint of the parser that has a place."""
    found = [
        (_offset(text, int(line), int(column)), what)
        for line, column, what in _ERROR.findall(message)
        if int(line) <= text.count("\n") + 1
    ]
    if "recursion" in message or not found:
        return _too_deep(text) if "recursion" in message else _unplaced(text)
    at, what = found[0]
    return _said(text, min(at, len(text)), what)


def _offset(text: str, line: int, column: int) -> int:
    before = text.split("\n")[: line - 1]
    return sum(len(each) + 1 for each in before) + max(column - 1, 0)


def _too_deep(text: str) -> Problem:
    return Problem(
        "syntax",
        "the expression is nested more than 32 levels deep (a chain of operators counts each)",
        0,
        len(text),
        "compute parts of it in steps of their own",
    )


def _unplaced(text: str) -> Problem:
    return Problem("syntax", "the expression cannot be read", 0, len(text))


def _said(text: str, at: int, what: str) -> Problem:
    if what.startswith("reserved identifier"):
        word = what.rpartition(" ")[2]
        message = f"`{word}` is a reserved word"
        return Problem("syntax", message, at, at + len(word), _SPELLINGS.get(word, ""))
    if not what.startswith("Syntax error"):
        return Problem("syntax", what.strip(), at, _end(text, at))
    if at >= len(text) or "'<EOF>'" in what.partition("expecting")[0]:
        return Problem("syntax", "the expression ends too early", at, at)
    if text[at] in "\"'" and end_of_text(text, at) is None:
        return Problem("syntax", "this text is not closed", at, len(text), f"add a {text[at]}")
    if text[at] in "\"'" and "token recognition" in what:
        message = "this text has an unknown escape or line end"
        return Problem("syntax", message, at, end_of_text(text, at) or len(text))
    end = _end(text, at)
    return Problem("syntax", f"unexpected `{text[at:end]}`", at, end, _spelling(text, at, end))


def _end(text: str, at: int) -> int:
    return end_of_word(text, at) if at < len(text) else at


def _spelling(text: str, at: int, end: int) -> str:
    before = text[:at].split()
    if before and before[-1] == "not":
        return _SPELLINGS["not"]
    return _SPELLINGS.get(text[at:end], "")

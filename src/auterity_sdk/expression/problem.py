"""A finding on one expression, and the errors of its evaluation."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from auterity_sdk.errors import ExpressionError

Kind = Literal[
    "syntax",
    "unknown_name",
    "unknown_field",
    "unknown_value",
    "type_mismatch",
    "bad_call",
    "not_boolean",
    "not_text",
    "optional_result",
]


class Problem(Struct, frozen=True):
    """What is wrong at `start` to `end`: code point offsets in the expression, end exclusive.

    `message` states the fact, `help` proposes what to do (empty if nothing is known), `instead` is what most
    likely was to stand there.
    """

    kind: Kind
    message: str
    start: int
    end: int
    help: str = ""
    instead: str = ""


class AbsentValue(ExpressionError):
    """An expression read a value that is not there (error type `value_absent` of a step)."""

    type = "value_absent"


def raised(problem: Problem) -> ExpressionError:
    """The problem as an exception, for a caller that cannot go on."""
    return ExpressionError(
        problem.message, start=problem.start, end=problem.end, help=problem.help or None
    )

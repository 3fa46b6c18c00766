"""Which statements of a text no fact makes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from auterity_sdk.ai.statements.facts import Fact, allowed
from auterity_sdk.ai.statements.reading import statements
from auterity_sdk.ai.statements.statement import Statement


def unfounded(
    text: str, facts: Iterable[Fact], now: datetime, *, language: str = "en"
) -> list[Statement]:
    """The statements of a draft that equal no fact, in their order; empty where all do.

    Numbers, prices, percentages, dates, times, phone numbers, VINs and codes count, in digits or words. What looks
    like one and cannot be read is unfounded too. `now` is the reader's local time, to which `tomorrow` is relative;
    `language` a BCP 47 tag, by which `3/12` is read.

    What a right number is said of is not judged: two prices that have changed places pass.
    """
    today = now.date()
    known = allowed(facts, today, language=language)
    return [
        replace(each, why=each.why or _why(each))
        for each in statements(text, today, language=language)
        if not any(known.has(value, today) for value in each.values)
    ]


def _why(statement: Statement) -> str:
    if statement.kind == "vague":
        return "it is vague, and no fact says it so"
    return "no fact says it"

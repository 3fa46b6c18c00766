"""Birth dates, income and credit scores: numbers that are personal by what is said of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from auterity_sdk.ai.scrub.kinds import Found, Kind
from auterity_sdk.ai.statements.statement import Statement

_BORN = re.compile(
    r"\b(?:dob|d\.o\.b\.?|date of birth|birth ?date|birthday|born|nacimiento|naci|cumpleanos)\b[^.!?;\d]{0,20}$"
)
_EARNS = re.compile(
    r"\b(?:income|salary|wages?|earn(?:s|ings?)?|make|makes|making|gross(?:es)?|net pay|take[- ]home|paycheck|get paid"
    r"|gano|gana|ingresos?|sueldo|salario)\b[^.!?;\d]{0,24}$"
)
_SCORE = re.compile(
    r"\b(?:credit score|credit|fico|score|beacon|vantage ?score|puntaje)\b[^.!?;\d$]{0,20}$"
)
_A_YEAR = re.compile(
    r"\s?(?:/|a|per|each|every|al|por)\s?(?:year|yr|month|mo|week|hour|hr|ano|mes|semana|hora)\b"
)
_LOOK_BACK = 48
_EARLIEST = date(1900, 1, 1)


def find_circumstances(text: str, statements: Sequence[Statement]) -> Iterator[Found]:
    """What a plain text tells of birth, income and credit; `statements` are its numbers and dates, in its places."""
    for each in statements:
        before = text[max(0, each.start - _LOOK_BACK) : each.start]
        kind = _kind(each, before, text[each.end : each.end + 12])
        if kind is not None:
            yield Found(each.start, each.end, kind)


def _kind(statement: Statement, before: str, after: str) -> Kind | None:
    if _BORN.search(before) and statement.kind in ("date", "number", "unreadable", "vague"):
        return Kind.DATE_OF_BIRTH
    if _EARNS.search(before) and _is_pay(statement, before, after):
        return Kind.INCOME
    if _SCORE.search(before) and _is_score(statement):
        return Kind.CREDIT_SCORE
    return None


def _is_pay(statement: Statement, before: str, after: str) -> bool:
    """`make` takes a price or a period after it: one makes an appointment as well."""
    if statement.kind == "money":
        return True
    sure = not re.search(r"\bmak(?:e|es|ing)\b", before)
    return statement.kind == "number" and (
        sure or bool(_A_YEAR.match(after)) or "k" in statement.text
    )


def _is_score(statement: Statement) -> bool:
    return statement.kind == "number" and bool(re.fullmatch(r"[3-8]\d\d(?:s|ish)?", statement.text))

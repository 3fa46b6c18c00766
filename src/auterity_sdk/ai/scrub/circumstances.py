"""Birth dates, income and credit scores: numbers that are personal by what is said of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from auterity_sdk.ai.scrub.kinds import Found, Kind
from auterity_sdk.ai.statements.calendar_words import MONTHS
from auterity_sdk.ai.statements.number_words import SCALES, SMALL
from auterity_sdk.ai.statements.plain import UNREADABLE
from auterity_sdk.ai.statements.reading import statements
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
_WORDS = re.compile(
    r"\b(?:dob|d\.o\.b|date of birth|birth ?da|born|nacimiento|naci|cumple|income|salary|wage|earn|mak[ei]|gross|net pay"
    r"|take[- ]home|paycheck|get paid|gan[oa]|ingreso|sueldo|salario|credit|fico|score|beacon|vantage|puntaje)"
)
"""What one of the patterns above begins with."""
_NUMBER = re.compile(rf"\d|{UNREADABLE}|\b(?:{'|'.join([*SMALL, *SCALES, *MONTHS])})")
_LONGEST_NUMBER = 60
_LOOK_BACK = 48
_ANY_DAY = date(2000, 1, 1)  # by which no day is judged here


def find_circumstances(text: str) -> Iterator[Found]:
    """What a plain text tells of birth, income and credit."""
    for start, end in _parts(text):
        for each in statements(text[start:end], _ANY_DAY):
            place, last = start + each.start, start + each.end
            before = text[max(0, place - _LOOK_BACK) : place]
            kind = _kind(each, before, text[last : last + 12])
            if kind is not None:
                yield Found(place, last, kind)


def _parts(text: str) -> Iterator[tuple[int, int]]:
    """Where what is said of somebody may be told: behind the words for it. All other text need not be read."""
    start = end = -1
    for each in _WORDS.finditer(text):
        reach = each.end() + _LOOK_BACK
        if not _NUMBER.search(text, each.end(), reach):
            continue
        if each.start() > end >= 0:
            yield start, end
        if each.start() > end:
            start = each.start()
        end = reach + _LONGEST_NUMBER
    if end >= 0:
        yield start, end


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

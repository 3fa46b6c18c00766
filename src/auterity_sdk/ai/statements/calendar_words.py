"""The words of the calendar, in English and Spanish, as patterns over a plain text."""

from __future__ import annotations

from collections.abc import Iterable

from auterity_sdk.ai.statements.number_words import SMALL

_MONTHS = (
    "january jan enero ene", "february feb febrero", "march mar marzo", "april apr abril abr",
    "may mayo", "june jun junio", "july jul julio", "august aug agosto ago",
    "september sept sep septiembre setiembre", "october oct octubre",
    "november nov noviembre", "december dec diciembre dic",
)  # fmt: skip
_WEEKDAYS = (
    "monday lunes", "tuesday martes", "wednesday wensday wednsday miercoles",
    "thursday thurday jueves", "friday viernes", "saturday saterday sabado", "sunday domingo",
)  # fmt: skip
_SHORT_WEEKDAYS = ("mon", "tue tues", "wed weds", "thu thur thurs", "fri", "sat", "sun")
MONTHS = {word: number for number, row in enumerate(_MONTHS, start=1) for word in row.split()}
LONG_WEEKDAYS = {word: number for number, row in enumerate(_WEEKDAYS) for word in row.split()}
SHORT_WEEKDAYS = {
    word: number for number, row in enumerate(_SHORT_WEEKDAYS) for word in row.split()
}
"""Words that may be something else where nothing around them speaks of days: `sat`, `sun`, `wed`."""
WEEKDAYS = {**LONG_WEEKDAYS, **SHORT_WEEKDAYS}

_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)


def _ordinals() -> dict[str, int]:
    words = {word: number for number, word in enumerate(_ORDINALS.split(), start=1)}
    units = list(words)[:9]
    for number, tens in ((20, "twenty"), (30, "thirty")):
        words.update({f"{tens}-{unit}": number + i for i, unit in enumerate(units, start=1)})
    return {**words, "thirtieth": 30, "primero": 1, "primer": 1, "tercero": 3}


ORDINALS = _ordinals()
_SPELT_DAYS = {
    **{word: number for word, number in SMALL.items() if 1 <= number <= 30 and word != "oh"},
    **{f"twenty-{word}": 20 + SMALL[word] for word in list(SMALL) if 1 <= SMALL[word] <= 9},
    "thirty-one": 31,
    "treinta y uno": 31,
    **ORDINALS,
}  # fmt: skip


def one_of(words: Iterable[str]) -> str:
    """A pattern for any of the words, the longest first; a hyphen in one may be a blank."""
    ordered = sorted(words, key=len, reverse=True)
    return "(?:" + "|".join(word.replace("-", "[- ]") for word in ordered) + ")"


MONTH = rf"(?P<month>{one_of(MONTHS)})\b\.?"
WEEKDAY = rf"(?P<weekday>{one_of(WEEKDAYS)})(?P<many>s)?\b\.?"
ORDINAL = rf"(?:\d{{1,2}} ?(?:st|nd|rd|th|o|°|ro|er)\b|{one_of(ORDINALS)}\b)"
DAY = rf"(?P<day>\d{{1,2}}(?: ?(?:st|nd|rd|th|o|°|ro|er))?(?!\d|,\d{{3}}\b|[.:]\d|[a-z%])|{one_of(_SPELT_DAYS)}\b)"


def day_number(written: str) -> int:
    """The number of `3`, `3rd`, `third`, `twenty first`, `tres`."""
    digits = written.rstrip("stndrhoe° ")
    if digits.isdigit():
        return int(digits)
    if written in _SPELT_DAYS:
        return _SPELT_DAYS[written]
    return _SPELT_DAYS[written.replace(" ", "-")]

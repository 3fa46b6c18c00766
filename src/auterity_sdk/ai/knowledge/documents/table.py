"""CSV, such as an inventory: a passage for each row, with the names of its columns."""

from __future__ import annotations

import csv
from io import StringIO

from auterity_sdk.ai.knowledge.documents.decoding import decoded
from auterity_sdk.ai.knowledge.documents.section import Section, Sections, Unreadable
from auterity_sdk.ai.knowledge.passage import Place
from auterity_sdk.dealership.plain_text import clean_line

_DELIMITERS = (",", ";", "\t", "|")
_NOTHING = frozenset({"", "#n/a", "n/a", "null", "none", "-"})
_MOST_COLUMNS = 500


def read_table(content: bytes) -> Sections:
    """A section for each row: `Stock: U1139`, a line for each value that there is. Raises `Unreadable`."""
    text = decoded(content)
    try:
        rows = list(csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text)))
    except csv.Error as error:
        raise Unreadable(f"it is no CSV: {error}") from None
    filled = [(number, row) for number, row in enumerate(rows, start=1) if any(map(str.strip, row))]
    if not filled:
        return ()
    names = [clean_line(name) for name in filled[0][1]]
    if len(names) > _MOST_COLUMNS:
        raise Unreadable(f"it has more than {_MOST_COLUMNS} columns")
    return [Section(Place(row=number), lines) for number, row in filled[1:] if (lines := _lines(names, row))]  # fmt: skip


def _lines(names: list[str], row: list[str]) -> tuple[str, ...]:
    values = (
        (names[i] if i < len(names) else "", clean_line(value)) for i, value in enumerate(row)
    )
    return tuple(
        f"{name}: {value}" if name else value
        for name, value in values
        if value.lower() not in _NOTHING
    )


def _delimiter(text: str) -> str:
    """What parts the columns: what is most often in the first line."""
    first = text.lstrip("\ufeff").partition("\n")[0]
    return max(_DELIMITERS, key=first.count)

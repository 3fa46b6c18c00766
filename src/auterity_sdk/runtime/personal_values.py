"""The personal values that a run is known to hold, found again wherever else they turn up."""

from __future__ import annotations

import re
from typing import Any

from msgspec import Struct, field

from auterity_sdk.checks.dataflow.labels import Labels
from auterity_sdk.dealership.classification import DataClass

SHORTEST = 4
"""Values of fewer characters are too common to be told again in another text."""

_UNTOLD = frozenset({DataClass.FREE_TEXT.value})


class PersonalValues(Struct):
    """Values by their text, each with a class."""

    _known: dict[str, str] = field(default_factory=dict)
    _pattern: re.Pattern[str] | None = None

    def add(self, value: Any, labels: Labels) -> None:
        """Remember a value, and all that is in it. What anybody wrote is not told again by its words."""
        told = sorted(labels - _UNTOLD)
        if not told:
            return
        for text in _texts(value):
            if len(text) >= SHORTEST and text not in self._known:
                self._known[text] = told[0]
                self._pattern = None

    def class_in(self, value: Any) -> str | None:
        """The class of a known value that stands in this one; None if none does."""
        if not self._known or value is None or isinstance(value, bool):
            return None
        text = value if isinstance(value, str) else str(value)
        if text in self._known:
            return self._known[text]
        if not isinstance(value, str):
            return None
        # Within words too: who seals a text too many loses nothing by it.
        return next((self._known[known] for known in self._known if known in text), None)

    def masked(self, text: str) -> str:
        """The text with the class in the place of each known value."""
        if not self._known:
            return text
        if self._pattern is None:
            longest_first = sorted(self._known, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(_told_by, longest_first)))
        return self._pattern.sub(lambda found: f"[{self._known[found.group()]}]", text)


def _told_by(value: str) -> str:
    """What finds a value in a text. A name of letters alone is a word of its own: Anna is not in Annapolis."""
    return rf"(?<!\w){value}(?!\w)" if value.isalpha() else re.escape(value)


def _texts(value: Any) -> list[str]:
    waiting, found = [value], []
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            waiting.extend(each.values())
        elif isinstance(each, list | tuple):
            waiting.extend(each)
        elif isinstance(each, str):
            found.append(each)
        elif isinstance(each, int | float) and not isinstance(each, bool):
            found.append(str(each))
    return found

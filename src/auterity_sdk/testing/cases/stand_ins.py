"""Values that stand in for personal ones in a recorded test: of the same look, and the same one for the same value."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from msgspec import Struct, field

from auterity_sdk.checks.dataflow.labels import Labels
from auterity_sdk.dealership.personal_names import without_looks
from auterity_sdk.runs.events import Event
from auterity_sdk.runtime.classed_events import replaced
from auterity_sdk.runtime.classes import PERSONAL, Classes
from auterity_sdk.runtime.personal_values import SHORTEST

_PHONE = re.compile(r"^\+?[\d ().-]{7,20}$")
_MAIL = re.compile(r"^[^@\s]+@[^@\s]+$")
_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_MOMENT = re.compile(r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}")
_VIN = re.compile(r"^[A-HJ-NPR-Z0-9]{17}$")
_CODE = re.compile(r"^[A-Z]{3}$")
_POSTCODE = re.compile(r"^\d{5}(-\d{4})?$")

_ANY_VIN = "11111111111111111"
"""One whose check digit is right, and that no car has."""


class StandIns(Struct):
    """Replaces what is personal in a run's events. Numbers become 0, dates the first of 2000."""

    classes: Classes
    _made: dict[str, str] = field(default_factory=dict)
    _quoted: re.Pattern[str] | None = None

    def learn(self, events: Iterable[Event]) -> None:
        """Know the personal values in these events, so that they are replaced wherever they are quoted."""
        for event in events:
            replaced(event, self.classes, self._replaced)
        known = sorted((text for text in self._made if len(text) >= SHORTEST), key=len)
        if known:
            words = "|".join(re.escape(text) for text in reversed(known))
            self._quoted = re.compile(rf"(?<!\w)(?:{words})(?!\w)")

    def event(self, event: Event) -> Event:
        """The event with stand-ins."""
        return replaced(event, self.classes, self._replaced)

    def text(self, text: str) -> str:
        """A text with stand-ins for what it quotes, and without what looks personal."""
        if self._quoted is not None:
            text = self._quoted.sub(lambda found: self._made[found.group()], text)
        left = {stand_in: f"\x00{index}\x00" for index, stand_in in enumerate(self._made.values())}
        for stand_in, mark in left.items():  # they look personal themselves
            text = text.replace(stand_in, mark)
        text = without_looks(text)
        for stand_in, mark in left.items():
            text = text.replace(mark, stand_in)
        return text

    def _replaced(self, value: Any, labels: Labels) -> Any:
        personal = sorted(labels & PERSONAL)
        match value:
            case dict():
                return {key: self._replaced(inner, labels) for key, inner in value.items()}
            case list() | tuple():
                return [self._replaced(inner, labels) for inner in value]
            case str() if personal:
                return self._stand_in(value, personal[0]) if value else value
            case str():
                return self.text(value)
            case bool() | None:
                return value
            case int() | float() if personal:
                return type(value)(0)
            case _:
                return value

    def _stand_in(self, text: str, label: str) -> str:
        if text not in self._made and text not in self._made.values():
            self._made[text] = _like(text, label, len(self._made))
        return self._made.get(text, text)


def _like(text: str, label: str, number: int) -> str:
    if _MAIL.match(text):
        return f"person{number}@example.com"
    if _DATE.match(text):
        return "2000-01-01"
    if _MOMENT.match(text):
        return "2000-01-01T00:00:00Z"
    if _POSTCODE.match(text):
        return "00000"
    if _CODE.match(text):
        return "USD"  # of an amount
    if _VIN.match(text):
        return _ANY_VIN
    if _PHONE.match(text):
        return f"+1202555{100 + number % 100:04}"
    return f"{label}-{number}"

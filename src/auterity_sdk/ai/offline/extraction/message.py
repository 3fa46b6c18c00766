"""The text that values are read from, and what is found in it, found once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time, tzinfo
from functools import cached_property

from msgspec import Struct

from auterity_sdk.ai.offline.vehicles import SaidVehicle, vehicles
from auterity_sdk.ai.spoken.clock import SaidTime, times
from auterity_sdk.ai.spoken.days import SaidDay, days
from auterity_sdk.ai.spoken.numbers import SaidNumber, numbers
from auterity_sdk.ai.spoken.taken import Taken
from auterity_sdk.dealership.folding import fold
from auterity_sdk.dealership.phone import parse_phone
from auterity_sdk.dealership.vin import normalise, valid_format

_MOST = 50
"""So many days and times of one text are held against each other."""
_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_PHONE = re.compile(r"(?<![\w+])\+?\(?\d[\d ().-]{7,18}\d(?!\w)")
_VIN = re.compile(r"(?<![A-Za-z0-9])[A-HJ-NPR-Za-hj-npr-z0-9]{17}(?![A-Za-z0-9])")


class Message(Struct, frozen=True, dict=True):
    """A text, and the local time of its reader, None where that is not known."""

    text: str
    now: datetime | None = None

    @cached_property
    def folded(self) -> str:
        """The text to search in."""
        return fold(self.text)

    @property
    def zone(self) -> tzinfo | None:
        """Of the reader."""
        return self.now.tzinfo if self.now else None

    @cached_property
    def days(self) -> list[SaidDay]:
        """Without knowing today, only days that are written in full."""
        if self.now is not None:
            return days(self.text, self.now.date())
        whole = re.finditer(r"(?<!\d)20\d\d-\d\d-\d\d(?!\d)", self.folded)
        return [said for match in whole for said in _whole_day(match)]

    @cached_property
    def times(self) -> list[SaidTime]:
        """Times of day."""
        return times(self.text)

    @cached_property
    def appointment(self) -> tuple[date | None, time | None]:
        """The day and the time that belong together; of several days none, where no time is beside one."""
        if self.days and self.times:
            day, at = min(
                ((day, at) for day in self.days[:_MOST] for at in self.times[:_MOST]),
                key=lambda pair: max(pair[0].start - pair[1].end, pair[1].start - pair[0].end),
            )
            return day.day, at.at
        found = {said.day for said in self.days}
        hours = {said.at for said in self.times}
        return (
            found.pop() if len(found) == 1 else None,
            hours.pop() if len(hours) == 1 else None,
        )

    @cached_property
    def vehicles(self) -> list[SaidVehicle]:
        """Vehicles by make or model."""
        return vehicles(self.text)

    @cached_property
    def emails(self) -> list[str]:
        """Addresses of mail."""
        return [match[0].rstrip(".") for match in _EMAIL.finditer(self.text)]

    @cached_property
    def phones(self) -> list[str]:
        """Phone numbers, in E.164."""
        return [number for _, number in self._phones]

    @cached_property
    def vins(self) -> list[str]:
        """Vehicle identification numbers of the right form."""
        found = (normalise(match[0]) for match in _VIN.finditer(self.text))
        return [vin for vin in found if valid_format(vin) and re.search(r"\d", vin)]

    @cached_property
    def numbers(self) -> list[SaidNumber]:
        """Numbers that are no part of a day, a time, a phone number, a VIN, an address of mail or a vehicle's name."""
        taken = Taken(self.folded, self._other_spans())
        found = numbers(self.text)
        return [each for each in found if not taken.within(each.start, each.end)]

    def _other_spans(self) -> Iterator[tuple[int, int]]:
        yield from ((said.start, said.end) for said in self.days)
        yield from ((said.start, said.end) for said in self.times)
        yield from ((said.start, said.end) for said in self.vehicles)
        yield from (span for span, _ in self._phones)
        for pattern in (_EMAIL, _VIN):
            yield from (match.span() for match in pattern.finditer(self.text))

    @cached_property
    def _phones(self) -> list[tuple[tuple[int, int], str]]:
        return [
            (match.span(), phone.e164)
            for match in _PHONE.finditer(self.text)
            if (phone := parse_phone(match[0])) is not None and phone.valid
        ]


def _whole_day(match: re.Match[str]) -> Iterator[SaidDay]:
    try:
        yield SaidDay(match.start(), match.end(), date.fromisoformat(match[0]))
    except ValueError:
        return


def read_message(text: str, now: str) -> Message:
    """A message of a task; `now` is RFC 3339, and left out where it is no time."""
    try:
        moment = datetime.fromisoformat(now)
    except ValueError:
        moment = None
    return Message(text, moment)

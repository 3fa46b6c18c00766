"""Durations as users write them: `1h30m`, with the units ms s m h d w (a day is 24 hours)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from msgspec import Struct
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import PydanticCustomError, core_schema

from auterity_sdk.expression.schema import TYPE_KEYWORD

UNITS = {"w": 604_800_000, "d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1_000, "ms": 1}
"""Milliseconds in each unit, longest first: the order in which they must be written."""

PATTERN = r"^(?=[0-9])([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m(?!s))?([0-9]+s)?([0-9]+ms)?$"

_COMPILED = re.compile(PATTERN)
_PART = re.compile(r"([0-9]+)(ms|[wdhms])")
_WRITTEN = {unit: size for unit, size in UNITS.items() if unit != "w"}
_LONGEST = 100 * 365 * UNITS["d"]


class Duration(Struct, frozen=True, order=True):
    """A length of time in whole milliseconds, at most 100 years."""

    milliseconds: int

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Read `1h30m`. Raises ValueError on anything else, a bare number included."""
        if not _COMPILED.fullmatch(text):
            raise ValueError(f"`{text}` is not a duration such as 1h30m, 2d or 500ms")
        total = sum(int(count) * UNITS[unit] for count, unit in _PART.findall(text))
        if total > _LONGEST:
            raise ValueError(f"`{text}` is longer than 100 years")
        return cls(total)

    @property
    def seconds(self) -> float:
        """The same length in seconds."""
        return self.milliseconds / 1000

    @property
    def timedelta(self) -> timedelta:
        """The same length as Python's type."""
        return timedelta(milliseconds=self.milliseconds)

    def __str__(self) -> str:
        parts, rest = [], self.milliseconds
        for unit, size in _WRITTEN.items():
            count, rest = divmod(rest, size)
            if count:
                parts.append(f"{count}{unit}")
        return "".join(parts) or "0s"

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls.validate, serialization=core_schema.to_string_ser_schema()
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        # `format: duration` would be ISO 8601's, which editors hold texts against.
        return {"type": "string", "pattern": PATTERN, TYPE_KEYWORD: "duration"}

    @classmethod
    def validate(cls, value: object) -> Duration:
        """Read what a file or a program gives: text, or a timedelta."""
        if isinstance(value, cls):
            return value
        if isinstance(value, timedelta):
            return cls(round(value.total_seconds() * 1000))
        if not isinstance(value, str):
            raise PydanticCustomError(
                "bad_duration", "a duration is text with units, such as 1h30m", {"value": value}
            )
        try:
            return cls.parse(value)
        except ValueError as error:
            raise PydanticCustomError("bad_duration", "{reason}", {"reason": str(error)}) from None

"""When a request is made again, and after how long."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from msgspec import Struct

_REFUSED_UNDONE = frozenset({429, 503})
"""Such an answer says that nothing was done."""

_BETWEEN = frozenset({502, 504})
"""Such an answer is of something between here and the server, which may have done its work."""


class Patience(Struct, frozen=True):
    """At most `attempts` of a request. Between two there are `first` seconds, doubled each time up to `most`, and less by
    chance; a server that names a time is given it, up to `longest`.
    """

    attempts: int = 4
    first: float = 0.25
    most: float = 5.0
    longest: float = 60.0

    def pause(self, attempt: int, named: float | None = None) -> float | None:
        """Seconds until the next attempt after the one of that number (from 1); None if there is none."""
        if attempt >= self.attempts or (named or 0) > self.longest:
            return None
        if named is not None:
            return named
        whole = min(self.most, self.first * 2.0 ** (attempt - 1))
        return whole * random.uniform(0.5, 1)  # noqa: S311 - to spread, not to hide


def may_repeat(status: int, *, idempotent: bool) -> bool:
    """Whether a request may be made again after an answer of that status."""
    return status in _REFUSED_UNDONE or (idempotent and status in _BETWEEN)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds of a Retry-After, which is a number of them or a time; None where there is none to read."""
    text = headers.get("retry-after", "").strip()
    if text.isdecimal():
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    zoned = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (zoned - datetime.now(UTC)).total_seconds())

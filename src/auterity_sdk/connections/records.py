"""The port for what a project remembers between runs: claims that only one can win, and logs by subject."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Claim:
    """A wish to be the first under some names.

    `look` are the names under which somebody may have been before, the surest first; `leave` those under which
    this one is to be found from now on. `key` is the attempt's idempotency key; `at` is aware.
    """

    key: str
    look: Sequence[str]
    leave: Sequence[str]
    value: Json
    at: datetime


@dataclass(frozen=True, slots=True)
class Claimed:
    """Who holds the claim: `first` is true for the winner. `value` and `at` are the holder's, `name` what matched."""

    first: bool
    value: Json
    at: datetime
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a subject's log."""

    at: datetime
    value: Json


class Records(Protocol):
    """What is remembered. Collections are apart; every method is atomic, over processes too."""

    async def claim(self, collection: str, claim: Claim, *, since: datetime) -> Claimed:
        """Win or learn who won.

        Someone claimed at or after `since` under a name of `look` wins over this claim, which then adds its own
        names to the winner's. Without one, this claim is the first and takes its names from older ones. The same
        `key` gives the same answer for ever.
        """
        ...

    async def append(
        self, collection: str, subject: str, value: Json, *, key: str, at: datetime
    ) -> None:
        """Add to a subject's log. A `key` that was used before for this subject adds nothing."""
        ...

    async def entries(self, collection: str, subject: str) -> Sequence[Entry]:
        """A subject's log, oldest first."""
        ...

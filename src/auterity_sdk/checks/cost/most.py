"""The most that something takes, and what of it has no bound."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from auterity_sdk.diagnostics import Location, Path, Unbounded

Measure = Literal["nano", "tokens"]
"""What is counted: billionths of a US dollar, or tokens of both directions."""


class Most(Struct, frozen=True):
    """So much at the most, but for what is `unbounded`. `way` are the steps that take it, each with its share."""

    amount: int = 0
    unbounded: tuple[Unbounded, ...] = ()
    way: tuple[Location, ...] = ()

    @property
    def nothing(self) -> bool:
        """Nothing is taken, whatever happens."""
        return not self.amount and not self.unbounded

    def times(self, count: int) -> Most:
        """So often."""
        return Most(self.amount * count, self.unbounded, self.way)

    def at_most(self, limit: int | None) -> Most:
        """The same where nothing more than `limit` is let pass."""
        if limit is None or (self.amount <= limit and not self.unbounded):
            return self
        return Most(limit, (), self.way)


NOTHING = Most()


def without_bound(path: Path, why: str) -> Most:
    """What has no bound, for the reason that stands there."""
    return Most(0, (Unbounded(Location(path), why),))


def together(parts: Iterable[Most]) -> Most:
    """All of it."""
    found = [part for part in parts if not part.nothing]
    if len(found) == 1:
        return found[0]
    return Most(
        sum(part.amount for part in found),
        tuple(dict.fromkeys(each for part in found for each in part.unbounded)),
        tuple(place for part in found for place in part.way),
    )

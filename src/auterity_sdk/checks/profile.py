"""For whom and when the rules are asked: date, jurisdictions, kind of dealer."""

from __future__ import annotations

from datetime import date
from typing import Literal

from msgspec import Struct

DealerKind = Literal["franchise", "buy-here-pay-here"]

EVERYWHERE = "*"
"""Stands among the jurisdictions of a rule that is no law of one place."""


class Profile(Struct, frozen=True):
    """`as_of` None: every rule counts that was ever in force or will be. `jurisdictions` are such as `us-ca`."""

    as_of: date | None = None
    jurisdictions: frozenset[str] = frozenset({"us"})
    kind: DealerKind = "franchise"

    @classmethod
    def of(
        cls,
        country: str,
        region: str,
        as_of: date | None = None,
        more: tuple[str, ...] = (),
        kind: DealerKind = "franchise",
    ) -> Profile:
        """The profile of a dealer in a country (`US`) and region (`OH`), who also writes to people in `more`."""
        country, region = country.lower(), region.lower()
        own = {country, f"{country}-{region}"} if region else {country}
        named = {each.lower() for each in more}
        around = {each.partition("-")[0] for each in named}
        return cls(as_of, frozenset(own | named | around), kind)

    def includes(self, jurisdiction: str) -> bool:
        """Whether a rule of that jurisdiction is asked for."""
        return jurisdiction == EVERYWHERE or jurisdiction in self.jurisdictions


DEFAULT = Profile()

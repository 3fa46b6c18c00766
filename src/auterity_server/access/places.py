"""Where a request acts: the port by which the guard finds organisations, stores and environments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from auterity_server.access.principal import Place
from auterity_server.access.refusals import NotThere

KINDS = ("organisation", "store", "environment")
"""From the widest to the narrowest. A path's parameter is named for its kind: `store_id`."""


class Places(Protocol):
    """Finds a place by its id."""

    async def find(self, kind: str, id: str) -> Place | None:
        """The place of that kind (of `KINDS`), with all that is around it; None if there is none."""


async def place_of_path(places: Places, path: Mapping[str, str]) -> Place | None:
    """The narrowest place that the path names, None if it names none.

    Raises `NotThere` where there is none, and where the path puts it into another than its own.
    """
    named = {kind: path[f"{kind}_id"] for kind in KINDS if f"{kind}_id" in path}
    if not named:
        return None
    narrowest = list(named)[-1]
    place = await places.find(narrowest, named[narrowest])
    if place is None or any(getattr(place, kind) != asked for kind, asked in named.items()):
        raise NotThere(narrowest)
    return place

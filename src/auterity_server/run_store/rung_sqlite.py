"""A store in a SQLite file that rings when something is recorded by this process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from auterity_sdk.runs.events import Event
from auterity_sdk.runtime.stores.sqlite import SqliteStore


class RungSqliteStore(SqliteStore):
    """See `SqliteStore`."""

    def __init__(self, file: Path, ring: Callable[[], None]) -> None:
        super().__init__(file)
        self._ring = ring

    async def append(
        self, run_id: str, expected: int, events: Sequence[Event], *rest: Any, **more: Any
    ) -> None:
        """See `Journal.append`."""
        await super().append(run_id, expected, events, *rest, **more)
        self._ring()

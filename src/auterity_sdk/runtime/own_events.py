"""Events that the steps of a runtime's runs send: to the runs of the same store."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from msgspec import Struct

from auterity_sdk.connections.events import Events
from auterity_sdk.errors import StepError, StoreError, VersionConflict
from auterity_sdk.steps.context import Connections

Port = TypeVar("Port")
BringIn = Callable[[str, Mapping[str, Any], str], Awaitable[object]]
"""Brings in an event of a type, with its data and its id."""


class OwnEvents(Struct, frozen=True):
    """See `Events`."""

    bring_in: BringIn

    async def send(self, type: str, data: Mapping[str, Any], *, key: str) -> None:
        """See `Events.send`."""
        try:
            await self.bring_in(type, data, key)
        except VersionConflict:
            return  # it is in the store, and another process was first to give it to a run
        except StoreError:
            said = "the store of runs does not answer"
            raise StepError(said, type="unavailable", retryable=True) from None


class WithEvents(Struct, frozen=True):
    """Connections, and among them the runtime's own events."""

    connections: Connections
    events: OwnEvents

    def get(self, port: Callable[..., Port], name: str | None = None) -> Port:
        """See `Connections.get`."""
        wanted: Any = port
        if wanted is Events:
            events: Any = self.events
            return events  # type: ignore[no-any-return]
        return self.connections.get(port, name)

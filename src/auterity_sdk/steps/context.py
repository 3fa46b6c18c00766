"""What an attempt of a step is given besides its arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Port = TypeVar("Port")


class Connections(Protocol):
    """The configured outside systems, by their port."""

    # A port is a protocol class. Typed as a callable, since mypy takes no protocol for a `type[Port]`.
    def get(self, port: Callable[..., Port], name: str | None = None) -> Port:
        """The connection of that port, the default one without `name`.

        Raises `ConfigurationError` where none is configured.
        """
        ...


@dataclass(frozen=True, slots=True)
class StepContext:
    """One attempt: who runs, when, and with which outside systems.

    `idempotency_key` is stable over retries and crashes; a step with an outside effect passes it on.
    `now` is the journal's time at the attempt's start, aware, in UTC. `dealership` is the `[dealership]`
    table of the project's settings (name, region, timezone, …).
    """

    run_id: str
    workflow: str
    step: str
    attempt: int
    idempotency_key: str
    now: datetime
    connections: Connections
    dealership: Mapping[str, Any] = field(default_factory=dict)

    @property
    def zone(self) -> tzinfo:
        """The dealership's time zone; UTC where none is set, or none of that name is known."""
        try:
            return ZoneInfo(str(self.dealership.get("timezone") or "UTC"))
        except (ZoneInfoNotFoundError, ValueError):
            return UTC

"""What an attempt of a step is given besides its arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from auterity_sdk.workflow.budget import Bound
from auterity_sdk.workflow.signature import Catalog

Port = TypeVar("Port")


class Connections(Protocol):
    """The configured outside systems, by their port."""

    # A port is a protocol class. Typed as a callable, since mypy takes no protocol for a `type[Port]`.
    def get(self, port: Callable[..., Port], name: str | None = None) -> Port:
        """The connection of that port, the default one without `name`.

        Raises `ConfigurationError` where none is configured.
        """
        ...


class Pulse(Protocol):
    """Takes the heartbeats of an attempt. `earlier` are the last details of the attempts before it."""

    earlier: Any

    def beat(self, details: Any) -> None:
        """The attempt lives."""
        ...


class Unwatched:
    """The pulse of an attempt that nobody waits for heartbeats of."""

    earlier: Any = None

    def beat(self, details: Any) -> None:
        """Nothing follows of it."""


@dataclass(frozen=True, slots=True)
class StepContext:
    """One attempt: who runs, when, and with which outside systems.

    `idempotency_key` is stable over retries and crashes; a step with an outside effect passes it on.
    `now` is the journal's time at the attempt's start, aware, in UTC. `dealership` is the `[dealership]`
    table of the project's settings (name, region, timezone, …). `catalog` knows the named types of the project; `bounds` are the budgets that hold for calls of models.
    """

    run_id: str
    workflow: str
    step: str
    attempt: int
    idempotency_key: str
    now: datetime
    connections: Connections
    dealership: Mapping[str, Any] = field(default_factory=dict)
    catalog: Catalog | None = None
    bounds: tuple[Bound, ...] = ()
    pulse: Pulse = field(default_factory=Unwatched, repr=False)
    on_text: Callable[[str], None] | None = field(default=None, repr=False)
    """Told, on the event loop, all of the text that the step has written so far, for who reads along; `""`: what was
    told is void. None: nobody does, or the step was given a secret, which a piece of a text might quote."""

    def heartbeat(self, details: Any = None) -> None:
        """Say that the attempt lives, as often as it likes, where the workflow has a `retry.heartbeat`.

        `details` (JSON data, or a Pydantic model) tell how far it is: the next attempt is given them as
        `heartbeat_details`. Raises `StepError` of type `heartbeat` once the attempt was told to stop, so that a thread
        ends by it.
        """
        self.pulse.beat(details)

    @property
    def heartbeat_details(self) -> Any:
        """The last details that an attempt before this one told, in whatever process it ran; None if none did."""
        return self.pulse.earlier

    @property
    def zone(self) -> tzinfo:
        """The dealership's time zone; UTC where none is set, or none of that name is known."""
        try:
            return ZoneInfo(str(self.dealership.get("timezone") or "UTC"))
        except (ZoneInfoNotFoundError, ValueError):
            return UTC

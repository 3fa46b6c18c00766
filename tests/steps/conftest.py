from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest

from auterity_sdk.connections.memory import MemoryOutbox, MemoryRecords
from auterity_sdk.connections.records import Records
from auterity_sdk.connections.web import Web
from auterity_sdk.steps.context import StepContext

Port = TypeVar("Port")


@dataclass
class InMemory:
    """Connections of which nothing is left after the test."""

    outbox: MemoryOutbox = field(default_factory=MemoryOutbox)
    records: Any = field(default_factory=MemoryRecords)
    web: Any = None

    def get(self, port: Callable[..., Port], name: str | None = None) -> Port:
        made: dict[Any, Any] = {Records: self.records, Web: self.web}
        found: Port = made.get(port, self.outbox)
        return found


@pytest.fixture
def connections() -> InMemory:
    return InMemory()


@pytest.fixture
def context(connections: InMemory) -> StepContext:
    """A Monday, 10:00 in New York."""
    return StepContext(
        run_id="run-1",
        workflow="w",
        step="s",
        attempt=1,
        idempotency_key="run-1/s",
        now=datetime(2026, 11, 23, 15, 0, tzinfo=UTC),
        connections=connections,
        dealership={"name": "Bayside Motors", "timezone": "America/New_York"},
    )

"""The port for events that workflows send to each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class Events(Protocol):
    """Brings in outside events where the runs go on."""

    async def send(self, type: str, data: Mapping[str, Any], *, key: str) -> None:
        """Bring one in, once for a `key`. Raises `StepError` of type `unavailable`, which may be tried again."""
        ...

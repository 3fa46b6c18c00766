"""The port for a dealer's stock."""

from __future__ import annotations

from typing import Protocol

from auterity_sdk.dealership.stock_feed import Stock


class Inventory(Protocol):
    """What is in stock."""

    async def stock(self) -> Stock:
        """All of it, and what of it could not be read. Raises `StepError` of type `network` or `bad_answer` where it cannot be told."""
        ...

"""A queue of steps, as the project's settings limit it."""

from __future__ import annotations

from msgspec import Struct


class Queue(Struct, frozen=True):
    """At most `slots` attempts at once (None: any number), and at most `rate` that begin in any `per` milliseconds."""

    name: str
    slots: int | None = None
    rate: int | None = None
    per: int = 0

    @property
    def key(self) -> str:
        """The key of what asks for it; those of locks are digests."""
        return f"queue {self.name}"

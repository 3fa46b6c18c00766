"""How long the pauses between attempts are: the one formula of runs and checks."""

from __future__ import annotations

import math
from typing import Literal

from msgspec import Struct

Backoff = Literal["exponential", "linear", "constant"]


class Pauses(Struct, frozen=True):
    """`initial` and `longest` are in milliseconds. With `linear` each pause is longer by the first one."""

    backoff: Backoff = "exponential"
    initial: int = 0
    factor: float = 1.0
    longest: int = 0

    def after(self, attempt: int) -> float:
        """The pause after an attempt, counted from 1, in milliseconds."""
        match self.backoff:
            case "constant":
                pause: float = self.initial
            case "linear":
                pause = self.initial * attempt
            case "exponential":
                pause = self._grown(attempt - 1)
        return min(pause, float(self.longest))

    def _grown(self, times: int) -> float:
        try:
            return self.initial * self.factor**times
        except OverflowError:
            return math.inf if self.initial else 0.0

"""An error as it stands in the journal: plain data, without the exception."""

from __future__ import annotations

from msgspec import Struct

TIMEOUT_ERROR = "timeout"
EFFECT_UNKNOWN = "effect_unknown"
HEARTBEAT_ERROR = "heartbeat"
PROCESS_DIED = "process_died"


class Failure(Struct, frozen=True):
    """Why an attempt, a step or a run failed.

    `type` is a stable word that `retry.on` names. `retry_after` is in seconds, from the other side's
    Retry-After. `step` is the path of the step where it began, for errors of graphs and runs.
    """

    type: str
    message: str
    retryable: bool = False
    retry_after: float | None = None
    step: str = ""

    def at(self, step: str) -> Failure:
        """The same failure, begun at `step` unless it knows better."""
        if self.step:
            return self
        return Failure(self.type, self.message, self.retryable, self.retry_after, step)

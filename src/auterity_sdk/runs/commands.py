"""What may be asked of a run. Times (`at`) are milliseconds since 1970, UTC; chance comes as `jitter`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from auterity_sdk.runs.cache import CachedResult
from auterity_sdk.runs.failure import Failure


class Start(Struct, frozen=True):
    """Begin. `parent` is the path of the `call` in the run that `parent_run` names; `locked`: a lock is held around it.

    `priority` is what counts where the workflow has none of its own; `fresh`: no earlier results are taken.
    """

    at: int
    input: Mapping[str, Any]
    requester: str = ""
    parent_run: str = ""
    parent: str = ""
    attempt: int = 1
    connections: Mapping[str, Any] = field(default_factory=dict)
    locked: bool = False
    priority: int = 0
    fresh: bool = False


class AttemptSucceeded(Struct, frozen=True, gc=False):
    """An attempt gave an output. `step` is the path, with `/compensate` behind it for a compensation."""

    at: int
    step: str
    attempt: int
    outcome: str = "ok"
    output: Any = None


class AttemptFailed(Struct, frozen=True):
    """An attempt failed. `jitter` is a random number in [0, 1) for the pause before the next one."""

    at: int
    step: str
    attempt: int
    error: Failure
    jitter: float = 1.0


class AttemptStopped(Struct, frozen=True):
    """An attempt that was told to stop did. `lost`: nobody knows how far it came."""

    at: int
    step: str
    attempt: int
    lost: bool = False


class TimerDue(Struct, frozen=True):
    """Time has come to `at`: whatever was due until then happens."""

    at: int
    jitter: float = 1.0


class ApprovalGiven(Struct, frozen=True):
    """A person answers an `approve`. `roles` are the roles that the person has."""

    at: int
    step: str
    by: str
    roles: tuple[str, ...]
    approved: bool = True
    form: Mapping[str, Any] = field(default_factory=dict)


class Settle(Struct, frozen=True):
    """A person says how an uncertain step ended: in `outcome` with `output`, or `retry`, by which it is tried again.

    `attempt` is the one that is in doubt, so that nothing is said of a later one by saying it twice; 0 is whichever it is.
    """

    at: int
    step: str
    outcome: str
    output: Any = None
    by: str = ""
    reason: str = ""
    attempt: int = 0


class OutsideEvent(Struct, frozen=True):
    """Something happened outside, which came at `came`. `id` is its own, so that it counts once."""

    at: int
    id: str
    type: str
    data: Mapping[str, Any]
    came: int


class ChildEnded(Struct, frozen=True):
    """The child run of a `call` ended: `status` is succeeded, failed or cancelled."""

    at: int
    step: str
    attempt: int
    status: str
    end: str = ""
    output: Any = None
    error: Failure | None = None
    jitter: float = 1.0


class LockGranted(Struct, frozen=True):
    """It is the turn of a step that has asked for a lock or in a queue, or of the run, where `step` is empty."""

    at: int
    step: str


class CacheAnswered(Struct, frozen=True):
    """Whether there is an earlier result for a step that looks for one."""

    at: int
    step: str
    found: CachedResult | None = None


class TurnRefused(Struct, frozen=True):
    """The turn of a step that waits for it will never come, or of the run, where `step` is empty."""

    at: int
    error: Failure
    step: str = ""


class DriverDied(Struct, frozen=True):
    """Who drove the run is gone without a word, and so are the attempts that ran there: all, or those of these `steps`."""

    at: int
    steps: frozenset[str] | None = None


class Cancel(Struct, frozen=True):
    """End the run as cancelled, compensations first; `after_step`: once the attempts that run have ended."""

    at: int
    by: str = ""
    after_step: bool = False


Command = (
    Start
    | AttemptSucceeded
    | AttemptFailed
    | AttemptStopped
    | TimerDue
    | ApprovalGiven
    | Settle
    | OutsideEvent
    | ChildEnded
    | LockGranted
    | CacheAnswered
    | TurnRefused
    | DriverDied
    | Cancel
)

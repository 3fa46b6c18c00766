"""What may be asked of a run. Times (`at`) are milliseconds since 1970, UTC; chance comes as `jitter`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from auterity_sdk.runs.failure import Failure


@dataclass(frozen=True, slots=True)
class Start:
    """Begin. `parent` is the path of the `call` in the run that `parent_run` names."""

    at: int
    input: Mapping[str, Any]
    requester: str = ""
    parent_run: str = ""
    parent: str = ""
    attempt: int = 1
    connections: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AttemptSucceeded:
    """An attempt gave an output. `step` is the path, with `/compensate` behind it for a compensation."""

    at: int
    step: str
    attempt: int
    outcome: str = "ok"
    output: Any = None


@dataclass(frozen=True, slots=True)
class AttemptFailed:
    """An attempt failed. `jitter` is a random number in [0, 1) for the pause before the next one."""

    at: int
    step: str
    attempt: int
    error: Failure
    jitter: float = 1.0


@dataclass(frozen=True, slots=True)
class AttemptStopped:
    """An attempt that was told to stop did. `lost`: nobody knows how far it came."""

    at: int
    step: str
    attempt: int
    lost: bool = False


@dataclass(frozen=True, slots=True)
class TimerDue:
    """Time has come to `at`: whatever was due until then happens."""

    at: int
    jitter: float = 1.0


@dataclass(frozen=True, slots=True)
class ApprovalGiven:
    """A person answers an `approve`. `roles` are the roles that the person has."""

    at: int
    step: str
    by: str
    roles: tuple[str, ...]
    approved: bool = True
    form: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OutsideEvent:
    """Something happened outside, which came at `came`. `id` is its own, so that it counts once."""

    at: int
    id: str
    type: str
    data: Mapping[str, Any]
    came: int


@dataclass(frozen=True, slots=True)
class ChildEnded:
    """The child run of a `call` ended: `status` is succeeded, failed or cancelled."""

    at: int
    step: str
    attempt: int
    status: str
    end: str = ""
    output: Any = None
    error: Failure | None = None
    jitter: float = 1.0


@dataclass(frozen=True, slots=True)
class Cancel:
    """End the run as cancelled, compensations first."""

    at: int
    by: str = ""


Command = (
    Start
    | AttemptSucceeded
    | AttemptFailed
    | AttemptStopped
    | TimerDue
    | ApprovalGiven
    | OutsideEvent
    | ChildEnded
    | Cancel
)

"""The exceptions of Auterity: a failure is an exception, a finding is a value (see `diagnostics`).

AuterityError
├── UsageError                 the caller asked for what cannot be (exit code 2)
│   ├── ConfigurationError     auterity.toml, a connection or a module is wrong
│   ├── BuildError             a Python workflow is written wrongly; knows its file and line
│   └── RunHeld                another living process carries the run on
├── InvalidWorkflow            a workflow has findings of severity error (exit code 1)
├── ExpressionError            an expression ended in an error value, or cannot be compiled
├── StepError                  an attempt failed; `retryable` says whether another may help
│   └── ValueAbsent            a value that is read is not there
├── StoreError                 the run store cannot do what was asked
│   ├── RunNotFound
│   ├── VersionConflict        another process appended first
│   │   └── EventsGone         another run has taken the outside event
│   └── StoreUnavailable       locked for too long, full disk, no permission
├── HostedError                the hosted backend refused; knows its `code` and HTTP `status`
│   ├── SignInNeeded           nobody is signed in there, or no longer (exit code 4)
│   ├── NotAllowed             a role is missing
│   ├── NotOnServer            it is not there, or is another organisation's
│   ├── ServerConflict         it is there already, or stands otherwise by now
│   ├── PushRefused            a pushed workflow has findings (exit code 1)
│   └── ServerUnavailable      it cannot be reached, or cannot do its work now (exit code 5)
└── InternalError              a defect of Auterity itself (exit code 70)
"""

from __future__ import annotations

from collections.abc import Sequence


class AuterityError(Exception):
    """Base of all errors raised on purpose. `help` says what to do next."""

    def __init__(self, message: str, *, help: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.help = help


class UsageError(AuterityError):
    """The caller asked for something that cannot be."""


class ConfigurationError(UsageError):
    """`auterity.toml`, a connection or a project's module is wrong."""


class BuildError(UsageError):
    """A Python workflow is written wrongly. `file` and `line` (from 1) say where."""

    def __init__(
        self,
        message: str,
        *,
        file: str | None = None,
        line: int | None = None,
        column: int | None = None,
        help: str | None = None,
    ) -> None:
        super().__init__(message, help=help)
        self.file = file
        self.line = line
        self.column = column

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}: " if self.file else ""
        hint = f" ({self.help})" if self.help else ""
        return f"{place}{self.message}{hint}"


class RunHeld(UsageError):
    """Another living process carries the run on."""


class LeaseLost(RunHeld):
    """Another process has taken the run over from this one, which was silent for too long."""


class InvalidWorkflow(AuterityError):
    """A workflow has findings of severity error, so it cannot be run or written out."""


class ExpressionError(AuterityError):
    """An expression cannot be compiled, or its evaluation ended in an error value.

    `start` and `end` are code point offsets inside the expression, end exclusive; both 0 if unknown.
    """

    def __init__(
        self, message: str, *, start: int = 0, end: int = 0, help: str | None = None
    ) -> None:
        super().__init__(message, help=help)
        self.start = start
        self.end = end


class StepError(AuterityError):
    """A step's attempt failed.

    `type` is a short stable word (`timeout`, `network`, `bad_input`, …) that error filters name;
    `retry_after` is in seconds, from the other side's Retry-After.
    """

    def __init__(
        self,
        message: str,
        *,
        type: str = "error",
        retryable: bool = False,
        retry_after: float | None = None,
        help: str | None = None,
    ) -> None:
        super().__init__(message, help=help)
        self.type = type
        self.retryable = retryable
        self.retry_after = retry_after


class ValueAbsent(StepError):
    """A value that is read is not there (`value_absent` in `language.md`)."""

    def __init__(self, message: str, *, help: str | None = None) -> None:
        super().__init__(message, type="value_absent", help=help)


class RunRejected(StepError):
    """As many runs of the key go on as may, and the workflow says `when_full: reject`."""

    def __init__(self, message: str, *, help: str | None = None) -> None:
        super().__init__(message, type="rejected", retryable=True, help=help)


class AlreadyStarted(StepError):
    """A run with the same idempotency key has been started: `run_id`."""

    def __init__(self, run_id: str) -> None:
        super().__init__(
            f"the run {run_id} has been started with the same key", type="already_started"
        )
        self.run_id = run_id


class StoreError(AuterityError):
    """The run store cannot do what was asked."""


class RunNotFound(StoreError):
    """No run of that id is in the store."""


class VersionConflict(StoreError):
    """Another process appended to this run first; load it again."""


class EventsGone(VersionConflict):
    """Other runs have taken these outside `events` meanwhile, by their ids."""

    def __init__(self, events: Sequence[str]) -> None:
        super().__init__("the outside event has gone to another step meanwhile")
        self.events = frozenset(events)


class TurnLost(StoreError):
    """Others came before these `steps` of the run, whose turn it was to be."""

    def __init__(self, steps: Sequence[str]) -> None:
        super().__init__("it is the turn of another run")
        self.steps = frozenset(steps)


class StoreUnavailable(StoreError):
    """The store is locked for too long, its disk is full, or it may not be read."""


class HostedError(AuterityError):
    """The hosted backend refused a request.

    `code` is the stable word of its problem (`not-allowed`), `status` the HTTP status; empty and 0 where no answer came.
    """

    def __init__(
        self, message: str, *, code: str = "", status: int = 0, help: str | None = None
    ) -> None:
        super().__init__(message, help=help)
        self.code = code
        self.status = status


class SignInNeeded(HostedError):
    """Nobody is signed in there: no token, or one that is over or was revoked."""


class NotAllowed(HostedError):
    """Who is signed in has no role that allows it."""


class NotOnServer(HostedError):
    """It is not there, or is another organisation's, which is told alike."""


class ServerConflict(HostedError):
    """It is there already, or stands otherwise by now than the request takes for granted."""


class PushRefused(HostedError):
    """A workflow of a push has findings of severity error. `findings` are of each file, as the contract has them."""

    def __init__(
        self, message: str, *, findings: Sequence[object] = (), help: str | None = None
    ) -> None:
        super().__init__(message, code="invalid-workflow", status=422, help=help)
        self.findings = findings


class ServerUnavailable(HostedError):
    """The server cannot be reached, broke the connection, or cannot do its work now.

    `retry_after` is in seconds, where the server names a time.
    """

    retry_after: float | None = None


class InternalError(AuterityError):
    """A defect of Auterity itself."""

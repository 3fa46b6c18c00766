"""A run: how it stands, its tree of steps, what it waits for. Personal data in it is masked by its class."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field, JsonValue

from auterity_sdk.hosted.schemas.shape import Answer, Moment, Request, VersionId

FORMAT = "auterity-run-1"

Status = Literal[
    "running",
    "waiting",
    "uncertain",
    "failing",
    "cancelling",
    "succeeded",
    "failed",
    "cancelled",
]

OVER: frozenset[Status] = frozenset({"succeeded", "failed", "cancelled"})
"""Nothing more happens in such a run."""

_SUMMARY: dict[str, JsonValue] = {
    "run_id": "3d1f8c2e9a",
    "workflow": "lead-response",
    "version": "6f1ed002ab5595859014ebf0951522d9f6f1ed002ab5595859014ebf09515220",
    "status": "waiting",
    "started_at": "2026-11-28T15:00:00Z",
    "listens": ["sms.received"],
}


class NewRun(Request):
    """A run of the live version to be started. `fresh`: its steps take no earlier result of a `cache`."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"input": {"lead": {"id": "L-1001", "source": "web"}}}]}
    )

    input: dict[str, Any] = Field(default_factory=dict)
    fresh: bool = False


class RunSummary(Answer):
    """One run at a glance. `listens` are the types of event it waits for, `due` is when its next timer is.

    `parent_run` and `parent` name the `call` that started a child run; `breaches` counts guarantees that were not kept.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [_SUMMARY]})

    run_id: str
    workflow: str
    version: VersionId
    status: Status
    started_at: Moment
    ended_at: Moment | None = None
    due: Moment | None = None
    parent_run: str = ""
    parent: str = ""
    listens: tuple[str, ...] = ()
    breaches: int = 0
    priority: int = 0


class Failure(Answer):
    """Why an attempt, a step or a run failed: `type` is a stable word. `retry_after` is in seconds."""

    type: str
    message: str
    retryable: bool = False
    retry_after: float | None = None
    step: str = ""


class Attempt(Answer):
    """One attempt of a step. Without `ended_at` it runs."""

    number: int
    started_at: Moment
    ended_at: Moment | None = None
    error: Failure | None = None


class Origin(Answer):
    """The run, and the step in it, that made a result which this one took; and when."""

    run_id: str
    step: str
    at: Moment


class Step(Answer):
    """A step. `state` is not started, running, retrying, waiting, uncertain, stopping, not reached, or its outcome.

    `inside` are the steps of a loop's bodies; `compensation` is running, done or failed.
    """

    path: str
    kind: str
    state: str
    attempt: int = 0
    started_at: Moment | None = None
    ended_at: Moment | None = None
    output: Any = None
    error: Failure | None = None
    compensation: str = ""
    child_run: str = ""
    inside: tuple[Step, ...] = ()
    arguments: Any = None
    attempts: tuple[Attempt, ...] = ()
    origin: Origin | None = None


class Waiting(Answer):
    """What a run waits for at one step: `kind` is approve, receive, wait, retry, repeat, lock, queue, call, turn or
    uncertain; `what` the role, the type of event, the queue, the child run, or how an uncertain step may be settled.
    """

    path: str
    kind: str
    what: str
    until: Moment | None = None
    title: str = ""
    proposed: dict[str, Any] = Field(default_factory=dict)
    reminders: int = 0
    attempt: int = 0


class Breach(Answer):
    """A `within` that was not kept in time: the sentence, the item or round it is about, its time limit."""

    guarantee: str
    scope: str
    until: Moment
    at: Moment


class Run(Answer):
    """A run with all its steps, in the form that `auterity runs show --json` prints.

    `events` is how many events its journal has: reading them from there on misses none.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "format": FORMAT,
                    "run_id": "3d1f8c2e9a",
                    "workflow": "hello",
                    "version": _SUMMARY["version"],
                    "status": "succeeded",
                    "started_at": "2026-11-28T15:00:00Z",
                    "ended_at": "2026-11-28T15:00:01Z",
                    "requester": "u2b6n8",
                    "input": {"who": "world"},
                    "end": "",
                    "output": {"greeted": "world"},
                    "error": None,
                    "parent_run": "",
                    "steps": [
                        {
                            "path": "pause",
                            "kind": "wait",
                            "state": "ok",
                            "attempt": 1,
                            "started_at": "2026-11-28T15:00:00Z",
                            "ended_at": "2026-11-28T15:00:01Z",
                        }
                    ],
                    "waiting": [],
                    "breaches": [],
                    "events": 4,
                }
            ]
        }
    )

    format: str = FORMAT
    run_id: str
    workflow: str
    version: VersionId
    status: Status
    started_at: Moment
    ended_at: Moment | None = None
    requester: str = ""
    input: Any = None
    end: str = ""
    output: Any = None
    error: Failure | None = None
    parent_run: str = ""
    steps: tuple[Step, ...]
    waiting: tuple[Waiting, ...]
    breaches: tuple[Breach, ...]
    events: int = Field(ge=0)


class CancelRun(Request):
    """End a run early. `after_step`: what runs ends first, and counts; no other step begins."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"after_step": False}]})

    after_step: bool = False


class CancelAnswer(Answer):
    """`accepted` False: the run was over, or was cancelled before."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"accepted": True}]})

    accepted: bool

"""A test file as it is written: cases of one workflow, each with what happens and what is expected."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from auterity_sdk.workflow.duration import Duration
from auterity_sdk.workflow.part import Part

FORMAT = 1
"""The value of the top key `auterity_test`, by which a test file is known."""

MOMENT = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?$"

NOT_REACHED = "not reached"


def _moment(value: object) -> datetime:
    if isinstance(value, datetime):
        return value
    try:
        return datetime.fromisoformat(str(value))
    except ValueError:
        raise PydanticCustomError(
            "bad_moment", "a time is written as 2026-11-24T10:00 or 2026-11-24T10:00-05:00"
        ) from None


Moment = Annotated[
    datetime, BeforeValidator(_moment), WithJsonSchema({"type": "string", "pattern": MOMENT})
]
"""A time; without an offset it is one of the dealership's time zone."""

CaseName = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Raises(Part):
    """An error. `type` is such as `network`; those of network, rate_limit, timeout and exception may be retried."""

    type: str = Field(min_length=1)
    message: str = "as the test says"
    retryable: bool | None = None
    retry_after: Duration | None = None


def _raises(value: object) -> object:
    return {"type": value} if isinstance(value, str) else value


class StepScript(Part):
    """What a step does instead of its real work: `returns` with or without `outcome`, `outcome`, or `raises`.

    `times`: for so many attempts, then the next in the list, or the real work. `takes`: how long an attempt lasts.
    """

    returns: dict[str, Any] | None = None
    outcome: str | None = None
    raises: (
        Annotated[Raises, BeforeValidator(_raises, json_schema_input_type=str | Raises)] | None
    ) = None
    times: int | None = Field(default=None, ge=1)
    takes: Duration | None = None

    @model_validator(mode="after")
    def _one_way(self) -> StepScript:
        ends = self.returns is not None or self.outcome is not None
        if ends == (self.raises is not None):
            raise PydanticCustomError(
                "conflicting_keys", "a script has `returns`, `outcome` or both, or else `raises`"
            )
        return self


def _listed(value: object) -> object:
    return value if isinstance(value, list) else [value]


StepScripts = Annotated[
    list[StepScript],
    Field(min_length=1),
    BeforeValidator(_listed, json_schema_input_type=StepScript | list[StepScript]),
]


class Person(Part):
    """Somebody who answers what is asked of a role, `after` the asking. `step`: only this approval."""

    role: str = Field(min_length=1)
    name: str = Field(default="approver", min_length=1)
    answer: Literal["approve", "reject"] = "approve"
    step: str | None = None
    after: Duration = Duration(0)
    form: dict[str, Any] = Field(default_factory=dict)


class Sent(Part):
    """An outside event: `after` the run has begun to wait for one of its type, or else `at` a time."""

    send: str = Field(min_length=1)
    with_: dict[str, Any] = Field(default_factory=dict, alias="with")
    after: Duration | None = None
    at: Moment | None = None

    @model_validator(mode="after")
    def _one_time(self) -> Sent:
        if self.after is not None and self.at is not None:
            raise PydanticCustomError(
                "conflicting_keys", "an event comes `after` a wait or `at` a time"
            )
        return self


class Settled(Part):
    """What a person says of a step of which nobody knows whether it had its effect, `after` it began to wait for that.

    `outcome` is one of the step's type, with its `output`, or `failed`, or `retry`.
    """

    step: str = Field(min_length=1)
    outcome: str = Field(min_length=1)
    output: dict[str, Any] | None = None
    name: str = Field(default="tester", min_length=1)
    after: Duration = Duration(0)


class Cancelled(Part):
    """Somebody asks for the run's end, so long `after` its start; with `after_step` once the attempts that run have ended."""

    after: Duration
    after_step: bool = False


def _cancelled(value: object) -> object:
    return value if isinstance(value, dict) else {"after": value}


class ExpectedStep(Part):
    """How a step ends: `outcome` is one of its outcomes, or `not reached`; `output` has at least these fields."""

    outcome: str | None = None
    attempts: int | None = Field(default=None, ge=1)
    output: Any = None
    error: str | None = None


def _step(value: object) -> object:
    return {"outcome": value} if isinstance(value, str) else value


class ExpectedError(Part):
    """Why a run fails: the error's type, and the step where it began."""

    type: str | None = None
    step: str | None = None


def _error(value: object) -> object:
    return {"type": value} if isinstance(value, str) else value


class ExpectedMessage(Part):
    """A message: `to` in full, of `subject` and `body` a part."""

    to: str | None = None
    subject: str | None = None
    body: str | None = None


class ExpectedMessages(Part):
    """The messages of one channel: how many, or each in order."""

    count: int | None = Field(default=None, ge=0)
    each: list[ExpectedMessage] | None = None


def _messages(value: object) -> object:
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return {"count": value}
    return {"each": value} if isinstance(value, list) else value


class ExpectedTime(Part):
    """How long the run takes, in its own time."""

    least: Duration | None = None
    most: Duration | None = None


def _time(value: object) -> object:
    return {"least": value, "most": value} if isinstance(value, str) else value


Channel = Literal["sms", "email", "task"]
RunStatus = Literal["succeeded", "failed", "cancelled", "waiting", "uncertain"]


class Expect(Part):
    """What must have come about. Without `status`, a run must succeed, or fail where an `error` is expected.

    `breaches` are all the guarantees that were not kept in time, in whatever order; each once.
    """

    status: RunStatus | None = None
    end: str | None = None
    output: Any = None
    error: (
        Annotated[
            ExpectedError, BeforeValidator(_error, json_schema_input_type=str | ExpectedError)
        ]
        | None
    ) = None
    steps: dict[
        str,
        Annotated[ExpectedStep, BeforeValidator(_step, json_schema_input_type=str | ExpectedStep)],
    ] = Field(default_factory=dict)
    attempts: dict[str, int] = Field(default_factory=dict)
    not_reached: list[str] = Field(default_factory=list)
    messages: dict[
        Channel,
        Annotated[
            ExpectedMessages,
            BeforeValidator(
                _messages, json_schema_input_type=int | list[ExpectedMessage] | ExpectedMessages
            ),
        ],
    ] = Field(default_factory=dict)
    breaches: list[str] | None = None
    elapsed: (
        Annotated[ExpectedTime, BeforeValidator(_time, json_schema_input_type=str | ExpectedTime)]
        | None
    ) = None


class Setting(Part):
    """What a case begins with. `input_file` is a file (JSON, YAML, ADF) from here on; `input` is laid over it."""

    at: Moment | None = None
    requester: str | None = None
    input: dict[str, Any] = Field(default_factory=dict)
    input_file: str | None = Field(default=None, min_length=1)
    steps: dict[str, StepScripts] = Field(default_factory=dict)
    people: list[Person] = Field(default_factory=list)


class Case(Setting):
    """One run. `until` is how far it is played."""

    description: str = ""
    events: list[Sent] = Field(default_factory=list)
    settle: list[Settled] = Field(default_factory=list)
    cancel: (
        Annotated[
            Cancelled, BeforeValidator(_cancelled, json_schema_input_type=Duration | Cancelled)
        ]
        | None
    ) = None
    until: Duration | None = None
    expect: Expect


class CaseFile(Part):
    """The whole file. `workflow` is a path from this file; else the file of the same name without `.test`."""

    auterity_test: Literal[1]
    workflow: str | None = Field(default=None, min_length=1)
    defaults: Setting = Field(default_factory=Setting)
    cases: dict[CaseName, Case] = Field(min_length=1)

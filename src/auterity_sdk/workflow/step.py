"""The nine kinds of step, as they are written in a workflow file."""

from __future__ import annotations

import re
from typing import Annotated, Literal, get_args

from pydantic import (
    Discriminator,
    Field,
    PlainSerializer,
    PlainValidator,
    Tag,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from auterity_sdk.workflow.backoff import Backoff, Pauses
from auterity_sdk.workflow.budget import StepBudget
from auterity_sdk.workflow.duration import PATTERN as DURATION
from auterity_sdk.workflow.duration import Duration
from auterity_sdk.workflow.key_types import (
    INSTANT,
    TEMPLATED,
    CountOrExpression,
    DurationOrExpression,
    Expression,
    FailureLimit,
    Identifier,
    Output,
    TypeExpression,
    Values,
    is_expression,
)
from auterity_sdk.workflow.needs import Needs
from auterity_sdk.workflow.part import Part


class Retry(Part):
    """How often and how fast an attempt that failed is tried again.

    `attempts` counts the first one too. The pause after attempt n is `initial * factor**(n-1)`, with `backoff`
    linear `initial * n`, constant `initial`; at most `max`; with `jitter` a random part of it. `timeout` bounds one
    attempt, `heartbeat` the time for which it says nothing. `on` names the types of error that are tried again, `not_on`
    those that are not; else the error itself says.
    """

    attempts: int = Field(default=3, ge=1, le=1000)
    backoff: Backoff = "exponential"
    initial: Duration = Duration(1000)
    factor: float = Field(default=2.0, ge=1, le=100, strict=False)
    max: Duration = Duration(60_000)
    jitter: bool = True
    timeout: DurationOrExpression | None = None
    heartbeat: Duration | None = None
    on: list[str] | None = Field(default=None, min_length=1)
    not_on: list[str] | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _one_filter(self) -> Retry:
        if self.on is not None and self.not_on is not None:
            raise PydanticCustomError(
                "conflicting_keys", "`on` says already which types of error are tried again"
            )
        return self

    @model_validator(mode="after")
    def _factor_of_a_power(self) -> Retry:
        if self.backoff != "exponential" and "factor" in self.model_fields_set:
            raise PydanticCustomError(
                "conflicting_keys", "`factor` belongs to `backoff: exponential` alone"
            )
        return self

    @model_validator(mode="after")
    def _heartbeat_within(self) -> Retry:
        bound, silence = self.timeout, self.heartbeat
        if isinstance(bound, Duration) and silence and bound.milliseconds <= silence.milliseconds:
            raise PydanticCustomError(
                "conflicting_keys", "`heartbeat` counts only if it is shorter than `timeout`"
            )
        return self

    @property
    def pauses(self) -> Pauses:
        """The pauses between the attempts, by chance not shortened."""
        return Pauses(self.backoff, self.initial.milliseconds, self.factor, self.max.milliseconds)


class Compensation(Part):
    """What undoes a step that ended well."""

    uses: str = Field(min_length=1)
    with_: Values = Field(default_factory=dict, alias="with")
    retry: Retry | None = None
    timeout: DurationOrExpression | None = None


class Cache(Part):
    """Reuse of an earlier output of the same `key`, at most `age` old."""

    key: Expression
    age: Duration


class Remind(Part):
    """A reminder of people who have not answered: once `after`, or `every` so long."""

    every: Duration | None = None
    after: Duration | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Remind:
        if (self.every is None) == (self.after is None):
            raise PydanticCustomError("conflicting_keys", "`remind` has either `every` or `after`")
        return self


class Escalate(Part):
    """Who is asked instead, and when."""

    after: Duration
    role: str = Field(min_length=1)


class Approve(Part):
    """Ask people of a role. `quorum` approvals approve; the first rejection rejects."""

    role: str = Field(min_length=1)
    quorum: CountOrExpression = 1
    title: str | None = None
    form: dict[Identifier, TypeExpression] = Field(default_factory=dict)
    edit: Values = Field(default_factory=dict)
    exclude: Literal["requester"] | None = None
    remind: Remind | None = None
    escalate: Escalate | None = None
    timeout: DurationOrExpression | None = None
    default: Literal["approved", "rejected"] | None = None

    @model_validator(mode="after")
    def _default_needs_timeout(self) -> Approve:
        if self.default is not None and self.timeout is None:
            raise PydanticCustomError(
                "conflicting_keys", "`default` is the outcome of a `timeout`, which is missing"
            )
        return self


class Receive(Part):
    """Wait for an outside event of type `event` for which `match` is true."""

    event: str = Field(min_length=1)
    match: Expression | None = None
    timeout: DurationOrExpression | None = None


_WaitText = Annotated[
    str,
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": pattern} for pattern in (DURATION, TEMPLATED, INSTANT)
            ]
        }
    ),
]


class BusinessTime(Part):
    """A length of business time by the calendar of that name."""

    business: Duration
    calendar: str = "default"


def _wait_time(value: object) -> Duration | BusinessTime | str:
    if isinstance(value, dict | BusinessTime):
        return BusinessTime.model_validate(value)
    if isinstance(value, str) and (is_expression(value) or re.fullmatch(INSTANT, value, re.ASCII)):
        return value
    return Duration.validate(value)


WaitTime = Annotated[
    Duration | BusinessTime | str,
    PlainValidator(_wait_time, json_schema_input_type=BusinessTime | _WaitText),
    PlainSerializer(lambda value: value if isinstance(value, BusinessTime) else str(value)),
]
"""A duration, a time (RFC 3339, with its offset), business time, or `${…}` around one of these."""


class ForEach(Part):
    """Run `steps` for each item of the list `in`."""

    in_: Expression = Field(alias="in")
    as_: Identifier | None = Field(default=None, alias="as")
    max_parallel: int = Field(default=10, ge=1, le=10_000)
    until_failures: FailureLimit = 1
    first: CountOrExpression | None = None
    where: Expression | None = None
    more: Expression | None = None
    max: int | None = Field(default=None, ge=1)
    steps: Steps = Field(min_length=1)
    output: Output = None

    @model_validator(mode="after")
    def _where_needs_first(self) -> ForEach:
        if self.where is not None and self.first is None:
            raise PydanticCustomError(
                "conflicting_keys", "`where` says which items count for `first`, which is missing"
            )
        return self

    @model_validator(mode="after")
    def _more_needs_max(self) -> ForEach:
        if self.more is not None and self.max is None:
            raise PydanticCustomError(
                "conflicting_keys", "`more` gives further items, and `max` of them is missing"
            )
        return self


class Repeat(Part):
    """Run `steps`, then read `until`; at most `max` rounds, `every` apart."""

    steps: Steps = Field(min_length=1)
    until: Expression
    max: int | None = Field(default=None, ge=1)
    every: Duration | None = None
    as_: Identifier | None = Field(default=None, alias="as")
    output: Output = None


class StepBase(Part):
    """The keys of every step."""

    description: str | None = None
    needs: Needs | None = None
    when: Expression | None = None


class UsesStep(StepBase):
    """Run a step type."""

    uses: str = Field(min_length=1)
    with_: Values = Field(default_factory=dict, alias="with")
    retry: Retry | None = None
    timeout: DurationOrExpression | None = None
    compensate: Compensation | None = None
    lock: Expression | None = None
    cache: Cache | None = None
    queue: str | None = None
    budget: StepBudget | None = None


class SwitchStep(StepBase):
    """Pick the first true case; its name is the outcome."""

    switch: dict[Identifier, Expression] = Field(min_length=1)


class ApproveStep(StepBase):
    """Ask people."""

    approve: Approve


class ReceiveStep(StepBase):
    """Wait for an outside event."""

    receive: Receive


class WaitStep(StepBase):
    """A durable timer: a duration, a time (RFC 3339), business time, or an expression of these."""

    wait: WaitTime


class ForEachStep(StepBase):
    """Run a body for each item of a list."""

    for_each: ForEach
    timeout: DurationOrExpression | None = None
    lock: Expression | None = None


class RepeatStep(StepBase):
    """Run a body until a condition holds."""

    repeat: Repeat
    timeout: DurationOrExpression | None = None
    lock: Expression | None = None


class WatchStep(StepBase):
    """Watch that something happens in time, as `within` says it of a guarantee; steps can handle that it does not.

    It begins by itself, with what stands behind `of`, so that it has neither `needs` nor `when`.
    """

    watch: str = Field(min_length=1)

    @model_validator(mode="after")
    def _begins_by_itself(self) -> WatchStep:
        if self.needs is not None or self.when is not None:
            raise PydanticCustomError(
                "conflicting_keys",
                "a `watch` begins with what stands behind `of`, and has no `needs` or `when`",
            )
        return self


class CallStep(StepBase):
    """Run another workflow as a child run."""

    call: str = Field(min_length=1)
    with_: Values = Field(default_factory=dict, alias="with")
    retry: Retry | None = None
    timeout: DurationOrExpression | None = None
    compensate: Compensation | None = None
    lock: Expression | None = None

    @model_validator(mode="after")
    def _no_heartbeat(self) -> CallStep:
        if self.retry is not None and self.retry.heartbeat is not None:
            raise PydanticCustomError(
                "conflicting_keys", "a child run gives no heartbeat; its steps may"
            )
        return self


AnyStep = (
    UsesStep
    | SwitchStep
    | ApproveStep
    | ReceiveStep
    | WaitStep
    | ForEachStep
    | RepeatStep
    | CallStep
    | WatchStep
)

KINDS: dict[str, type[StepBase]] = {
    "uses": UsesStep,
    "switch": SwitchStep,
    "approve": ApproveStep,
    "receive": ReceiveStep,
    "wait": WaitStep,
    "for_each": ForEachStep,
    "repeat": RepeatStep,
    "call": CallStep,
    "watch": WatchStep,
}
"""The key that makes a step one of its kind, and the model of that kind."""

KIND_TAGS = frozenset(f"<{kind}>" for kind in KINDS)
"""What Pydantic puts into the place of an error for the kind of a step; no key of a file looks so."""


def kind_of(step: AnyStep) -> str:
    """The key of the step's kind, such as `uses`."""
    return next(kind for kind, model in KINDS.items() if isinstance(step, model))


_TAGS: dict[type, str] = {model: f"<{kind}>" for kind, model in KINDS.items()}


def _tag(value: object) -> str | None:
    known = _TAGS.get(type(value))
    if known is not None:
        return known
    if not isinstance(value, dict):
        return "<uses>"
    found = [kind for kind in KINDS if kind in value]
    return f"<{found[0]}>" if found else None


Step = Annotated[
    Annotated[UsesStep, Tag("<uses>")]
    | Annotated[SwitchStep, Tag("<switch>")]
    | Annotated[ApproveStep, Tag("<approve>")]
    | Annotated[ReceiveStep, Tag("<receive>")]
    | Annotated[WaitStep, Tag("<wait>")]
    | Annotated[ForEachStep, Tag("<for_each>")]
    | Annotated[RepeatStep, Tag("<repeat>")]
    | Annotated[CallStep, Tag("<call>")]
    | Annotated[WatchStep, Tag("<watch>")],
    Discriminator(
        _tag,
        custom_error_type="missing_kind",
        custom_error_message="a step has one of the keys " + ", ".join(KINDS),
    ),
]

Steps = dict[Identifier, Step]
"""Step ids and their steps. The order has no meaning."""

assert {*get_args(AnyStep)} == {*KINDS.values()}  # noqa: S101 - both lists name every kind

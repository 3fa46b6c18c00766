"""What starts runs: requests, outside events and schedules, and how many of them count."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from auterity_sdk.workflow.duration import Duration
from auterity_sdk.workflow.key_types import Expression, Values
from auterity_sdk.workflow.part import Part


def webhook_event(path: str, format: str) -> str:
    """The type of the outside event that a request to `path`, read as `format`, is."""
    return f"webhook:{format}:{path}"


class Webhook(Part):
    """Start a run for each request to `path`; its body is read as `format`."""

    path: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9/_-]*$")
    format: Literal["adf", "json", "form"] = "json"

    @property
    def event(self) -> str:
        """The type of the outside event that a request is."""
        return webhook_event(self.path, self.format)


class EventTrigger(Part):
    """Start a run for each outside event of this type for which `match` is true."""

    type: str = Field(min_length=1)
    match: Expression | None = None


class Schedule(Part):
    """Start a run at each tick of a cron line, in an IANA time zone.

    `missed` says what becomes of the ticks at which no worker ran: the last one starts a run, none does, or all do;
    those that are longer ago than `missed_within` never do.
    """

    cron: str = Field(min_length=1)
    timezone: str = "UTC"
    missed: Literal["once", "skip", "all"] = "once"
    missed_within: Duration = Duration(24 * 3600 * 1000)


class RateLimit(Part):
    """At most `limit` runs are started in any stretch of time of the length `per`, for each value of `key`.

    What comes on top waits for its turn, or is dropped.
    """

    limit: int = Field(ge=1)
    per: Duration
    key: Expression | None = None
    when_over: Literal["queue", "drop"] = "queue"


class Debounce(Part):
    """Wait until no event with an equal `key` came for a `period`; the last one starts the run.

    `longest` bounds the wait, from the first of them on.
    """

    period: Duration
    key: Expression | None = None
    longest: Duration | None = None

    @model_validator(mode="after")
    def _no_shorter_than_its_period(self) -> Debounce:
        if self.longest is not None and self.longest < self.period:
            raise PydanticCustomError(
                "conflicting_keys",
                "`longest` bounds the whole wait: it is no shorter than `period`",
            )
        return self


class Trigger(Part):
    """One way in which runs start: exactly one of `webhook`, `event` and `schedule`.

    `input` gives the run's input; without it an event's data is.
    """

    webhook: Webhook | None = None
    event: EventTrigger | None = None
    schedule: Schedule | None = None
    input: Values = Field(default_factory=dict)
    rate_limit: RateLimit | None = None
    debounce: Debounce | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Trigger:
        if len([key for key in (self.webhook, self.event, self.schedule) if key is not None]) != 1:
            raise PydanticCustomError(
                "conflicting_keys", "a trigger has exactly one of the keys webhook, event, schedule"
            )
        if self.schedule is not None and self.debounce is not None:
            raise PydanticCustomError(
                "conflicting_keys",
                "a schedule comes due by its cron line alone: it has no `debounce`",
            )
        return self

"""A trigger made ready to fire: which events count, what a run is given, and by which keys firings are counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from auterity_sdk.diagnostics import Path
from auterity_sdk.errors import ExpressionError
from auterity_sdk.runs.compile_values import Values
from auterity_sdk.runs.producer import Expr, Lookup, Producer, moment, plain
from auterity_sdk.workflow.graph import Graph
from auterity_sdk.workflow.occurrences import Role
from auterity_sdk.workflow.scope import Scopes
from auterity_sdk.workflow.trigger import Debounce, RateLimit, Schedule, Trigger


class Limit(Struct, frozen=True, eq=False):
    """At most `limit` runs in any `per` milliseconds for each value of `key`; one more is dropped or waits."""

    key: Expr | None
    limit: int
    per: int
    drops: bool


class Lull(Struct, frozen=True, eq=False):
    """The last event of an equal `key` counts, once none came for `period` milliseconds; the first waits `longest` at most."""

    key: Expr | None
    period: int
    longest: int | None


class TriggerPlan(Struct, frozen=True, eq=False):
    """A trigger of a workflow. It has an `event`, the type that fires it (also that of a webhook), or a `schedule`."""

    event: str
    schedule: Schedule | None
    match: Expr | None
    input: Producer | None
    limit: Limit | None
    lull: Lull | None

    def matches(self, lookup: Lookup) -> bool:
        """Whether an event fires it. Raises `ExpressionError`."""
        return self.match is None or self.match.holds(lookup)

    def values(self, data: Mapping[str, Any], inputs: Mapping[str, Any], lookup: Lookup) -> Any:
        """What the run is given: `input`, else of an event's data what the workflow has an input for.

        Raises `ExpressionError`.
        """
        if self.input is not None:
            return self.input.produce(lookup)
        return {} if self.schedule else {key: data[key] for key in data if key in inputs}


def lookup_of(data: Mapping[str, Any], at: int, connections: Mapping[str, str]) -> Lookup:
    """What a trigger's expressions read: the `event`, and of `run` the time at which it came."""
    names = {"event": data, "run": {"now": moment(at)}, "connections": connections}
    return names.get


def occurrence(due: int) -> Mapping[str, Any]:
    """What `event` is where a schedule fires: the time at which it came `due`."""
    return {"due": moment(due)}


def value_of(key: Expr, lookup: Lookup) -> Any:
    """The value by which firings are counted together. Raises `ExpressionError` where it has none."""
    value = plain(key.value(lookup))
    if value is None:
        raise ExpressionError("the key has no value", end=len(key.compiled.text))
    return value


def compile_trigger(trigger: Trigger, path: Path, scopes: Scopes, graph: Graph) -> TriggerPlan:
    """The plan of a trigger whose checks have passed. Raises `InvalidWorkflow`."""
    values = Values(scopes)
    role = Role.SCHEDULED if trigger.schedule else Role.TRIGGERED

    def key(text: str | None, name: str) -> Expr | None:
        return values.optional(text, graph, (*path, name, "key"), role)

    match = trigger.event.match if trigger.event else None
    limit, lull = trigger.rate_limit, trigger.debounce
    return TriggerPlan(
        event=_event(trigger),
        schedule=trigger.schedule,
        match=values.optional(match, graph, (*path, "event", "match"), Role.TRIGGER),
        input=values.value(trigger.input, graph, (*path, "input"), role) if trigger.input else None,
        limit=None if limit is None else _limit(limit, key(limit.key, "rate_limit")),
        lull=None if lull is None else _lull(lull, key(lull.key, "debounce")),
    )


def _event(trigger: Trigger) -> str:
    if trigger.webhook is not None:
        return trigger.webhook.event
    return trigger.event.type if trigger.event else ""


def _limit(limit: RateLimit, key: Expr | None) -> Limit:
    return Limit(key, limit.limit, limit.per.milliseconds, limit.when_over == "drop")


def _lull(lull: Debounce, key: Expr | None) -> Lull:
    longest = None if lull.longest is None else lull.longest.milliseconds
    return Lull(key, lull.period.milliseconds, longest)

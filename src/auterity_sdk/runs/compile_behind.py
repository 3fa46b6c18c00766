"""Which step ends need no general machine: those behind which exactly one step can begin, whatever else goes on."""

from __future__ import annotations

from collections.abc import Sequence

from auterity_sdk.errors import ExpressionError
from auterity_sdk.runs.plan import Behind, End, Join, StepPlan, Uses
from auterity_sdk.runs.producer import Constant, Producer, milliseconds


def behind_of(
    steps: Sequence[StepPlan], joins: Sequence[Join], early: Sequence[End]
) -> tuple[Behind | None, ...]:
    """For each step what begins behind it, None where the general machine has to look."""
    if early:
        return (None,) * len(steps)
    return tuple(_behind(step, steps, joins) for step in steps)


def _behind(step: StepPlan, steps: Sequence[StepPlan], joins: Sequence[Join]) -> Behind | None:
    if len(step.followers) != 1 or not _ends_plainly(step, joins):
        return None
    follower = steps[step.followers[0]]
    work = follower.work
    if not isinstance(work, Uses) or not _begins_plainly(follower):
        return None
    edges = [edge for number, edge in step.edges if number in follower.joins]
    if len(follower.joins) != 1 or len(edges) != 1:
        return None
    join = follower.joins[0]
    if joins[join].rule.kind != "all":
        return None
    try:
        deadline, limit = _constant(work.timeout), _constant(work.retry.limit)
    except ExpressionError:
        return None
    return Behind(
        follower=follower,
        work=work,
        join=join,
        size=joins[join].rule.size,
        edge=edges[0],
        deadline=deadline,
        limit=limit,
    )


def _ends_plainly(step: StepPlan, joins: Sequence[Join]) -> bool:
    return (
        isinstance(step.work, Uses)
        and step.undo is None
        and step.gate is None
        and step.admission is None
        and not any(joins[number].recorded for number, _ in step.edges)
    )


def _begins_plainly(step: StepPlan) -> bool:
    return (
        step.when is None
        and step.admission is None
        and (step.gate is None or not step.gate.demands)
    )


def _constant(duration: Producer | None) -> int | None:
    """A duration in milliseconds. Raises `ExpressionError` for one that is known in a run only."""
    if duration is None:
        return None
    if not isinstance(duration, Constant):
        raise ExpressionError("it is worked out in a run")
    return milliseconds(duration.data)

"""Compiles how far each step needs no general machine: what of its beginning and end is known before any run."""

from __future__ import annotations

from collections.abc import Sequence

from auterity_sdk.errors import ExpressionError
from auterity_sdk.runs.gate import Gate
from auterity_sdk.runs.plan import Begin, Join, Short, StepPlan, Switch, Uses
from auterity_sdk.runs.producer import Constant, Producer, milliseconds
from auterity_sdk.workflow.signature import CANCELLED, FAILED, SKIPPED, TIMEOUT, UNCERTAIN

_NOT_OF_ATTEMPTS = frozenset({CANCELLED, FAILED, SKIPPED, TIMEOUT, UNCERTAIN})


def short_of(step: StepPlan, joins: Sequence[Join]) -> Short:
    """A step as the short way sees it; `joins` are those of its graph."""
    return Short(
        rules=tuple((number, joins[number].rule) for number in step.joins),
        recorded=tuple((number, edge) for number, edge in step.edges if joins[number].recorded),
        ends=_plain_ends(step),
        begin=_begin(step),
    )


def _plain_ends(step: StepPlan) -> frozenset[str]:
    """The outcomes by which nothing is undone later, nothing becomes known, and nothing fails."""
    if not isinstance(step.work, Uses | Switch):
        return frozenset()
    if step.undo is not None or step.admission is not None or _tells(step.gate):
        return frozenset()
    found = {"ok"} | (step.outcomes or frozenset()) | _of_switch(step)
    if step.named is not None:
        found &= step.named | {"ok"}
    return frozenset(found - _NOT_OF_ATTEMPTS)


def _tells(gate: Gate | None) -> bool:
    """Whether an end may make something known, or end a fact."""
    return gate is not None and bool(gate.gives or gate.withdraws)


def _of_switch(step: StepPlan) -> frozenset[str]:
    cases = step.work.cases if isinstance(step.work, Switch) else ()
    return frozenset(name for name, _ in cases)


def _begin(step: StepPlan) -> Begin | None:
    if step.admission is not None:
        return None
    match step.work:
        case Switch() as work:
            return Begin(work)
        case Uses() as work:
            try:
                return Begin(work, _constant(work.timeout), _constant(work.retry.limit))
            except ExpressionError:
                return None
        case _:
            return None


def _constant(duration: Producer | None) -> int | None:
    """A duration in milliseconds. Raises `ExpressionError` for one that is known in a run only."""
    if duration is None:
        return None
    if not isinstance(duration, Constant):
        raise ExpressionError("it is worked out in a run")
    return milliseconds(duration.data)

"""Compiles how far each step needs no general machine: what of its beginning and end is known before any run."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from auterity_sdk.errors import ExpressionError
from auterity_sdk.runs.gate import Gate
from auterity_sdk.runs.plan import Begin, Join, Short, StepPlan, Switch, Uses
from auterity_sdk.runs.producer import Constant, Producer, milliseconds
from auterity_sdk.workflow.signature import CANCELLED, FAILED, SKIPPED, TIMEOUT, UNCERTAIN

_NOT_OF_ATTEMPTS = frozenset({CANCELLED, FAILED, SKIPPED, TIMEOUT, UNCERTAIN})


def short_of(step: StepPlan, joins: Sequence[Join]) -> Short:
    """A step as the short way sees it; `joins` are those of its graph."""
    rules = tuple((number, joins[number].rule) for number in step.joins)
    alone = rules[0] if len(rules) == 1 and rules[0][1].kind == "all" else None
    return Short(
        rules=rules,
        join=-1 if alone is None else alone[0],
        size=0 if alone is None else alone[1].size,
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
    return _named_ends(step.outcomes, step.named, _cases(step))


@lru_cache(maxsize=1024)  # most steps have the same
def _named_ends(
    outcomes: frozenset[str] | None, named: frozenset[str] | None, cases: frozenset[str]
) -> frozenset[str]:
    found = {"ok", *(outcomes or ()), *cases} - _NOT_OF_ATTEMPTS
    return frozenset(found if named is None else found & {"ok", *named})


def _tells(gate: Gate | None) -> bool:
    """Whether an end may make something known, or end a fact."""
    return gate is not None and bool(gate.gives or gate.withdraws)


def _cases(step: StepPlan) -> frozenset[str]:
    cases = step.work.cases if isinstance(step.work, Switch) else ()
    return frozenset(name for name, _ in cases)


def _begin(step: StepPlan) -> Begin | None:
    if step.admission is not None:
        return None
    match step.work:
        case Switch(cases=cases):
            return Begin(None, cases)
        case Uses() as work:
            try:
                return _attempt(step, work)
            except ExpressionError:
                return None
        case _:
            return None


def _attempt(step: StepPlan, work: Uses) -> Begin:
    """Raises `ExpressionError` where a time limit is known in a run only."""
    return Begin(
        work,
        deadline=_constant(work.timeout),
        limit=_constant(work.retry.limit),
        gate=step.gate if step.gate is not None and step.gate.demands else None,
        reads=step.when is not None or work.arguments is not None,
    )


def _constant(duration: Producer | None) -> int | None:
    """A duration in milliseconds. Raises `ExpressionError` for one that is known in a run only."""
    if duration is None:
        return None
    if not isinstance(duration, Constant):
        raise ExpressionError("it is worked out in a run")
    return milliseconds(duration.data)

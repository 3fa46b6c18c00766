"""Compiles how far each step needs no general machine: what of its beginning and end is known before any run."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from functools import lru_cache

from auterity_sdk.errors import ExpressionError
from auterity_sdk.runs.gate import Gate
from auterity_sdk.runs.plan import Begin, Join, Lane, Short, StepPlan, Switch, Uses
from auterity_sdk.runs.producer import Constant, Producer, expressions, milliseconds
from auterity_sdk.runs.state import INPUT
from auterity_sdk.workflow.needs import JoinKind
from auterity_sdk.workflow.signature import CANCELLED, FAILED, SKIPPED, TIMEOUT, UNCERTAIN

_NOT_OF_ATTEMPTS = frozenset({CANCELLED, FAILED, SKIPPED, TIMEOUT, UNCERTAIN})


def short_of(steps: Sequence[StepPlan], joins: Sequence[Join], *, early: bool) -> tuple[Short, ...]:
    """The steps of a graph as the short way sees them; `joins` are those of the graph. `early`: an end of it is looked at
    at each end of a step."""
    own = {step.id for step in steps}
    begins = [_begin(step, own - step.members if step.members else own) for step in steps]
    return tuple(
        _short(step, joins, begins, None if early else _next(step, steps, joins)) for step in steps
    )


def _short(
    step: StepPlan,
    joins: Sequence[Join],
    begins: Sequence[Begin | None],
    after: StepPlan | None,
) -> Short:
    rules = tuple((number, joins[number].rule) for number in step.joins)
    alone = _alone(step, joins)
    recorded = tuple((number, edge) for number, edge in step.edges if joins[number].recorded)
    return Short(
        rules=rules,
        join=-1 if alone is None else alone,
        size=0 if alone is None else joins[alone].rule.size,
        recorded=recorded,
        ends=_plain_ends(step),
        begin=begins[step.index],
        lane=None if recorded or after is None else _lane(after, joins, begins[after.index]),
    )


def _alone(step: StepPlan, joins: Sequence[Join]) -> int | None:
    """Its join, where it needs but one, of all its edges."""
    if len(step.joins) != 1 or joins[step.joins[0]].rule.kind != "all":
        return None
    return step.joins[0]


def _next(step: StepPlan, steps: Sequence[StepPlan], joins: Sequence[Join]) -> StepPlan | None:
    """The only step that may begin behind a step: the others that follow stay behind that one until it has ended."""
    if not step.followers:
        return None
    first, *others = (steps[index] for index in step.followers)
    counted = {number for number, _ in step.edges}
    stay = all(_stays(other, first, joins, counted) for other in others)
    return first if stay else None


def _stays(step: StepPlan, behind: StepPlan, joins: Sequence[Join], counted: set[int]) -> bool:
    """Whether a step can neither begin nor be given up before the one `behind` which it is has ended, where no edge is
    decided but those of the joins `counted`."""
    if counted & {*step.joins}:
        return False
    return any(
        joins[number].rule.kind in ("all", JoinKind.ANY)
        and any(source == behind.index for source, _ in joins[number].edges)
        for number in step.joins
    )


def _lane(step: StepPlan, joins: Sequence[Join], begin: Begin | None) -> Lane | None:
    """The way to a step that begins with an attempt."""
    if begin is None or begin.work is None:
        return None
    join = _alone(step, joins)
    needs_one = join is not None and joins[join].rule.size == 1
    return Lane(step, begin, begin.work, join if join is not None and needs_one else -1)


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


def _begin(step: StepPlan, seen: Container[str]) -> Begin | None:
    """`seen` are the steps whose value it sees wherever they have one."""
    if step.admission is not None:
        return None
    match step.work:
        case Switch(cases=cases):
            read = [step.when, *(case for _, case in cases)]
            return Begin(None, cases, reads_values=reads_values(read, seen))
        case Uses() as work:
            try:
                return _attempt(step, work, seen)
            except ExpressionError:
                return None
        case _:
            return None


def _attempt(step: StepPlan, work: Uses, seen: Container[str]) -> Begin:
    """Raises `ExpressionError` where a time limit is known in a run only."""
    return Begin(
        work,
        deadline=_constant(work.timeout),
        limit=_constant(work.retry.limit),
        gate=step.gate if step.gate is not None and step.gate.demands else None,
        reads_values=reads_values((step.when, work.arguments), seen),
    )


def reads_values(producers: Iterable[Producer | None], seen: Container[str]) -> bool:
    """Whether producers read nothing but the input and the values of the steps `seen`, of one graph."""
    found = (each for producer in producers if producer for each in expressions(producer))
    return all(
        not each.outcomes and all(root == INPUT or root in seen for root in each.roots)
        for each in found
    )


def _constant(duration: Producer | None) -> int | None:
    """A duration in milliseconds. Raises `ExpressionError` for one that is known in a run only."""
    if duration is None:
        return None
    if not isinstance(duration, Constant):
        raise ExpressionError("it is worked out in a run")
    return milliseconds(duration.data)

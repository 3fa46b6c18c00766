"""One transition settles all it can: in topological order, ties by id, until nothing changes."""

from __future__ import annotations

from heapq import heappop

from auterity_sdk.errors import AuterityError, ExpressionError
from auterity_sdk.runs import admission, watches
from auterity_sdk.runs.compensation import next_compensation
from auterity_sdk.runs.decision import Decision, failure_of
from auterity_sdk.runs.events import EndMet, RunEnded
from auterity_sdk.runs.evolve import is_settled
from auterity_sdk.runs.failure import Failure
from auterity_sdk.runs.joins import MET, PENDING, UNMET, Verdict
from auterity_sdk.runs.kinds import attempts, loops
from auterity_sdk.runs.plan import End, StepPlan, Watch
from auterity_sdk.runs.state import GOES_ON, Phase, Scope


def settle(decision: Decision) -> None:
    """Look at all that the events so far have touched."""
    jobs, stops, ranked = decision.jobs, decision.stops, decision.state.ranked
    notices = decision.notices
    while jobs or stops or notices:
        if notices:
            watches.look(decision, notices.popleft())
            continue
        if stops:
            _stop(decision, *stops.popleft())
            continue
        rank, index = heappop(jobs)
        scope = ranked[rank]
        if index == len(scope.plan.steps):
            _look_at_graph(decision, scope)
        elif scope.phase is GOES_ON and scope.runs[index] is None:
            _look_at_step(decision, scope, scope.plan.steps[index])


def _look_at_step(decision: Decision, scope: Scope, step: StepPlan) -> None:
    verdict = standing(scope, step.index)
    if verdict is UNMET:
        decision.not_reached(scope, step)
    elif verdict is MET:
        try:
            _start(decision, scope, step)
        except AuterityError as error:
            decision.fail(scope, step, error)


def standing(scope: Scope, index: int) -> Verdict:
    """Whether a step may begin, or never can."""
    short = scope.plan.short[index]
    if short.size:
        if scope.unmet[short.join]:
            return UNMET
        if scope.waits[index]:
            return PENDING
        return MET if scope.met[short.join] == short.size else PENDING
    met, unmet = scope.met, scope.unmet
    found = PENDING if scope.waits[index] else MET
    for number, rule in short.rules:
        verdict = rule.verdict(met[number], unmet[number])
        if verdict is UNMET:
            return UNMET
        if verdict is PENDING:
            found = PENDING
    return found


def _start(decision: Decision, scope: Scope, step: StepPlan) -> None:
    if step.when is not None and not step.when.holds(decision.lookup(scope, step)):
        decision.end(scope, step, "skipped")
        return
    if step.admission is not None:
        admission.ask(decision, scope, step, step.admission)
    else:
        admission.begin(decision, scope, step)


def _stop(decision: Decision, scope: Scope, step: StepPlan, awaited: bool) -> None:
    run = scope.runs[step.index]
    if run is None:
        decision.not_reached(scope, step)
    elif is_settled(run):
        return
    elif scope.cause == "end" and isinstance(step.work, Watch):
        return  # it may still be kept, by what ends meanwhile
    elif scope.path(step) in decision.state.asking:
        decision.end(scope, step, "cancelled", gathered=step.has_value("cancelled"))
    elif step.is_loop:
        loops.close(decision, scope, step, "cancelled")
    else:
        attempts.stop(decision, scope, step, run, awaited=awaited)


def _look_at_graph(decision: Decision, scope: Scope) -> None:
    """Whether an instance is over, or one of its ends that cancel the rest is met."""
    if scope.phase is Phase.ENDED:
        return
    if scope.phase is GOES_ON:
        early = next((end for end in scope.plan.early if _is_met(scope, end)), None)
        if early is not None and not scope.left:
            early = None
        if early is not None:
            decision.emit(EndMet(decision.at, early.name))
            decision.stop_graph(scope, "end")
    if scope.left:
        return
    if scope.phase is GOES_ON or scope.cause == "end":
        _ended_well(decision, scope)
    elif not next_compensation(decision, scope):
        _ended_badly(decision, scope)


def _ended_well(decision: Decision, scope: Scope) -> None:
    if scope.parent is not None:
        loops.body_over(decision, scope, "ok", None)
        return
    end = decision.state.end or end_of(scope)
    if end is None:
        error = Failure("no_end", "all steps are settled, and no end is met")
        decision.stop_graph(scope, "failed", error)
        return
    try:
        lookup = decision.lookup(scope, None, {"run": {"end": end}})
        output = decision.plan.output.produce(lookup)
    except ExpressionError as error:
        _output_failed(decision, scope, failure_of(error))
        return
    decision.emit(RunEnded(decision.at, "succeeded", end, output))


def _output_failed(decision: Decision, scope: Scope, error: Failure) -> None:
    if scope.phase is GOES_ON:
        decision.stop_graph(scope, "failed", error)
    elif not next_compensation(decision, scope):
        decision.emit(RunEnded(decision.at, "failed", error=error))


def end_of(scope: Scope) -> str | None:
    """The end that a graph has come to of which nothing is left; None where it has ends, and none is met."""
    if not scope.plan.ends:
        return "ok"
    for end in scope.plan.ends:
        if _is_met(scope, end):
            return end.name
    return None


def _is_met(scope: Scope, end: End) -> bool:
    for number in end.joins:
        rule = scope.plan.joins[number].rule
        if rule.verdict(scope.met[number], scope.unmet[number]) is not MET:
            return False
    return True


def _ended_badly(decision: Decision, scope: Scope) -> None:
    if scope.parent is not None:
        loops.body_over(decision, scope, scope.cause, scope.error)
        return
    error = scope.error
    if decision.state.not_undone:
        steps = ", ".join(step for step, _ in decision.state.not_undone)
        said = f"{error.message}; " if error else ""
        kind = error.type if error else "compensation"
        where = error.step if error else ""
        error = Failure(kind, f"{said}the compensation failed of {steps}", step=where)
    decision.emit(RunEnded(decision.at, scope.cause, error=error))

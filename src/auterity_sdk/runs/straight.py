"""The commonest transition, decided without the general machine: a step ends well, and the one step behind it begins.

It brings about what `decide` would, event for event; where it cannot be sure of that, nothing is done.
"""

from __future__ import annotations

from auterity_sdk.errors import AuterityError
from auterity_sdk.runs.bindings import bindings
from auterity_sdk.runs.commands import AttemptSucceeded
from auterity_sdk.runs.decision import Decision
from auterity_sdk.runs.events import Event, StepEnded, StepStarted
from auterity_sdk.runs.evolve import step_ended, step_started
from auterity_sdk.runs.orders import RunAttempt
from auterity_sdk.runs.plan import Behind
from auterity_sdk.runs.producer import produce
from auterity_sdk.runs.settle import settle
from auterity_sdk.runs.state import GOES_ON, RUNNING, RunState, Scope

Straight = tuple[list[Event], RunAttempt | None]
"""What a transition brought about, and the next attempt: None where the step behind did not begin."""


def straight(state: RunState, command: AttemptSucceeded) -> Straight | None:
    """End the step of an attempt, and begin the one behind it. None: nothing is done, it is for `decide`.

    The state is moved on with the events.
    """
    path, outcome = command.step, command.outcome
    run = state.active.get(path)
    if run is None or run.status is not RUNNING or run.attempt != command.attempt:
        return None
    if state.undoing or state.plan.watches:
        return None
    scope, step = state.place(path)
    behind = scope.plan.behind[step.index]
    if behind is None or outcome != behind.edge or scope.phase is not GOES_ON:
        return None
    if scope.unmet[behind.join] or scope.runs[behind.follower.index] is not None:
        return None
    at = command.at if command.at > state.at else state.at
    ended = StepEnded(at, path, outcome, command.output)
    state.seq += 1
    state.at = at
    step_ended(state, ended, scope, step)
    if scope.met[behind.join] < behind.size or scope.waits[behind.follower.index]:
        return [ended], None
    return _began(state, scope, behind, ended)


def _began(state: RunState, scope: Scope, behind: Behind, ended: StepEnded) -> Straight:
    at, step, work = ended.at, behind.follower, behind.work
    try:
        arguments = None
        if work.arguments is not None:
            arguments = produce(work.arguments, bindings(state, scope, step, at))
    except AuterityError:
        decision = Decision(state.plan, state, at)
        decision.events.append(ended)
        decision.look_at(scope, step.index)
        settle(decision)
        return decision.events, None
    path = scope.path(step)
    deadline = None if behind.deadline is None else at + behind.deadline
    started = StepStarted(at, path, arguments, deadline, behind.limit)
    state.seq += 1
    state.comes_to(path, scope, step)
    step_started(state, started, scope, step)
    return [ended, started], RunAttempt(path, 1, work, arguments, behind.limit)

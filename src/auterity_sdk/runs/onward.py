"""What a run does next where its journal or its plan was changed: all that could go on is looked at."""

from __future__ import annotations

from auterity_sdk.runs.decision import Decision
from auterity_sdk.runs.events import Event
from auterity_sdk.runs.evolve import is_settled
from auterity_sdk.runs.plan import Plan
from auterity_sdk.runs.settle import settle
from auterity_sdk.runs.state import Phase, RunState


def onward(plan: Plan, state: RunState, event: Event) -> list[Event]:
    """The event, and what follows of it. The state is moved on with them."""
    decision = Decision(plan, state, max(event.at, state.at))
    decision.emit(event)
    for scope in list(state.ranked):
        if scope.phase is not Phase.RUNNING:
            continue
        if plan.watches:
            decision.notices.append(scope)
        for number, join in enumerate(scope.plan.joins):
            if join.recorded and scope.met[number]:
                decision.join_met(scope, number, join)
        for index, run in enumerate(scope.runs):
            if not is_settled(run):
                decision.look_at(scope, index)
        decision.look_at_graph(scope)
    settle(decision)
    return decision.events

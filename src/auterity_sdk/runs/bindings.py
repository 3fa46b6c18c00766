"""What the names in expressions stand for at one moment of a run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auterity_sdk.runs.plan import StepPlan
from auterity_sdk.runs.producer import Lookup, moment
from auterity_sdk.runs.state import ENDED, RunState, Scope, StepRun
from auterity_sdk.workflow.graph import OUTCOME

_OUTCOME = OUTCOME + "."
_OF_THE_RUN = frozenset({"run", "connections"})


def bindings(
    state: RunState,
    scope: Scope,
    viewer: StepPlan | None,
    at: int,
    extra: Mapping[str, Any] | None = None,
) -> Lookup:
    """The names as step `viewer` of `scope` sees them at `at`; without a viewer, as the graph's end does.

    `extra` holds further names, and members to add to `run`.
    """

    steps = scope.plan.index
    members = () if viewer is None else viewer.members

    def lookup(name: str) -> Any:
        if name == "input":
            return state.input
        if extra is None and name in steps and not (name in members or name in _OF_THE_RUN):
            index = steps[name]
            run = scope.runs[index]
            return None if run is None else _value(scope.plan.steps[index], run)
        if name == "run":
            return _run(state, at, extra)
        if extra is not None and name in extra:
            return extra[name]
        if name == "connections":
            return state.connections
        if name.startswith(_OUTCOME):
            found = _find(scope, viewer, name[len(_OUTCOME) :])
            return found[1].outcome if isinstance(found, tuple) else None
        found = _find(scope, viewer, name)
        return _value(*found) if isinstance(found, tuple) else found

    return lookup


def _run(state: RunState, at: int, extra: Mapping[str, Any] | None) -> dict[str, Any]:
    return {
        "id": state.run_id,
        "started_at": moment(state.started_at),
        "now": moment(at),
        "requester": state.requester,
        **((extra or {}).get("run") or {}),
    }


def _find(scope: Scope, viewer: StepPlan | None, name: str) -> Any:
    """A step and how it stands, as a tuple; or the value of a bound name; None where there is neither."""
    here: Scope | None = scope
    while here is not None:
        index = here.plan.index.get(name)
        if index is not None:
            run = here.runs[index]
            if run is None or (viewer is not None and _is_hidden(here, viewer, name, index)):
                return None
            return here.plan.steps[index], run
        if name in here.bound:
            return here.bound[name]
        viewer = here.parent.plan.steps[here.owner] if here.parent else None
        here = here.parent
    return None


def _is_hidden(scope: Scope, viewer: StepPlan, name: str, index: int) -> bool:
    """A member of one's own `one`, `first` or `at_least` is seen if its edge was met when the join was."""
    if name not in viewer.members:
        return False
    for join in viewer.joins:
        for position in scope.taken.get(join, ()):
            if scope.plan.joins[join].edges[position][0] == index:
                return False
    return True


def _value(step: StepPlan, run: StepRun) -> Any:
    outcome = run.outcome
    if outcome is None or run.status is not ENDED or not step.has_value(outcome):
        return None
    return {} if run.output is None else run.output

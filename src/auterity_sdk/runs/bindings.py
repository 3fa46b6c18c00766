"""What the names in expressions stand for at one moment of a run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auterity_sdk.runs.plan import StepPlan
from auterity_sdk.runs.producer import Lookup, moment
from auterity_sdk.runs.state import RunState, Scope
from auterity_sdk.workflow.graph import OUTCOME

_OUTCOME = OUTCOME + "."

_Where = tuple[Scope, int | None]
"""An instance of a graph, and the index of a step of it; or None for what the loop around it binds."""


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

    values = scope.values
    members = () if viewer is None else viewer.members

    def lookup(name: str) -> Any:
        if name == "run":
            return _run(state, at, extra)
        if extra is not None and name in extra:
            return extra[name]
        if name in values and name not in members:
            return values[name]
        if name == "connections":
            return state.connections
        if name.startswith(_OUTCOME):
            return _outcome(_find(scope, viewer, name[len(_OUTCOME) :]))
        return _value(_find(scope, viewer, name), name)

    return lookup


def _run(state: RunState, at: int, extra: Mapping[str, Any] | None) -> dict[str, Any]:
    return {
        "id": state.run_id,
        "started_at": moment(state.started_at),
        "now": moment(at),
        "requester": state.requester,
        **((extra or {}).get("run") or {}),
    }


def _find(scope: Scope, viewer: StepPlan | None, name: str) -> _Where | None:
    """Where a name stands for something that the viewer may see."""
    here: Scope | None = scope
    while here is not None:
        index = here.plan.index.get(name)
        if index is not None:
            hidden = viewer is not None and _is_hidden(here, viewer, name, index)
            return None if hidden else (here, index)
        if name in here.bound:
            return here, None
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


def _outcome(where: _Where | None) -> str | None:
    if where is None or where[1] is None:
        return None
    run = where[0].runs[where[1]]
    return None if run is None else run.outcome


def _value(where: _Where | None, name: str) -> Any:
    if where is None:
        return None
    here, index = where
    return here.bound[name] if index is None else here.values.get(name)

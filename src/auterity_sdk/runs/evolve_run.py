"""What the beginning and the end of a run change."""

from __future__ import annotations

from auterity_sdk.runs import events as e
from auterity_sdk.runs.gate import inbound
from auterity_sdk.runs.state import INPUT, Phase, RunState, Scope


def run_began(state: RunState, event: e.RunStarted) -> None:
    """What `RunStarted` changes, beside the count of events and the time."""
    state.run_id, state.version, state.status = event.run_id, event.version, "running"
    state.started_at, state.input, state.requester = event.at, event.input, event.requester
    state.parent_run, state.parent = event.parent_run, event.parent
    state.parent_attempt, state.connections = event.attempt, event.connections
    state.locked = event.locked
    if state.plan.answers:
        state.known.append(inbound(event.at))
    root = Scope.of("", state.plan.graph, 0, event.at)
    root.values[INPUT] = event.input
    state.scopes[""] = root
    state.ranked.append(root)
    if event.deadline is not None:
        state.alarms[""] = event.deadline


def run_over(state: RunState, event: e.RunEnded) -> None:
    """What `RunEnded` changes, beside the count of events and the time."""
    state.asking.discard("")
    state.status, state.end, state.output = event.status, event.end, event.output
    state.error, state.ended_at = event.error, event.at
    state.alarms.clear()
    root = state.scopes[""]
    root.phase, root.ended_at = Phase.ENDED, event.at

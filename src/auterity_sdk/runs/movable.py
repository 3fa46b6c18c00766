"""Whether a run may go over to another version of its workflow, and why not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from msgspec import Struct

from auterity_sdk.runs.events import Event, RunMigrated, ScopeStopping
from auterity_sdk.runs.joins import Verdict as Met
from auterity_sdk.runs.migration import as_of_now
from auterity_sdk.runs.onward import onward
from auterity_sdk.runs.plan import Plan, StepPlan, Switch, Uses, Watch
from auterity_sdk.runs.replay import folded
from auterity_sdk.runs.state import Phase, RunState, Scope, Status, StepRun
from auterity_sdk.workflow.needs import JoinKind
from auterity_sdk.workflow.same_steps import same_text
from auterity_sdk.workflow.step import KINDS

_WHETHER = ("needs", "when", "description")
"""The keys that say whether a step begins: of one that has begun, they are history."""


class Move(StrEnum):
    """What may become of a run."""

    SAFE = "safe"
    STAY = "stay"
    BLOCKED = "blocked"


class Verdict(Struct, frozen=True):
    """`stay`: the run must end by its own version. `blocked`: it may be able to go over later. `reason` says why."""

    move: Move
    reason: str = ""


class Versions(Struct, frozen=True):
    """The two versions of a workflow: their plans, and the canonical data of their steps.

    `names` are the new ids of the workflow's own steps that have another one, by the old; `old_steps` go by the new.
    """

    old: Plan
    new: Plan
    old_steps: Mapping[str, Mapping[str, Any]]
    new_steps: Mapping[str, Mapping[str, Any]]
    names: Mapping[str, str]


def verdict(
    versions: Versions, state: RunState, events: Sequence[Event], move: RunMigrated
) -> Verdict:
    """Whether the run of this state and journal, which goes by the old version, may make the move.

    What the move would do is decided, and thrown away.
    """
    reason = next(_reasons(versions, state), "")
    if reason:
        return Verdict(Move.STAY, reason)
    if "" in state.asking:
        return Verdict(Move.BLOCKED, "it waits for its turn to begin")
    running = [path for path, run in state.active.items() if _runs(state, path, run)]
    if running:
        return Verdict(Move.BLOCKED, f"an attempt of `{running[0]}` runs, or is to be run again")
    reason = _misfit(versions, events, move)
    return Verdict(Move.STAY, reason) if reason else Verdict(Move.SAFE)


def _reasons(versions: Versions, state: RunState) -> Iterator[str]:
    root = state.scopes[""]
    if state.over or root.phase is not Phase.RUNNING:
        yield f"it is {state.status}"
    if state.parent_run:
        yield f"the run {state.parent_run} calls it, and counts on its ends"
    for step, run in zip(root.plan.steps, root.runs, strict=True):
        if run is not None and run.status is not Status.NOT_REACHED:
            yield from _of_begun(versions, root, step, run)


def _of_begun(versions: Versions, root: Scope, step: StepPlan, run: StepRun) -> Iterator[str]:
    name = versions.names.get(step.id, step.id)
    new = versions.new.graph
    if name not in new.index:
        yield f"`{step.id}` has begun, and the new version has no such step"
        return
    now = new.steps[new.index[name]]
    before, after = versions.old_steps[name], versions.new_steps[name]
    if _kind(before) != _kind(after):
        yield f"`{step.id}` has begun, and is another kind of step"
        return
    ended = run.status is Status.ENDED
    if (not ended or step.is_loop) and _what(before) != _what(after):
        yield f"`{step.id}` {'is a loop that has begun' if ended else 'has not ended'}, and is changed"
    if not ended and name != step.id and not step.waits_for_others:
        yield f"`{step.id}` has not ended, and its effects are known by its old name"
    if ended and run.outcome is not None and not _may_end(now, run.outcome):
        yield f"`{step.id}` ended in `{run.outcome}`, which the new version does not know"
    if any(entry.run is run for entry in root.undo) and not _same_undo(step, now):
        yield f"`{step.id}` can be undone, and by the new version in another way or not at all"


def _kind(step: Mapping[str, Any]) -> Any:
    kind = next(kind for kind in KINDS if kind in step)
    return kind, step[kind] if kind in ("uses", "call") else ""


def _what(step: Mapping[str, Any]) -> str:
    return same_text({key: value for key, value in step.items() if key not in _WHETHER})


def _may_end(step: StepPlan, outcome: str) -> bool:
    if outcome == "failed":
        return step.handled
    if (
        step.named is not None
        and outcome not in step.named
        and outcome
        not in (
            "ok",
            "skipped",
            "cancelled",
        )
    ):
        return False
    if isinstance(step.work, Switch):
        return outcome in {name for name, _ in step.work.cases}
    return True


def _same_undo(old: StepPlan, new: StepPlan) -> bool:
    return old.undo is not None and new.undo is not None and old.undo.uses == new.undo.uses


def _runs(state: RunState, path: str, run: StepRun) -> bool:
    if path in state.undoing:
        return True
    return run.status in (Status.RUNNING, Status.STOPPING, Status.PAUSED) and isinstance(
        state.place(path)[1].work, Uses
    )


def _misfit(versions: Versions, events: Sequence[Event], move: RunMigrated) -> str:
    """Why the journal does not fit the new version; empty if it does."""
    try:
        state = folded(versions.new, as_of_now([*events, move])[:-1])
        reason = next(_contradictions(state.scopes[""]), "")
        decided = [] if reason else onward(versions.new, state, move)
    except (KeyError, IndexError, TypeError):
        return "its journal does not fit the new version"
    failing = next((each for each in decided if isinstance(each, ScopeStopping)), None)
    if failing is not None and failing.cause == "failed":
        error = failing.error
        said = f": {error.type} at `{error.step}`" if error else ""
        return f"it would fail at once{said}"
    return reason


def _contradictions(root: Scope) -> Iterator[str]:
    joins = root.plan.joins
    for step, run in zip(root.plan.steps, root.runs, strict=True):
        if run is None or isinstance(step.work, Watch):
            continue
        verdicts = [joins[n].rule.verdict(root.met[n], root.unmet[n]) for n in step.joins]
        if run.status is Status.NOT_REACHED:
            if Met.UNMET not in verdicts:
                yield f"`{step.id}` could not be reached, and would be by the new version"
        elif root.waits[step.index] or any(found is not Met.MET for found in verdicts):
            yield f"`{step.id}` has begun, and waits in the new version for what has not ended"
    for number, join in enumerate(joins):
        if join.rule.kind is JoinKind.ONE and root.met[number] > 1:
            yield "two edges of a `one` of the new version are met"

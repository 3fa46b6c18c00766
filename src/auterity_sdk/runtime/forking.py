"""`runs fork`: a new run of the store that keeps what another one did before a step."""

from __future__ import annotations

import uuid

from msgspec import Struct

from auterity_sdk.errors import UsageError
from auterity_sdk.runs.events import RunForked
from auterity_sdk.runs.fork import fork, kept_steps
from auterity_sdk.runs.migration import as_of_now
from auterity_sdk.runs.plan import Plan
from auterity_sdk.runs.state import Status
from auterity_sdk.runtime.live import Live, open_run
from auterity_sdk.runtime.local import OVER, LocalRuntime
from auterity_sdk.workflow.difference import changed_steps
from auterity_sdk.workflow.model import Workflow


class Forked(Struct, frozen=True):
    """The new run. `kept` are the steps that ended in the other one; `again` those that ended there and run again."""

    run_id: str
    kept: tuple[str, ...]
    again: tuple[str, ...]


async def fork_run(
    runtime: LocalRuntime,
    run_id: str,
    step: str,
    workflow: Workflow | None = None,
    *,
    by: str = "",
    fresh: str | None = None,
) -> Forked:
    """Begin a new run from `step` of a run that is over, of its own version or of another one; `fresh` is its id.

    Raises `UsageError` for a step that the version does not have, for a run that is not over, and for an input that
    does not fit; `InvalidWorkflow` for what runs do not carry out; `VersionConflict` where the id `fresh` is taken.
    """
    old = await open_run(run_id, runtime.store, runtime.plans)
    if old.state.status not in OVER:
        raise UsageError(
            f"the run {run_id} is not over, so that its steps are still its own",
            help=f"auterity runs cancel {run_id}, or let it end",
        )
    before = await runtime.plans.workflow(old.state.version)
    new = old.plan if workflow is None else await runtime.plans.of(workflow)
    _has(new, step)
    values = runtime.plans.accepted(new, old.state.input)
    changed = set() if workflow is None else changed_steps(before, workflow, runtime.world.registry)
    events = as_of_now(await runtime.store.events(run_id))
    kept = kept_steps(old.state, events, new, changed, step)
    border = RunForked(runtime.clock.now(), run_id, step, len(events), by)
    made = fork(old.plan, events, new, kept, border, fresh or uuid.uuid4().hex[:12], values)
    fresh = made.state.run_id
    pins = runtime.plans.pins(new.version)
    await Live(fresh, new, runtime.store, made.state, pins=pins).append_decided(made.events)
    ended = _ended(old)
    return Forked(
        fresh,
        tuple(each for each in ended if each in kept),
        tuple(each for each in ended if each not in kept),
    )


def _has(plan: Plan, step: str) -> None:
    if step in plan.graph.index:
        return
    names = ", ".join(each.id for each in plan.graph.steps)
    inner = " (a step inside a loop is run again with its loop)" if "/" in step else ""
    raise UsageError(f"`{plan.name}` has no step `{step}`{inner}", help=f"its steps: {names}")


def _ended(live: Live) -> list[str]:
    scope = live.state.scopes[""]
    pairs = zip(scope.plan.steps, scope.runs, strict=True)
    return [step.id for step, run in pairs if run is not None and run.status is Status.ENDED]

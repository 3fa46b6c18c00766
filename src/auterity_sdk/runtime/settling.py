"""Where a person's word about an uncertain step goes: to which run, and whether it fits the step's type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auterity_sdk.errors import UsageError
from auterity_sdk.runs.commands import Settle
from auterity_sdk.runs.plan import Call, Uses
from auterity_sdk.runs.state import RETRY, RunState, Status
from auterity_sdk.runtime.children import child_id
from auterity_sdk.runtime.live import Live, open_run
from auterity_sdk.runtime.plans import Plans
from auterity_sdk.runtime.ports import Store
from auterity_sdk.steps.registry import Registry
from auterity_sdk.workflow.signature import FAILED, Signature
from auterity_sdk.workflow.values import misfits


async def run_of_step(run_id: str, path: str, store: Store, plans: Plans) -> tuple[Live, str]:
    """The run of a step, and the step's path there: `handoff/pay` is `pay` of the run that `handoff` calls.

    Raises `RunNotFound`.
    """
    live = await open_run(run_id, store, plans)
    while True:
        called = _called(live.state, path)
        if called is None:
            return live, path
        child, path = called
        live = await open_run(child, store, plans)


def _called(state: RunState, path: str) -> tuple[str, str] | None:
    """The child run that the first part of a path called, and the rest of the path."""
    parts = path.split("/")
    for length in range(1, len(parts)):
        head = "/".join(parts[:length])
        try:
            scope, step = state.place(head)
        except KeyError:
            continue
        run = scope.runs[step.index]
        if isinstance(step.work, Call) and run is not None and run.attempt:
            return child_id(state.run_id, head, run.attempt), "/".join(parts[length:])
    return None


def fitted(live: Live, said: Settle, output: Mapping[str, Any] | None, registry: Registry) -> Any:
    """The output as the step's type writes it; None where there is none. Raises `UsageError` where it does not fit."""
    if said.outcome in (FAILED, RETRY):
        if output is not None:
            raise UsageError(f"a step that is settled as `{said.outcome}` has no output")
        return None
    name = _uncertain_type(live.state, said.step)
    step_type, signature = registry.step_type(name), registry.signature(name)
    if signature is None or said.outcome not in signature.outcomes:
        return output  # that this step cannot be settled so is told when it is decided
    if step_type is not None:
        return step_type.stated(output or {})
    return _declared(signature, output or {})


def _declared(signature: Signature, output: Mapping[str, Any]) -> Mapping[str, Any]:
    """An output held against what its step type declares, whose code is elsewhere. Raises `UsageError`."""
    schema = {**signature.output, "$defs": signature.definitions}
    for problem in misfits(dict(output), schema):
        place = ".".join(map(str, ("output", *problem.place)))
        raise UsageError(
            f"bad output of `{signature.name}`: {place} {problem.message}",
            help="give its fields: --output '{…}'",
        )
    return output


def attempt_in_doubt(state: RunState, path: str) -> int:
    """The number of the attempt that waits to be settled; 0 where none does."""
    run = state.active.get(path)
    return run.attempt if run is not None and run.status is Status.UNCERTAIN else 0


def _uncertain_type(state: RunState, path: str) -> str:
    """The name of the type of a step that waits to be settled; empty where none does."""
    if not attempt_in_doubt(state, path):
        return ""
    work = state.place(path)[1].work
    return work.uses if isinstance(work, Uses) else ""

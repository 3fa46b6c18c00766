"""The run of `bench_routing` as a straight program: what remains where a runtime decides nothing.

Each step's conditions and arguments are evaluated as the plan has compiled them, arguments and outputs go through Pydantic, its
coroutine is begun as an attempt is, its events are made and kept. The order of the steps is written down: there are no joins, no
state, no lease, no store, no cancellation, no time limit.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from time import time
from typing import Any

from auterity_sdk.runs.events import Event, RunEnded, RunStarted, StepEnded, StepStarted
from auterity_sdk.runs.plan import Plan, StepPlan, Switch, Uses
from auterity_sdk.runs.producer import Lookup
from auterity_sdk.runtime.eager import Carrier
from auterity_sdk.steps.registry import Registry
from auterity_sdk.workflow.values import Declared
from benchmarks.peers import Run

WAY = ("clean", "dedupe", "score", "tier", "hot_desk", "store", "seat", "channel", "record")
"""The steps of the lead that is routed, in order."""


def by_hand(plan: Plan, registry: Registry, declared: Mapping[str, Any], lead: Any) -> Run:
    """A run of the plan by `WAY`, whose input is `declared` so."""
    steps = [plan.graph.steps[plan.graph.index[name]] for name in WAY]
    last: list[Carrier] = []
    types = Declared.of(declared)

    async def run() -> Any:
        if not last or not last[0].stays():
            last[:] = [Carrier()]
            await asyncio.sleep(0)
        caller, carrier = asyncio.current_task(), last[0]
        values: dict[str, Any] = {"input": types.accept(lead, registry).values}
        started = RunStarted(_now(), secrets.token_hex(6), plan.version, values["input"])
        journal: list[Event] = [started]
        for step in steps:
            journal += _step(step, values.get, registry, carrier, caller, values)
        output = plan.output.produce(values.get)
        journal.append(RunEnded(_now(), "succeeded", "routed", output))
        carrier.release()
        return output

    return run


def _now() -> int:
    return int(time() * 1000)


def _step(
    step: StepPlan,
    lookup: Lookup,
    registry: Registry,
    carrier: Any,
    caller: Any,
    values: dict[str, Any],
) -> tuple[Event, ...]:
    work = step.work
    if isinstance(work, Switch):
        met = next(name for name, case in work.cases if case is None or case.holds(lookup))
        return (StepEnded(_now(), step.id, met),)
    if step.when is not None and not step.when.holds(lookup):
        raise SystemExit(f"{step.id} is skipped")
    if not isinstance(work, Uses):
        raise SystemExit(f"{step.id} is neither a switch nor of a step type")
    arguments = None if work.arguments is None else work.arguments.produce(lookup)
    step_type = registry.step_types[work.uses]
    if isinstance(step_type, str):
        raise SystemExit(f"{step.id} is not loaded")
    at = _now()
    begun = StepStarted(at, step.id, arguments, at + 60_000)
    returned = carrier.first_part(step_type.function(**step_type.bind(arguments or {})), caller)
    outcome, output = step_type.result(returned)
    values[step.id] = output
    return begun, StepEnded(_now(), step.id, outcome, output)

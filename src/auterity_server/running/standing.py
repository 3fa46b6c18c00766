"""How the runs of the environments stand, for who watches the server."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from auterity_sdk.errors import AuterityError
from auterity_sdk.runtime.local import ACTIVE
from auterity_sdk.runtime.ports import APPROVALS, Store
from auterity_sdk.runtime.unserved import unserved
from auterity_server.metrics.metrics import Metrics
from auterity_server.running.hosted_runs import EnvironmentRuns

_LOG = logging.getLogger("auterity.server")

_MOST_DUE = 1000
BUILT_IN_STEPS = "built-in"
"""In place of a step type: all of those that come with Auterity."""

_LOOKED_AT = 10
"""So many of those that are due are asked how long they have been."""


class Standing(Struct, frozen=True):
    """`oldest` is for how many seconds one of the runs that come next could have gone on, and nobody carries it on.

    `without_worker` are attempts that nobody has claimed, by step types that no living worker has.
    """

    by_status: Mapping[str, int]
    due: int
    oldest: float
    waiting_for_people: int
    without_worker: Mapping[str, int] = {}


async def standing(store: Store, now: int) -> Standing:
    """How the runs of a store stand at `now`. Raises `StoreUnavailable`."""
    due = await store.due(now, _MOST_DUE)
    ages = [now - await _due_since(store, run_id, now) for run_id in due[:_LOOKED_AT]]
    return Standing(
        await store.count_runs(ACTIVE),
        len(due),
        max(0, *ages) / 1000 if ages else 0.0,
        len(await store.listening(APPROVALS, [""])),
    )


async def tell_standing(all_runs: Iterable[EnvironmentRuns], metrics: Metrics, now: int) -> None:
    """Let the gauges say how the runs of these environments stand."""
    found = [(each, await _looked_at(each, now)) for each in all_runs]
    # Without a pause from here on, so that who asks at the same time sees all of it.
    for gauge in (metrics.environment_info, metrics.environment_ok, metrics.runs):
        gauge.clear()
    for gauge in (metrics.runs_due, metrics.oldest_due, metrics.waiting_for_people):
        gauge.clear()
    metrics.without_worker.clear()
    for runs, stands in found:
        environment = runs.environment.id
        metrics.environment_info.labels(environment, runs.environment.name).set(1)
        metrics.environment_ok.labels(environment).set(stands is not None and runs.is_well)
        if stands is not None:
            _tell(metrics, environment, stands)


def _tell(metrics: Metrics, environment: str, stands: Standing) -> None:
    for status in ACTIVE:
        metrics.runs.labels(environment, status).set(stands.by_status.get(status, 0))
    metrics.runs_due.labels(environment).set(stands.due)
    metrics.oldest_due.labels(environment).set(stands.oldest)
    metrics.waiting_for_people.labels(environment).set(stands.waiting_for_people)
    for step_type, count in stands.without_worker.items():
        metrics.without_worker.labels(environment, step_type).set(count)


async def _looked_at(runs: EnvironmentRuns, now: int) -> Standing | None:
    try:
        found = await standing(runs.runtime.store, now)
        return replace(found, without_worker=await _without_worker(runs, now))
    except AuterityError as error:
        _LOG.error("the runs of %s: %s", runs.environment.id, type(error).__name__)
        return None


async def _without_worker(runs: EnvironmentRuns, now: int) -> Mapping[str, int]:
    carrier = runs.runtime.carrier
    if carrier is None:
        return {}
    offered = await runs.runtime.store.unclaimed(now)
    found: dict[str, int] = {}
    for name in await unserved(carrier, runs.registry, offered):
        shown = name if name in runs.registry.declared else BUILT_IN_STEPS
        found[shown] = offered[carrier.queue_of(name)]
    return found


async def _due_since(store: Store, run_id: str, now: int) -> int:
    """Since when a run could go on: since its timer, else since what was recorded of it last."""
    run = await store.run(run_id)
    if run is None:
        return now
    if run.status in ("waiting", "uncertain") and run.due is not None and run.due <= now:
        return run.due
    events = await store.events(run_id)
    return events[-1].at if events else now

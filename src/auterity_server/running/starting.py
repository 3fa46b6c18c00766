"""Starting a run once, however often it is asked for with the same key."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from auterity_sdk.errors import VersionConflict
from auterity_sdk.hosted.schemas.problem import ProblemCode
from auterity_sdk.runs.events import RunStarted
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.ports import Summary
from auterity_sdk.workflow.model import Workflow
from auterity_server.problems import Problem, not_found
from auterity_server.running.hosted_runs import EnvironmentRuns

_DIGITS = 24
"""Hexadecimal digits of a run's id that is made of a key: two keys have never the same."""


async def start(
    runs: EnvironmentRuns,
    workflow: Workflow,
    given: Mapping[str, Any],
    *,
    requester: str,
    key: str | None,
    fresh: bool,
) -> tuple[Summary, bool]:
    """The run, and whether it is new. With a `key` its id is made of that, so that a second one cannot begin.

    Raises `UsageError` for an input that does not fit, and a problem where the key came with another input.
    """
    runtime = runs.runtime
    if key is None:
        run_id = await runtime.start(workflow, given, requester=requester, fresh=fresh)
        return await _summary(runtime, run_id), True
    run_id = _id(workflow.name, requester, key)
    if await runtime.store.run(run_id) is None:
        try:
            began = await runtime.start(
                workflow, given, requester=requester, run_id=run_id, fresh=fresh
            )
            return await _summary(runtime, began), began == run_id
        except VersionConflict:
            pass  # the same request came twice at the same time
    await _hold_against(runtime, run_id, given)
    return await _summary(runtime, run_id), False


def _id(workflow: str, requester: str, key: str) -> str:
    text = "\0".join((workflow, requester, key))
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]


async def _summary(runtime: LocalRuntime, run_id: str) -> Summary:
    found = await runtime.store.run(run_id)
    if found is None:
        raise not_found("run")
    return found


async def _hold_against(runtime: LocalRuntime, run_id: str, given: Mapping[str, Any]) -> None:
    """Refuse a key that came with another input than now."""
    began = (await runtime.store.events(run_id))[0]
    if not isinstance(began, RunStarted):
        return
    plan = await runtime.plans.of_version(began.version)
    if dict(runtime.plans.accepted(plan, given)) != dict(began.input):
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            ProblemCode.KEY_REUSED,
            "this Idempotency-Key came with another input before",
            help="take a new key for a new run",
        )

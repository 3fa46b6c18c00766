"""What a new version of a workflow means for the runs of a server."""

from __future__ import annotations

from collections.abc import Mapping

from auterity_sdk.checks.check import Checked
from auterity_sdk.errors import NotOnServer
from auterity_sdk.hosted.environment import HostedEnvironment
from auterity_sdk.hosted.schemas.push import Push
from auterity_sdk.hosted.schemas.run_change import PlanChange, PlannedRun
from auterity_sdk.runs.movable import Move, Verdict
from auterity_sdk.runtime.migrating import Planned
from auterity_sdk.runtime.ports import Summary
from auterity_sdk.workflow.difference import Difference, difference
from auterity_sdk.workflow.document import load_document
from auterity_sdk.workflow.model import load


async def planned_there(
    environment: HostedEnvironment, push: Push, checked: Checked, names: Mapping[str, str]
) -> tuple[list[Planned], dict[str, Difference]]:
    """The runs that go by other versions of the one workflow of a push, and what each of these versions differs in."""
    [file] = push.files
    asked = PlanChange(path=file.path, text=file.text, project=push.project, names=dict(names))
    plan = await environment.plan(asked)
    changes = {}
    for version in plan.versions:
        found = await _difference(environment, plan.workflow, version, checked)
        if found is not None:
            changes[version] = found
    return [_planned(each, plan.workflow) for each in plan.runs], changes


async def _difference(
    environment: HostedEnvironment, workflow: str, version: str, checked: Checked
) -> Difference | None:
    """What the new version changes in one that was pushed; None where that is not kept."""
    try:
        stored = await environment.version(workflow, version)
    except NotOnServer:
        return None
    data = load_document(stored.text, file=stored.path).data
    if checked.workflow is None or not isinstance(data, dict):
        return None
    return difference(load(data), checked.workflow, checked.subject.catalog)


def _planned(run: PlannedRun, workflow: str) -> Planned:
    began = round(run.started_at.timestamp() * 1000)
    summary = Summary(run.run_id, workflow, run.version, run.status, began)
    return Planned(summary, Verdict(Move(run.move), run.reason))

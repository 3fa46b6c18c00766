"""What is kept, as the contract has it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from auterity_sdk.hosted.findings import file_findings
from auterity_sdk.hosted.schemas import deployment as contract
from auterity_sdk.hosted.schemas.environment import Environment
from auterity_sdk.hosted.schemas.push import ProjectDeclarations, Pushed
from auterity_sdk.hosted.schemas.run import FORMAT, Run, RunSummary
from auterity_sdk.hosted.schemas.store import Store
from auterity_sdk.hosted.schemas.workflow import Version
from auterity_sdk.runtime.inspection import Inspection
from auterity_sdk.runtime.ports import Summary
from auterity_server.database.deployed import Deployment, StoredVersion
from auterity_server.database.places import Environment as EnvironmentRow
from auterity_server.database.places import StorePlace
from auterity_server.workflows.deploying import Outcome


def moment(milliseconds: int) -> datetime:
    """A time as it is kept, as a time with its offset."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _maybe(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else moment(milliseconds)


def store_answer(row: StorePlace) -> Store:
    """A store."""
    return Store(
        id=row.id,
        organisation=row.organisation_id,
        name=row.name,
        title=row.title,
        created_at=moment(row.created_at),
    )


def environment_answer(row: EnvironmentRow) -> Environment:
    """An environment."""
    return Environment(
        id=row.id,
        organisation=row.organisation_id,
        store=row.store_id,
        name=row.name,
        protected=row.protected,
        created_at=moment(row.created_at),
    )


def deployment_answer(row: Deployment) -> contract.Deployment:
    """A deployment."""
    return contract.Deployment(
        id=row.id,
        environment=row.environment_id,
        workflow=row.workflow,
        version=row.version,
        status=row.state,
        change=row.change,
        how=row.how,
        message=row.message,
        by=row.asked_by,
        by_name=row.asked_name,
        at=moment(row.asked_at),
        answered_by=row.decided_by or None,
        answered_at=_maybe(row.decided_at) if row.decided_by else None,
    )


def pushed_answer(outcome: Outcome, warnings: Iterable[str]) -> Pushed:
    """What a push did, with the findings that forbid nothing, and what else is worth knowing."""
    said = (file_findings(each.candidate.path, each.checked.report) for each in outcome.verdicts)
    return Pushed(
        deployments=tuple(map(deployment_answer, outcome.deployments)),
        findings=tuple(each for each in said if each.findings or each.suppressed),
        warnings=tuple(warnings),
    )


def version_answer(row: StoredVersion) -> Version:
    """A version."""
    return Version(
        workflow=row.workflow,
        version=row.version,
        path=row.path,
        text=row.text,
        project=ProjectDeclarations.model_validate(row.project),
        by=row.pushed_by,
        by_name=row.pushed_name,
        at=moment(row.pushed_at),
    )


def summary_answer(run: Summary) -> RunSummary:
    """A run at a glance."""
    return RunSummary.model_validate(
        {
            "run_id": run.run_id,
            "workflow": run.workflow,
            "version": run.version,
            "status": run.status,
            "started_at": moment(run.started_at),
            "ended_at": _maybe(run.ended_at),
            "due": _maybe(run.due),
            "parent_run": run.parent_run,
            "parent": run.parent,
            "listens": run.listens,
            "breaches": run.breaches,
            "priority": run.priority,
        }
    )


def run_answer(found: Inspection) -> Run:
    """A run with its steps, masked as the inspection is."""
    return run_answer_at(found, None)


def run_answer_at(found: Inspection, to: int | None) -> Run:
    """The same as it stood after its event `to`. Raises `UsageError` where there is no such event."""
    data = found.view(to).as_data()
    return Run.model_validate({"format": FORMAT, "events": to or len(found.events), **data})

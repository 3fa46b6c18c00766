"""What runs ask people for, and the answers."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Path

from auterity_sdk.hosted.schemas.approval import Approval, ApprovalAnswer
from auterity_sdk.hosted.schemas.problem import ProblemCode
from auterity_sdk.hosted.schemas.run import Run
from auterity_sdk.hosted.schemas.shape import Page
from auterity_sdk.runtime.inspection import inspect
from auterity_sdk.runtime.local import ACTIVE
from auterity_sdk.runtime.view import Waiting
from auterity_server.access.guard import allowed
from auterity_server.access.permissions import Permission
from auterity_server.access.principal import Principal
from auterity_server.answers import run_answer
from auterity_server.database.auditing import record
from auterity_server.paging import AskedPage, cursor_of
from auterity_server.plain_values import must_be_plain
from auterity_server.problems import Problem, conflict, not_found
from auterity_server.running.hosted_runs import EnvironmentRuns
from auterity_server.wiring import Wired

router = APIRouter(prefix="/environments/{environment_id}/approvals", tags=["approvals"])

Reads = Annotated[Principal, Depends(allowed(Permission.APPROVALS_READ))]
_Step = Annotated[str, Path(description="The step's path: `desk`, or `each[0]/desk` in a loop.")]
Answers = Annotated[Principal, Depends(allowed(Permission.APPROVALS_ANSWER))]


@router.get("")
async def approvals(
    environment_id: str, wiring: Wired, principal: Reads, asked: AskedPage
) -> Page[Approval]:
    """What runs ask for, the last to start first. `limit` counts the runs that are looked through: a page may be empty
    though another is behind it."""
    here = await wiring.runs_of(principal.organisation, environment_id)
    rows = await here.runtime.store.runs(
        statuses=ACTIVE,
        before=None if asked.at < 0 else (asked.at, asked.id),
        limit=asked.limit + 1,
    )
    part = rows[: asked.limit]
    items = [item for row in part for item in await _of_run(here, row.run_id)]
    more = len(rows) > asked.limit
    behind = cursor_of(part[-1].started_at, part[-1].run_id) if more else None
    return Page(items=tuple(items), next=behind)


@router.get("/{run_id}/{step:path}")
async def approval(
    environment_id: str, run_id: str, step: _Step, wiring: Wired, principal: Reads
) -> Approval:
    """What one step asks for; 404 where it asks for nothing now."""
    here = await wiring.runs_of(principal.organisation, environment_id)
    found = [each for each in await _of_run(here, run_id) if each.step == step]
    if not found:
        raise not_found("approval")
    return found[0]


@router.post("/{run_id}/{step:path}")
async def answer(
    environment_id: str,
    run_id: str,
    step: _Step,
    asked: ApprovalAnswer,
    wiring: Wired,
    principal: Answers,
) -> Run:
    """Approve or reject, in the business role that is asked, or in another of one's own that may answer."""
    must_be_plain(asked.form, "body/form")
    here = await wiring.runs_of(principal.organisation, environment_id)
    waits = {each.path: each for each in _asking((await here.runtime.show(run_id)).waiting)}
    if step not in waits:
        raise conflict(
            "that step asks for nothing now", help="`GET …/approvals` lists what is asked"
        )
    role = asked.role or waits[step].what
    if principal.place is None or not principal.may_answer(role, principal.place):
        raise Problem(
            HTTPStatus.FORBIDDEN,
            ProblemCode.NOT_ALLOWED,
            f"this is answered by {waits[step].what}, which you are not here",
            help="ask an owner of the organisation for a grant with that business role",
        )
    await here.runtime.approve(
        run_id, step, by=principal.actor, roles=(role,), approved=asked.approved, form=asked.form
    )
    async with wiring.database.writing() as connection:
        await record(
            connection,
            organisation_id=principal.organisation,
            at=wiring.clock.now(),
            actor=principal.actor,
            action="approvals:approve" if asked.approved else "approvals:reject",
            noun=f"run/{run_id}",
            environment_id=environment_id,
            step=step,
            role=role,
        )
    return run_answer(await inspect(here.runtime, run_id))


async def _of_run(here: EnvironmentRuns, run_id: str) -> list[Approval]:
    if not _asking((await here.runtime.show(run_id)).waiting):
        return []
    # Masked, which takes longer: only of runs that ask.
    shown = (await inspect(here.runtime, run_id)).view()
    return [
        Approval(
            run_id=run_id,
            workflow=shown.workflow,
            step=each.path,
            role=each.what,
            title=each.title,
            until=each.until,
            proposed=dict(each.proposed),
            reminders=each.reminders,
        )
        for each in _asking(shown.waiting)
    ]


def _asking(waiting: tuple[Waiting, ...]) -> list[Waiting]:
    """A budget asks people too: whether it counts once more."""
    return [each for each in waiting if each.kind in ("approve", "budget")]

"""Whether the process lives, and whether it can do its work."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import APIRouter, Depends

from auterity_sdk import __version__
from auterity_sdk.hosted.schemas.health import Health, State
from auterity_sdk.hosted.schemas.problem import ProblemCode
from auterity_server.access.guard import public
from auterity_server.problems import Problem
from auterity_server.wiring import Wired

router = APIRouter(prefix="/health", tags=["health"], dependencies=[Depends(public(counted=False))])


@router.get("/live")
async def live() -> Health:
    """The process answers."""
    return Health(status="ok", version=__version__)


@router.get("/ready")
async def ready(wiring: Wired) -> Health:
    """It can be given work: the database answers and is of this release's form, runs are carried on, the disk has room,
    and nobody has told it to stop."""
    seen = await wiring.readiness.state()
    checks: dict[str, State] = {name: "ok" if well else "failing" for name, well in seen.items()}
    failing = sorted(name for name, well in seen.items() if not well)
    if wiring.stopping.is_set():
        raise _not_ready("the server stops", checks)
    if failing:
        raise _not_ready(f"not ready: {', '.join(failing)}", checks)
    return Health(status="ok", version=__version__, checks=checks)


def _not_ready(why: str, checks: Mapping[str, State]) -> Problem:
    advice = "the server's log names the kind of error"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    return Problem(status, ProblemCode.UNAVAILABLE, why, help=advice, checks=dict(checks))

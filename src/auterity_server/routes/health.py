"""Whether the process lives, and whether it can do its work."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Depends
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from auterity_sdk import __version__
from auterity_sdk.hosted.schemas.health import Health
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
    """It can be given work: the database answers, runs are carried on, and nobody has told it to stop."""
    if wiring.stopping.is_set():
        raise _not_ready("the server stops")
    try:
        async with wiring.database.reading() as connection:
            await connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        raise _not_ready("the database does not answer") from None
    if not wiring.runs.is_well:
        raise _not_ready("a worker cannot go on; the log names the environment")
    return Health(status="ok", version=__version__, checks={"database": "ok", "worker": "ok"})


def _not_ready(why: str) -> Problem:
    return Problem(HTTPStatus.SERVICE_UNAVAILABLE, ProblemCode.UNAVAILABLE, why)

"""Whether the process lives, and whether it can do its work."""

from __future__ import annotations

from http import HTTPStatus
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from auterity_server.problems import Problem
from auterity_server.wiring import Wired

router = APIRouter(prefix="/health", tags=["health"])


class Health(BaseModel):
    """All is well; else the answer is a problem."""

    status: Literal["ok"] = "ok"


@router.get("/live")
async def live() -> Health:
    """The process answers."""
    return Health()


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
    return Health()


def _not_ready(why: str) -> Problem:
    return Problem(HTTPStatus.SERVICE_UNAVAILABLE, "not-ready", why)

"""What calls of language models took in an environment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from msgspec.structs import asdict
from pydantic import AwareDatetime

from auterity_sdk.connections.sqlite_usage import FILE_NAME, SqliteUsage
from auterity_sdk.connections.usage_rows import By as Sum
from auterity_sdk.connections.usage_rows import usage_rows
from auterity_sdk.hosted.schemas.usage import By, Usage
from auterity_sdk.runtime.project import STORE_FOLDER
from auterity_server.access.guard import allowed
from auterity_server.access.permissions import Permission
from auterity_server.access.principal import Principal
from auterity_server.wiring import Wired

router = APIRouter(prefix="/environments/{environment_id}/usage", tags=["usage"])

_USUAL = timedelta(days=30)


@router.get("")
async def usage(
    environment_id: str,
    wiring: Wired,
    principal: Annotated[Principal, Depends(allowed(Permission.USAGE_READ))],
    by: Annotated[By, Query(description="What calls are added up by.")] = "workflow",
    since: Annotated[
        AwareDatetime | None, Query(description="From when on; the last 30 days without.")
    ] = None,
    run: Annotated[str, Query(max_length=64, description="Only the calls of this run.")] = "",
    workflow: Annotated[str, Query(max_length=200, description="Only the calls of it.")] = "",
) -> Usage:
    """Calls, tokens, and US dollars where the price is known. Days are those of the dealership."""
    here = await wiring.runs_of(principal.organisation, environment_id)
    began = since or datetime.fromtimestamp(wiring.runs.clock.now() / 1000, UTC) - _USUAL
    ledger = SqliteUsage(here.folder / STORE_FOLDER / FILE_NAME)
    calls = (
        await ledger.calls(run=run, workflow=workflow, since=began) if ledger.path.exists() else ()
    )
    rows = usage_rows(calls, Sum(by), here.zone)
    return Usage.model_validate({"by": by, "since": began, "rows": [asdict(row) for row in rows]})

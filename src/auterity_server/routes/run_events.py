"""The events of a run, in pages or as they come."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request, status
from fastapi.responses import Response

from auterity_sdk.hosted.schemas.event import MEDIA_TYPE, RunEvent
from auterity_sdk.hosted.schemas.shape import Page
from auterity_sdk.runs.event_form import event_data
from auterity_sdk.runtime.inspection import inspect
from auterity_server.access.guard import allowed
from auterity_server.access.permissions import Permission
from auterity_server.access.principal import Principal
from auterity_server.live import stream
from auterity_server.paging import MOST
from auterity_server.problems import not_found
from auterity_server.routes.streaming import asks_for_stream, streamed
from auterity_server.wiring import Wired

router = APIRouter(prefix="/environments/{environment_id}/runs/{run_id}/events", tags=["runs"])

_FARTHEST = 2**53

Reads = Annotated[Principal, Depends(allowed(Permission.RUNS_READ))]


@router.get(
    "",
    response_model=Page[RunEvent],
    responses={
        200: {"content": {MEDIA_TYPE: {"schema": {"type": "string"}}}},
        204: {
            "description": "A stream of a run that is over, behind its last event: nothing more will come."
        },
    },
)
async def events(
    environment_id: str,
    run_id: str,
    request: Request,
    wiring: Wired,
    principal: Reads,
    after: Annotated[
        int, Query(ge=0, le=_FARTHEST, description="Only events behind this number.")
    ] = 0,
    cursor: Annotated[
        int | None, Query(ge=0, le=_FARTHEST, description="`next` of the page before.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MOST, description="So many items at most.")] = 50,
    last_id: Annotated[
        int | None,
        Header(
            alias="Last-Event-ID",
            ge=0,
            le=_FARTHEST,
            description="The number of the last event that a stream brought: it goes on behind it.",
        ),
    ] = None,
) -> Response | Page[RunEvent]:
    """A page of events; with `Accept: text/event-stream` those that there are and then each that comes, to the run's end.

    Personal data is masked by its class.
    """
    here = await wiring.runs_of(principal.organisation, environment_id)
    run = await here.runtime.store.run(run_id)
    if run is None:
        raise not_found("run")
    if asks_for_stream(request):
        begin = after if last_id is None else last_id
        if run.ended_at is not None and not await here.runtime.store.events(run_id, begin):
            return Response(status_code=status.HTTP_204_NO_CONTENT)
        messages = partial(stream, here.runtime, run_id, begin)
        return streamed(request, wiring, principal, environment_id, messages)
    begin = after if cursor is None else cursor
    found = await inspect(here.runtime, run_id)
    part = found.events[begin : begin + limit]
    items = (
        RunEvent.model_validate(event_data(run_id, seq, event))
        for seq, event in enumerate(part, start=begin + 1)
    )
    end = begin + len(part)
    more = end < len(found.events) and bool(part)
    return Page(items=tuple(items), next=str(end) if more else None)

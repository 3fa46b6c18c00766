"""The events of all runs of an environment, in pages or as they come."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import Response
from pydantic import AwareDatetime

from auterity_sdk.hosted.schemas.event import MEDIA_TYPE, EnvironmentEvent
from auterity_sdk.hosted.schemas.shape import Page
from auterity_sdk.runs.journal import KINDS
from auterity_sdk.runtime.ports import Recorded
from auterity_sdk.runtime.recorded import AskedEvents, RecordedEvents, recorded_data
from auterity_server.access.guard import allowed
from auterity_server.access.permissions import Permission
from auterity_server.access.principal import Principal
from auterity_server.live import stream_all
from auterity_server.paging import MOST
from auterity_server.problems import wrong_value
from auterity_server.routes.streaming import asks_for_stream, streamed
from auterity_server.wiring import Wired

router = APIRouter(prefix="/environments/{environment_id}/events", tags=["runs"])

_FARTHEST = 2**53
_MOST_LOOKED_AT = 5_000
"""A page looks at so many events for those that are asked for; then the next one goes on."""

Reads = Annotated[Principal, Depends(allowed(Permission.RUNS_READ))]


async def _asked(
    workflow: Annotated[str, Query(max_length=200, description="Only of its runs.")] = "",
    kind: Annotated[
        list[str] | None, Query(max_length=50, description="Only these, such as `RunEnded`.")
    ] = None,
    since: Annotated[
        AwareDatetime | None, Query(description="From when on; else all, or the `last`.")
    ] = None,
    last: Annotated[
        int | None, Query(ge=0, le=10_000, description="Only the last so many that there are.")
    ] = None,
) -> AskedEvents:
    unknown = sorted({*(kind or ())} - KINDS.keys())
    if unknown:
        raise wrong_value("query/kind", f"names no kind of event: {unknown[0]}")
    return AskedEvents(workflow, tuple(kind or ()), since, last)


@router.get(
    "",
    response_model=Page[EnvironmentEvent],
    responses={200: {"content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}},
)
async def events(
    environment_id: str,
    request: Request,
    wiring: Wired,
    principal: Reads,
    asked: Annotated[AskedEvents, Depends(_asked)],
    after: Annotated[
        int | None, Query(ge=0, le=_FARTHEST, description="Only behind this position.")
    ] = None,
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
            description="The last position that a stream brought: it goes on behind it.",
        ),
    ] = None,
) -> Response | Page[EnvironmentEvent]:
    """A page of the events of all runs, in the order of recording; with `Accept: text/event-stream` those that there are and
    then each that comes, without an end.

    A stream begins where `since`, `last` or `after` say, else with what comes. Each of its messages bears the position as its
    id; those of the type `position` bring no event. Personal data is masked by its class.
    """
    here = await wiring.runs_of(principal.organisation, environment_id)
    found, is_stream = RecordedEvents(here.runtime, asked), asks_for_stream(request)
    begin = cursor if last_id is None or not is_stream else last_id
    if begin is None:
        begin = after
    if begin is None:
        is_all = not is_stream and asked.since is None and asked.last is None
        begin = 0 if is_all else await found.beginning()
    if is_stream:
        messages = partial(stream_all, found, begin)
        return streamed(request, wiring, principal, environment_id, messages)
    items, upto = await _page(found, begin, limit)
    return Page(
        items=tuple(EnvironmentEvent.model_validate(recorded_data(each)) for each in items),
        next=None if upto is None else str(upto),
    )


async def _page(
    events: RecordedEvents, begin: int, limit: int
) -> tuple[list[Recorded], int | None]:
    """The next events, and the position behind which there may be more."""
    found: list[Recorded] = []
    looked_at = 0
    while looked_at < _MOST_LOOKED_AT:
        part = await events.behind(begin, limit - len(found))
        if part.upto == begin:
            return found, None
        looked_at += limit - len(found)
        found, begin = [*found, *part.events], part.upto
        if len(found) == limit:
            break
    return found, begin

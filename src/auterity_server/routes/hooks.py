"""Where other systems leave messages. Anybody may ask; who is not the other system is told by the signature."""

from __future__ import annotations

from fastapi import APIRouter, BackgroundTasks, Depends, Request, status

from auterity_sdk.hosted.schemas.webhook import WebhookTaken
from auterity_server.access.guard import address_of, public
from auterity_server.access.rates import per_minute
from auterity_server.access.refusals import TooMany
from auterity_server.problems import not_found
from auterity_server.webhooks.signatures import Signed
from auterity_server.webhooks.taking import (
    Kept,
    Message,
    Refused,
    keep,
    too_large,
    verified,
    work_on,
    write_down,
)
from auterity_server.webhooks.webhooks import Known
from auterity_server.wiring import Wired, Wiring

router = APIRouter(tags=["hooks"])

_TEXT = {"schema": {"type": "string"}}
_BODY = {
    "requestBody": {
        "required": True,
        "description": "As the webhook's format says, signed.",
        "content": {
            "application/json": {"schema": {"type": "object"}},
            "application/xml": _TEXT,
            "application/x-www-form-urlencoded": {"schema": {"type": "object"}},
        },
    }
}


@router.post(
    "/hooks/{hook_id}",
    status_code=status.HTTP_202_ACCEPTED,
    dependencies=[Depends(public(counted=False))],
    openapi_extra=_BODY,
)
async def take(
    hook_id: str, request: Request, wiring: Wired, after: BackgroundTasks
) -> WebhookTaken:
    """Leave a message. It is answered once it is kept: what it starts comes after that. The same again does nothing."""
    known = await wiring.webhooks.known(hook_id)
    if known is None:
        await _count_stranger(request, wiring)
        raise not_found("webhook")
    message = Message(known, request.headers.getlist, b"")
    try:
        message = Message(known, request.headers.getlist, await _body(request, wiring))
        signed = verified(message, wiring.webhooks.now())
        await _count(wiring, known)
        runs = await wiring.runs_of(known.webhook.organisation_id, known.webhook.environment_id)
        kept = await keep(message, signed, runs)
    except Refused as refused:
        _measure(wiring, known, refused.outcome)
        if refused.outcome in {"signature", "too_old", "too_large"}:
            await _count_stranger(request, wiring)
        await _write_down(wiring, message, refused.outcome, refused.problem.status, None)
        raise refused.problem from None
    outcome = "accepted" if kept.new else "duplicate"
    _measure(wiring, known, outcome, signed)
    after.add_task(work_on, kept, known.webhook, runs)
    after.add_task(_write_down, wiring, message, outcome, status.HTTP_202_ACCEPTED, kept)
    return WebhookTaken(duplicate=not kept.new)


async def _body(request: Request, wiring: Wiring) -> bytes:
    """The body, no further than it may be long."""
    most, found = wiring.settings.hook_max_body, bytearray()
    async for chunk in request.stream():
        found += chunk
        if len(found) > most:
            raise too_large(most)
    return bytes(found)


async def _count(wiring: Wiring, known: Known) -> None:
    """What is signed counts for its webhook, so that nobody else can use up what it may send."""
    rate = per_minute(wiring.settings.hook_requests_per_minute)
    try:
        await wiring.access.door.rates.take(f"webhook {known.webhook.id}", rate)
    except TooMany:
        _measure(wiring, known, "too_many")
        raise


def _measure(wiring: Wiring, known: Known, outcome: str, signed: Signed | None = None) -> None:
    environment, metrics = known.webhook.environment_id, wiring.metrics
    metrics.webhook_messages.of(environment, outcome).inc()
    if signed is not None and signed.at is not None:
        # A clock that goes ahead of ours sends from the future.
        metrics.webhook_age.of(environment).observe(
            max(0, wiring.webhooks.now() / 1000 - signed.at)
        )


async def _count_stranger(request: Request, wiring: Wiring) -> None:
    door = wiring.access.door
    await door.rates.take(f"public {address_of(request)}", door.of_addresses)


async def _write_down(
    wiring: Wiring, message: Message, outcome: str, code: int, kept: Kept | None
) -> None:
    await write_down(wiring.database, wiring.clock, message, outcome, code, kept)

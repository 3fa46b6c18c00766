"""Webhooks of an environment: make, list, give another secret, delete, and what came by one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, status

from auterity_sdk.hosted.schemas.shape import Id, Page
from auterity_sdk.hosted.schemas.webhook import (
    NewWebhook,
    NewWebhookSecret,
    Webhook,
    WebhookDelivery,
    WebhookMade,
)
from auterity_server.access.guard import allowed
from auterity_server.access.permissions import Permission
from auterity_server.access.principal import Principal
from auterity_server.database import webhooks as kept
from auterity_server.database.webhooks import WebhooksOf
from auterity_server.etags import IfMatch, Shows, Tag, Tells
from auterity_server.paging import AskedPage, cursor_of
from auterity_server.problems import not_found
from auterity_server.webhooks.answers import delivery_answer, webhook_answer
from auterity_server.webhooks.webhooks import Made, WebhookState, state_of
from auterity_server.wiring import Wired, Wiring

router = APIRouter(prefix="/environments/{environment_id}/webhooks", tags=["webhooks"])

Reads = Annotated[Principal, Depends(allowed(Permission.WEBHOOKS_READ))]
Manages = Annotated[Principal, Depends(allowed(Permission.WEBHOOKS_MANAGE))]


@router.get("")
async def webhooks(
    environment_id: str, request: Request, wiring: Wired, principal: Reads, asked: AskedPage
) -> Page[Webhook]:
    """The webhooks, the first to be made first; without their secrets."""
    async with wiring.database.reading() as connection:
        here = WebhooksOf(connection, principal.organisation, environment_id)
        rows = await here.page((asked.at, asked.id), asked.limit + 1)
    part = rows[: asked.limit]
    more = len(rows) > asked.limit
    items = [(await _shown(wiring, request, each))[0] for each in part]
    behind = cursor_of(part[-1].created_at, part[-1].id) if more else None
    return Page(items=tuple(items), next=behind)


@router.post("", status_code=status.HTTP_201_CREATED)
async def make(
    environment_id: str,
    asked: NewWebhook,
    request: Request,
    wiring: Wired,
    principal: Manages,
    tag: Tells,
) -> WebhookMade:
    """Make a webhook. Its secret is in this answer, and nowhere again."""
    made = await wiring.webhooks.make(principal, environment_id, asked)
    return await _with_secret(wiring, request, made, tag)


@router.get("/{webhook_id}")
async def webhook(
    environment_id: str,
    webhook_id: Id,
    request: Request,
    wiring: Wired,
    principal: Reads,
    tag: Shows,
) -> Webhook:
    """One webhook."""
    found = await _one(wiring, principal, environment_id, webhook_id)
    return tag.tell(*await _shown(wiring, request, found))


@router.post("/{webhook_id}/secret")
async def rotate(
    environment_id: str,
    webhook_id: Id,
    asked: NewWebhookSecret,
    request: Request,
    wiring: Wired,
    principal: Manages,
    expected: IfMatch,
    tag: Tells,
) -> WebhookMade:
    """Give it another secret, which is in this answer, and nowhere again. The one before is still good for the overlap."""
    made = await wiring.webhooks.rotate(principal, environment_id, webhook_id, asked, expected)
    return await _with_secret(wiring, request, made, tag)


@router.delete("/{webhook_id}", status_code=status.HTTP_204_NO_CONTENT)
async def remove(
    environment_id: str, webhook_id: Id, wiring: Wired, principal: Manages, expected: IfMatch
) -> None:
    """Take no more messages by it."""
    await wiring.webhooks.remove(principal, environment_id, webhook_id, expected)


@router.get("/{webhook_id}/deliveries")
async def deliveries(
    environment_id: str, webhook_id: Id, wiring: Wired, principal: Reads, asked: AskedPage
) -> Page[WebhookDelivery]:
    """What came in the last 31 days, the last first, and what became of it."""
    found = await _one(wiring, principal, environment_id, webhook_id)
    before = None if asked.at < 0 else (asked.at, asked.id)
    async with wiring.database.reading() as connection:
        here = WebhooksOf(connection, principal.organisation, environment_id)
        rows = await here.deliveries(found, before, asked.limit + 1)
    part = rows[: asked.limit]
    runs = await wiring.runs_of(principal.organisation, environment_id)
    items = [await delivery_answer(each, found, runs) for each in part]
    behind = cursor_of(part[-1].at, part[-1].id) if len(rows) > asked.limit else None
    return Page(items=tuple(items), next=behind)


async def _one(
    wiring: Wiring, principal: Principal, environment_id: str, webhook_id: str
) -> kept.Webhook:
    async with wiring.database.reading() as connection:
        found = await WebhooksOf(connection, principal.organisation, environment_id).find(
            webhook_id
        )
    if found is None:
        raise not_found("webhook")
    return found


async def _with_secret(wiring: Wiring, request: Request, made: Made, tag: Tag) -> WebhookMade:
    shown, state = await _shown(wiring, request, made.webhook)
    return tag.tell(WebhookMade(webhook=shown, secret=made.secret), state, of=shown)


async def _shown(
    wiring: Wiring, request: Request, found: kept.Webhook
) -> tuple[Webhook, WebhookState]:
    """The webhook, and what of it can be changed."""
    async with wiring.database.reading() as connection:
        secrets = await kept.secrets_of(connection, found.id)
    runs = await wiring.runs_of(found.organisation_id, found.environment_id)
    url = f"{wiring.access.url(request)}/hooks/{found.id}"
    good = [each for each in secrets if each.is_good(wiring.webhooks.now())]
    return webhook_answer(found, url, good, runs), state_of(secrets)

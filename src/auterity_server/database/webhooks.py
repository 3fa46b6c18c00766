"""The webhooks of an environment, and what came by them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import ColumnElement, and_, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_sdk.workflow.trigger import webhook_event
from auterity_server.database.tables.webhooks import (
    webhook_deliveries,
    webhook_secrets,
    webhooks,
)

KEPT = 31 * 86_400_000
"""What came is shown for so many milliseconds."""


class Webhook(Struct, frozen=True):
    """A webhook: see the contract's. `hmac` is None for Standard Webhooks."""

    id: str
    organisation_id: str
    environment_id: str
    path: str | None
    event: str | None
    format: str
    hmac: Mapping[str, Any] | None
    tolerance: int
    made_by: str
    created_at: int

    @property
    def type(self) -> str:
        """The type of the outside events that its messages are."""
        return self.event or webhook_event(self.path or "", self.format)


class SealedSecret(Struct, frozen=True):
    """A secret of a webhook, sealed. It is good until `expires_at`, or for good."""

    id: str
    webhook_id: str
    sealed: str
    created_at: int
    expires_at: int | None

    def is_good(self, now: int) -> bool:
        """Whether messages may be signed with it."""
        return self.expires_at is None or now < self.expires_at


class Delivery(Struct, frozen=True):
    """What came: `events` are ids of the environment's inbox."""

    id: str
    webhook_id: str
    at: int
    outcome: str
    status: int
    size: int
    message: str
    events: Sequence[str]


_WEBHOOK = tuple(webhooks.c[name] for name in Webhook.__struct_fields__)
_SECRET = tuple(webhook_secrets.c[name] for name in SealedSecret.__struct_fields__)
_DELIVERY = tuple(webhook_deliveries.c[name] for name in Delivery.__struct_fields__)


async def webhook_of(connection: AsyncConnection, id: str) -> Webhook | None:
    """The webhook of that id. For messages: only it says whose they are."""
    row = (await connection.execute(select(*_WEBHOOK).where(webhooks.c.id == id))).one_or_none()
    return None if row is None else Webhook(*row)


async def secrets_of(connection: AsyncConnection, webhook_id: str) -> list[SealedSecret]:
    """The secrets of a webhook, the newest first."""
    query = select(*_SECRET).where(webhook_secrets.c.webhook_id == webhook_id)
    rows = await connection.execute(query.order_by(webhook_secrets.c.created_at.desc()))
    return [SealedSecret(*row) for row in rows]


async def awaited_types(connection: AsyncConnection) -> list[tuple[str, str]]:
    """Environments, and a type of event that comes by a webhook of theirs. For the worker: it serves all of them."""
    query = select(webhooks.c.environment_id, webhooks.c.event).where(webhooks.c.event.is_not(None))
    return [(row.environment_id, row.event) for row in await connection.execute(query)]


async def add_delivery(connection: AsyncConnection, made: Delivery) -> None:
    """Write down what came; nothing where the webhook is gone meanwhile."""
    still = select(webhooks.c.id).where(webhooks.c.id == made.webhook_id).with_for_update()
    if (await connection.execute(still)).first() is not None:
        await connection.execute(insert(webhook_deliveries).values(asdict(made)))


async def forget_deliveries(connection: AsyncConnection, now: int) -> None:
    """Forget what came long ago, and secrets that are over."""
    await connection.execute(delete(webhook_deliveries).where(webhook_deliveries.c.at < now - KEPT))
    await connection.execute(delete(webhook_secrets).where(webhook_secrets.c.expires_at < now))


class WebhooksOf(Struct, frozen=True):
    """Those of one environment of an organisation, over an open connection. No other's are ever given."""

    connection: AsyncConnection
    organisation: str
    environment: str

    async def all(self) -> list[Webhook]:
        """All, the first to be made first."""
        query = select(*_WEBHOOK).where(self._here).order_by(webhooks.c.created_at, webhooks.c.id)
        return [Webhook(*row) for row in await self.connection.execute(query)]

    async def page(self, after: tuple[int, str], limit: int) -> list[Webhook]:
        """So many, behind that one."""
        at, last = after
        behind = or_(
            webhooks.c.created_at > at, and_(webhooks.c.created_at == at, webhooks.c.id > last)
        )
        query = select(*_WEBHOOK).where(self._here, behind)
        query = query.order_by(webhooks.c.created_at, webhooks.c.id).limit(limit)
        return [Webhook(*row) for row in await self.connection.execute(query)]

    async def find(self, id: str) -> Webhook | None:
        """The webhook of that id."""
        query = select(*_WEBHOOK).where(self._here, webhooks.c.id == id)
        row = (await self.connection.execute(query)).one_or_none()
        return None if row is None else Webhook(*row)

    async def add(self, made: Webhook, secret: SealedSecret) -> None:
        """Make one, with its first secret."""
        await self.connection.execute(insert(webhooks).values(asdict(made)))
        await self.connection.execute(insert(webhook_secrets).values(asdict(secret)))

    async def rotate(self, webhook: Webhook, secret: SealedSecret, until: int) -> None:
        """Put a secret in the place of the one in use, which is good until then; what was good beside it ends."""
        of = webhook_secrets.c.webhook_id == webhook.id
        await self.connection.execute(
            delete(webhook_secrets).where(of, webhook_secrets.c.expires_at.is_not(None))
        )
        await self.connection.execute(update(webhook_secrets).where(of).values(expires_at=until))
        await self.connection.execute(insert(webhook_secrets).values(asdict(secret)))

    async def remove(self, webhook: Webhook) -> None:
        """Delete it, with its secrets and what is known of its messages."""
        for table in (webhook_deliveries, webhook_secrets):
            await self.connection.execute(delete(table).where(table.c.webhook_id == webhook.id))
        await self.connection.execute(delete(webhooks).where(webhooks.c.id == webhook.id))

    async def deliveries(
        self, webhook: Webhook, before: tuple[int, str] | None, limit: int
    ) -> list[Delivery]:
        """What came, the last first, behind that one."""
        table = webhook_deliveries.c
        query = select(*_DELIVERY).where(table.webhook_id == webhook.id)
        if before is not None:
            at, last = before
            query = query.where((table.at < at) | ((table.at == at) & (table.id < last)))
        rows = await self.connection.execute(
            query.order_by(table.at.desc(), table.id.desc()).limit(limit)
        )
        return [Delivery(*row) for row in rows]

    @property
    def _here(self) -> ColumnElement[bool]:
        return and_(
            webhooks.c.organisation_id == self.organisation,
            webhooks.c.environment_id == self.environment,
        )

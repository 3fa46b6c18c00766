"""Makes webhooks, gives them other secrets, and finds one with its secrets when a message comes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct, field
from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_sdk.hosted.schemas.webhook import NewWebhook, NewWebhookSecret
from auterity_sdk.runtime.seal import SealKey
from auterity_server.access.principal import Principal
from auterity_server.database.auditing import record
from auterity_server.database.database import Database
from auterity_server.database.ids import new_id
from auterity_server.database.webhooks import (
    SealedSecret,
    Webhook,
    WebhooksOf,
    secrets_of,
    webhook_of,
)
from auterity_server.etags import Expected
from auterity_server.problems import not_found, wrong_value
from auterity_server.webhooks.signatures import Signature, signature_of

_MOST = 10_000
REMEMBERED = 5000
"""Milliseconds for which a webhook that took a message is not looked up again."""


class Known(Struct, frozen=True):
    """A webhook with the secrets with which its messages may be signed now."""

    webhook: Webhook
    signature: Signature
    secrets: tuple[str, ...]


class Made(Struct, frozen=True):
    """A webhook with the secret that nobody is shown again."""

    webhook: Webhook
    secret: str


WebhookState = Sequence[str]


def state_of(secrets: Sequence[SealedSecret]) -> WebhookState:
    """What changes change of a webhook, for its ETag: the secret that stays, and not those that time ends."""
    return [each.id for each in secrets if each.expires_at is None]


class Webhooks(Struct, frozen=True):
    """The webhooks of all environments. `now` gives milliseconds since 1970."""

    database: Database
    seal: SealKey
    now: Callable[[], int]
    _remembered: dict[str, tuple[int, Known]] = field(default_factory=dict)

    async def known(self, id: str) -> Known | None:
        """The webhook that a message names; None if there is none.

        It is remembered for `REMEMBERED` milliseconds: so long another process may take by it what it no more should.
        """
        at, known = self._remembered.get(id, (0, None))
        if known is not None and at <= self.now() < at + REMEMBERED:
            return known
        found = await self._looked_up(id)
        self._remembered.pop(id, None)
        if found is not None:
            if len(self._remembered) >= _MOST:
                del self._remembered[next(iter(self._remembered))]
            self._remembered[id] = self.now(), found
        return found

    async def _looked_up(self, id: str) -> Known | None:
        async with self.database.reading() as connection:
            found = await webhook_of(connection, id)
            kept = [] if found is None else await secrets_of(connection, id)
        if found is None:
            return None
        good = tuple(self._opened(each) for each in kept if each.is_good(self.now()))
        return Known(found, signature_of(found.hmac, found.tolerance), good)

    async def make(self, by: Principal, environment: str, asked: NewWebhook) -> Made:
        """A new webhook. Raises a problem."""
        webhook = self._new(by, environment, asked)
        secret = self._secret(webhook, asked.secret.get_secret_value() if asked.secret else None)
        async with self.database.writing() as connection:
            here = WebhooksOf(connection, by.organisation, environment)
            await here.add(webhook, self._sealed(webhook, secret))
            await self._record(connection, by, webhook, "webhooks:make")
        return Made(webhook, secret)

    async def rotate(
        self,
        by: Principal,
        environment: str,
        id: str,
        asked: NewWebhookSecret,
        expected: Expected,
    ) -> Made:
        """Another secret; the one before is good for the overlap that is asked. Raises a problem, `ChangedMeanwhile`."""
        async with self.database.writing() as connection:
            here = WebhooksOf(connection, by.organisation, environment)
            webhook = _there(await here.find(id))
            expected.must_be(state_of(await secrets_of(connection, id)))
            given = asked.secret.get_secret_value() if asked.secret else None
            secret = self._secret(webhook, given)
            until = self.now() + asked.overlap_seconds * 1000
            await here.rotate(webhook, self._sealed(webhook, secret), until)
            await self._record(connection, by, webhook, "webhooks:rotate")
        self._remembered.pop(id, None)
        return Made(webhook, secret)

    async def remove(self, by: Principal, environment: str, id: str, expected: Expected) -> None:
        """Take no more messages. Raises a problem, `ChangedMeanwhile`."""
        async with self.database.writing() as connection:
            here = WebhooksOf(connection, by.organisation, environment)
            webhook = _there(await here.find(id))
            expected.must_be(state_of(await secrets_of(connection, id)))
            await here.remove(webhook)
            await self._record(connection, by, webhook, "webhooks:remove")
        self._remembered.pop(id, None)

    def _new(self, by: Principal, environment: str, asked: NewWebhook) -> Webhook:
        return Webhook(
            new_id("hook"),
            by.organisation,
            environment,
            asked.path,
            asked.event,
            asked.format,
            None if asked.hmac is None else asked.hmac.model_dump(),
            asked.tolerance_seconds,
            by.id,
            self.now(),
        )

    def _secret(self, webhook: Webhook, given: str | None) -> str:
        signature = signature_of(webhook.hmac, webhook.tolerance)
        if given is None:
            return signature.make_secret()
        if not signature.is_secret(given):
            said = "is no secret of Standard Webhooks: whsec_ and 16 to 64 bytes in Base64"
            raise wrong_value("body/secret", said, help="name hmac, if another kind is meant")
        return given

    def _sealed(self, webhook: Webhook, secret: str) -> SealedSecret:
        sealed = self.seal.seal(secret, _bound(webhook.id))
        return SealedSecret(new_id("whs"), webhook.id, sealed, self.now(), None)

    def _opened(self, kept: SealedSecret) -> str:
        return str(self.seal.open(kept.sealed, _bound(kept.webhook_id)))

    async def _record(
        self, connection: AsyncConnection, by: Principal, webhook: Webhook, action: str
    ) -> None:
        await record(
            connection,
            organisation_id=webhook.organisation_id,
            at=self.now(),
            actor=by.actor,
            action=action,
            noun=f"webhook/{webhook.id}",
            environment_id=webhook.environment_id,
            type=webhook.type,
        )


def _there(found: Webhook | None) -> Webhook:
    if found is None:
        raise not_found("webhook")
    return found


def _bound(webhook_id: str) -> str:
    return f"a secret of the webhook {webhook_id}"

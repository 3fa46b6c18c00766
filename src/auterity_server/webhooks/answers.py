"""Webhooks and what came by them, as the contract has them."""

from __future__ import annotations

from collections.abc import Sequence

from auterity_sdk.hosted.schemas import webhook as contract
from auterity_sdk.runtime.firings import Firing
from auterity_sdk.runtime.triggers.firing import run_id_of
from auterity_sdk.runtime.triggers.service import Service
from auterity_server.answers import moment
from auterity_server.database.webhooks import Delivery, SealedSecret, Webhook
from auterity_server.running.hosted_runs import EnvironmentRuns


def webhook_answer(
    webhook: Webhook, url: str, secrets: Sequence[SealedSecret], runs: EnvironmentRuns
) -> contract.Webhook:
    """A webhook, with the workflows that it starts."""
    return contract.Webhook.model_validate(
        {
            "id": webhook.id,
            "url": url,
            "path": webhook.path,
            "event": webhook.event,
            "format": webhook.format,
            "hmac": webhook.hmac,
            "tolerance_seconds": webhook.tolerance,
            "secrets": tuple(map(_secret, secrets)),
            "starts": tuple(sorted({each.name for each in _started_by(webhook, runs)})),
            "by": webhook.made_by,
            "at": moment(webhook.created_at),
        }
    )


async def delivery_answer(
    delivery: Delivery, webhook: Webhook, runs: EnvironmentRuns
) -> contract.WebhookDelivery:
    """What came, with the runs that the triggers of what is live now started for it."""
    started = []
    for event in delivery.events:
        for service in _started_by(webhook, runs):
            run_id = run_id_of(service, Firing(service.key, event, delivery.at, None))
            if await runs.runtime.store.run(run_id) is not None:
                started.append(run_id)
    return contract.WebhookDelivery.model_validate(
        {
            "id": delivery.id,
            "at": moment(delivery.at),
            "outcome": delivery.outcome,
            "status": delivery.status,
            "bytes": delivery.size,
            "message": delivery.message,
            "events": len(delivery.events),
            "runs": tuple(started),
        }
    )


def _secret(secret: SealedSecret) -> contract.WebhookSecret:
    until = None if secret.expires_at is None else moment(secret.expires_at)
    return contract.WebhookSecret(created_at=moment(secret.created_at), expires_at=until)


def _started_by(webhook: Webhook, runs: EnvironmentRuns) -> list[Service]:
    return [each for each in runs.services if each.plan.event == webhook.type]

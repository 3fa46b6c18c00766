"""Webhooks of a server, as lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import typer

from auterity_cli.output.console import Color, console
from auterity_cli.output.printable import printable
from auterity_sdk.hosted.schemas.webhook import Webhook, WebhookDelivery, WebhookMade


def print_made(made: WebhookMade) -> None:
    """Where to post, and the secret, on standard output; what to do with them on standard error."""
    typer.echo(f"url     {made.webhook.url}\nsecret  {printable(made.secret)}")
    typer.echo(
        "give both to the other system: the secret is shown this once\n"
        f"messages are signed by {_signing(made.webhook)}",
        err=True,
    )
    for each in made.webhook.secrets:
        if each.expires_at is not None:
            typer.echo(f"the one before is good until {each.expires_at:%Y-%m-%d %H:%M}", err=True)


def print_webhooks(webhooks: Sequence[Webhook], color: Color) -> None:
    """Each webhook with what it leads to."""
    out = console("out", color)
    for each in webhooks:
        out.print(printable(each.path or each.event or ""), style="bold")
        out.print("\n".join(_lines(each)), highlight=False, soft_wrap=True)


def print_deliveries(deliveries: Sequence[WebhookDelivery], color: Color) -> None:
    """A line for each message, the last first."""
    out = console("out", color)
    for each in deliveries:
        runs = f"  {' '.join(each.runs)}" if each.runs else ""
        told = f"{each.outcome}  {each.bytes} bytes  {each.message}{runs}"
        out.print(f"{each.at:%Y-%m-%d %H:%M:%S}  {each.status}  {told}", highlight=False)


def _lines(webhook: Webhook) -> Iterator[str]:
    kind = "webhook" if webhook.path else "event"
    yield f"  {webhook.id}  {kind}, {webhook.format}, {_signing(webhook)}"
    yield f"  {webhook.url}"
    starts = ", ".join(map(printable, webhook.starts))
    yield f"  starts {starts}" if starts else "  starts nothing that is live"
    for each in webhook.secrets:
        until = f", good until {each.expires_at:%Y-%m-%d %H:%M}" if each.expires_at else ""
        yield f"  secret of {each.created_at:%Y-%m-%d %H:%M}{until}"


def _signing(webhook: Webhook) -> str:
    if webhook.hmac is None:
        return "Standard Webhooks"
    return f"HMAC {webhook.hmac.algorithm} in {printable(webhook.hmac.header)}"

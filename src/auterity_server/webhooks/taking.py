"""Taking a message: its signature first, then it is kept, then it is answered; what is to be done comes after that."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from msgspec import Struct
from sqlalchemy.exc import SQLAlchemyError

from auterity_sdk.errors import AuterityError
from auterity_sdk.hosted.schemas.problem import ProblemCode
from auterity_sdk.runs.producer import moment
from auterity_sdk.runtime.local import LIFETIME
from auterity_sdk.runtime.ports import Clock, Incoming
from auterity_server.database.database import Database
from auterity_server.database.ids import new_id
from auterity_server.database.webhooks import Delivery, Webhook, add_delivery
from auterity_server.problems import Problem
from auterity_server.running.hosted_runs import EnvironmentRuns
from auterity_server.webhooks.reading import Unreadable, read_body
from auterity_server.webhooks.signatures import BadSignature, Headers, Signed, TooOld
from auterity_server.webhooks.webhooks import Known

_LOG = logging.getLogger("auterity.server")
_DIGITS = 32


class Message(Struct, frozen=True):
    """What came to a webhook."""

    known: Known
    headers: Headers
    body: bytes

    @property
    def webhook(self) -> Webhook:
        """Where it came."""
        return self.known.webhook


class Refused(Exception):
    """The message is not taken. `outcome` is how that is written down."""

    def __init__(self, outcome: str, problem: Problem) -> None:
        super().__init__(outcome)
        self.outcome = outcome
        self.problem = problem


class Kept(Struct, frozen=True):
    """What was kept of a message: its outside events, and those among them that are new."""

    message: str
    events: Sequence[Incoming]
    new: Sequence[Incoming]


def verified(message: Message, now: int) -> Signed:
    """What the signature vouches for. Raises `Refused` where it is not signed as it should be."""
    known = message.known
    try:
        return known.signature.verify(message.headers, message.body, known.secrets, now)
    except BadSignature as error:
        raise Refused("signature", _refusal(str(error))) from None
    except TooOld:
        said = "the time of the message is too far away"
        raise Refused("too_old", _refusal(said)) from None


async def keep(message: Message, signed: Signed, runs: EnvironmentRuns) -> Kept:
    """Make the message durable. Raises `Refused` where it cannot be read, `StoreError`."""
    digest = hashlib.sha256(signed.message.encode()).hexdigest()[:_DIGITS]
    now, webhook = runs.runtime.clock.now(), message.webhook
    received = moment(now).astimezone(runs.zone)
    try:
        found = read_body(message.body, webhook.format, received)
    except Unreadable as error:
        raise Refused("unreadable", _unreadable(str(error))) from None
    events = [_event(webhook, digest, number, data, now) for number, data in enumerate(found)]
    new = [each for each in events if await runs.runtime.store.put(each)]
    return Kept(digest, events, new)


async def work_on(kept: Kept, webhook: Webhook, runs: EnvironmentRuns) -> None:
    """Give what was kept to the runs that wait for it; triggers see for themselves."""
    if webhook.event is None:
        return
    for event in kept.new:
        try:
            await runs.runtime.deliver(event)
        except AuterityError as error:
            _LOG.error("an event of %s waits: %s", webhook.id, type(error).__name__)


async def write_down(
    database: Database, clock: Clock, message: Message, outcome: str, status: int, kept: Kept | None
) -> None:
    """Write down what came. It is for people: that it failed is no reason to send the message again."""
    made = Delivery(
        new_id("del"),
        message.webhook.id,
        clock.now(),
        outcome,
        status,
        len(message.body),
        "" if kept is None else kept.message[:16],
        [] if kept is None else [each.id for each in kept.events],
    )
    try:
        async with database.writing() as connection:
            await add_delivery(connection, made)
    except SQLAlchemyError as error:
        _LOG.error("a delivery to %s: %s", message.webhook.id, type(error).__name__)


def too_large(most: int) -> Refused:
    """The body has more bytes than may be."""
    said = f"the body has more than {most} bytes"
    problem = Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, ProblemCode.TOO_LARGE, said)
    return Refused("too_large", problem)


def _event(webhook: Webhook, digest: str, number: int, data: dict[str, Any], now: int) -> Incoming:
    known_by = f"{webhook.id}/{digest}" + (f"/{number}" if number else "")
    return Incoming(known_by, webhook.type, data, now, now + LIFETIME)


def _refusal(said: str) -> Problem:
    return Problem(
        HTTPStatus.UNAUTHORIZED,
        ProblemCode.SIGNATURE_REFUSED,
        said,
        help="sign it with the secret of this webhook; auterity webhooks rotate makes another one",
        headers={"WWW-Authenticate": "Signature"},
    )


def _unreadable(said: str) -> Problem:
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, ProblemCode.INVALID_REQUEST, said)

"""The outbox and the records in memory: for tests, and for runs that leave nothing behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar, cast

from msgspec.structs import replace

from auterity_sdk.connections.mail import Mail, Mailer
from auterity_sdk.connections.outbox import Message, mail_as_kept, task_as_kept, text_as_kept
from auterity_sdk.connections.records import Claim, Claimed, Entry, Json, Records
from auterity_sdk.connections.sms import TextMessage, TextMessenger
from auterity_sdk.connections.tasks import Task, TaskList
from auterity_sdk.connections.usage import (
    Amount,
    Call,
    Limit,
    Over,
    Spent,
    Took,
    UsageLedger,
    passes,
)
from auterity_sdk.errors import ConfigurationError

Port = TypeVar("Port")


class MemoryOutbox:
    """An outbox that is gone with the process."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Message] = {}

    async def send_text(self, message: TextMessage, *, key: str, at: datetime) -> str:
        """Keep a text; gives its id."""
        return self._keep(text_as_kept(message, key=key, at=at), key)

    async def send_mail(self, mail: Mail, *, key: str, at: datetime) -> str:
        """Keep a mail; gives its id."""
        return self._keep(mail_as_kept(mail, key=key, at=at), key)

    async def assign(self, task: Task, *, key: str, at: datetime) -> str:
        """Keep a task; gives its id."""
        return self._keep(task_as_kept(task, key=key, at=at), key)

    def messages(self, channel: str | None = None, since: datetime | None = None) -> list[Message]:
        """What was kept, oldest first; of one channel, or from a moment (aware) on."""
        found = (
            message
            for message in self._kept.values()
            if channel in (None, message.channel) and (since is None or message.at >= since)
        )
        return sorted(found, key=lambda message: message.at)

    def _keep(self, message: Message, key: str) -> str:
        return self._kept.setdefault((message.channel, key), message).id


class MemoryUsage:
    """A `UsageLedger` that is gone with the process."""

    def __init__(self) -> None:
        self._kept: dict[str, Spent] = {}

    async def reserve(self, call: Call, most: Amount, limits: Sequence[Limit]) -> Over | None:
        """Set aside, or say which limit forbids it."""
        for limit in limits:
            spent = self._spent(limit)
            if passes(limit, spent, most):
                return Over(limit, spent)
        self._kept[call.id] = _open(call, most)
        return None

    async def settle(self, id: str, took: Took, before: Sequence[tuple[Call, Amount]] = ()) -> None:
        """What the call took indeed, and the calls before it that were never answered."""
        call = self._kept[id].call
        asked = replace(
            call, provider=took.provider or call.provider, model=took.model or call.model
        )
        self._kept[id] = Spent(
            call=asked,
            settled=took.settled,
            input=took.input,
            cached=took.cached,
            output=took.output,
            estimated=took.estimated,
            amount=took.amount,
        )
        for earlier, most in before:
            self._kept[earlier.id] = _open(earlier, most)

    async def calls(
        self, *, run: str = "", workflow: str = "", since: datetime | None = None
    ) -> Sequence[Spent]:
        """The calls on record, oldest first."""
        which = Limit(name="", run=run, workflow=workflow, since=since)
        return [spent for spent in self._kept.values() if _counts(spent.call, which)]

    @property
    def recorded(self) -> list[Spent]:
        """All calls, oldest first."""
        return list(self._kept.values())

    def _spent(self, limit: Limit) -> Amount:
        amounts = [each.amount for each in self._kept.values() if _counts(each.call, limit)]
        tokens = sum(amount.tokens for amount in amounts)
        return Amount(tokens, sum(amount.nano or 0 for amount in amounts))


def _open(call: Call, most: Amount) -> Spent:
    return Spent(
        call=call, settled=False, input=0, cached=0, output=0, estimated=False, amount=most
    )


def _counts(call: Call, limit: Limit) -> bool:
    since = limit.since is None or call.at >= limit.since
    return since and all(
        not wanted or wanted == had
        for wanted, had in (
            (limit.run, call.run),
            (limit.step, call.step),
            (limit.workflow, call.workflow),
        )
    )


class MemoryRecords:
    """`Records` that are gone with the process."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, str], Claim] = {}
        self._answers: dict[tuple[str, str], Claimed] = {}
        self._entries: dict[tuple[str, str], dict[str, Entry]] = {}

    async def claim(self, collection: str, claim: Claim, *, since: datetime) -> Claimed:
        """Win or learn who won."""
        answered = self._answers.get((collection, claim.key))
        if answered is not None:
            return answered
        for name in claim.look:
            holder = self._names.get((collection, name))
            if holder is not None and holder.at >= since:
                for left in claim.leave:
                    self._names.setdefault((collection, left), holder)
                return self._answered(
                    collection, claim, Claimed(False, holder.value, holder.at, name)
                )
        self._names.update({(collection, left): claim for left in claim.leave})
        return self._answered(collection, claim, Claimed(True, claim.value, claim.at))

    async def append(
        self, collection: str, subject: str, value: Json, *, key: str, at: datetime
    ) -> None:
        """Add to a subject's log, once for each key."""
        self._entries.setdefault((collection, subject), {}).setdefault(key, Entry(at, dict(value)))

    async def entries(self, collection: str, subject: str) -> Sequence[Entry]:
        """A subject's log, oldest first."""
        found = self._entries.get((collection, subject), {}).values()
        return sorted(found, key=lambda entry: entry.at)

    def _answered(self, collection: str, claim: Claim, answer: Claimed) -> Claimed:
        self._answers[collection, claim.key] = answer
        return answer


class MemoryConnections:
    """Connections of which nothing leaves this process. HTTP has none: a step that asks for it fails.

    `more` are those of ports that are none of this package's, such as a language model.
    """

    def __init__(self, more: Mapping[Any, object] | None = None) -> None:
        self.outbox = MemoryOutbox()
        self.records = MemoryRecords()
        self.usage = MemoryUsage()
        self._more = more or {}

    def get(self, port: Callable[..., Port], name: str | None = None) -> Port:  # noqa: ARG002 - every name is the same here
        """The connection of a port. Raises `ConfigurationError` for one that reaches outside."""
        if port in (TextMessenger, Mailer, TaskList):
            return cast("Port", self.outbox)
        if port is Records:
            return cast("Port", self.records)
        if port is UsageLedger:
            return cast("Port", self.usage)
        if port in self._more:
            return cast("Port", self._more[port])
        raise ConfigurationError("there is no such connection in a rehearsal")

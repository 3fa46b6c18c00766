"""Consent to be contacted: what was granted, what was revoked, and what that decides at a moment."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, model_validator

from auterity_sdk.dealership.classification import Classified, DataClass
from auterity_sdk.dealership.plain_text import Line
from auterity_sdk.dealership.record import Record
from auterity_sdk.errors import UsageError

Channel = Literal["sms", "email", "voice"]
Purpose = Literal["marketing", "conversational", "transactional"]

# From the most to the least that a person allows: who takes offers takes answers, who takes answers takes a
# reminder of his own appointment, and never the other way round.
_PURPOSES: tuple[Purpose, ...] = ("marketing", "conversational", "transactional")


class ConsentRecord(Record):
    """One thing a person said about being contacted on a channel.

    With `granted_at` it grants, with `revoked_at` it revokes, with both it did one and later the other.
    """

    channel: Channel
    purpose: Purpose | None = None
    """What for. None is every purpose, and only a revocation may say that."""
    evidence: Annotated[Line, Classified(DataClass.FREE_TEXT)] = ""
    """The words shown or said, or where they are kept."""
    granted_at: AwareDatetime | None = None
    revoked_at: AwareDatetime | None = None
    expires_at: AwareDatetime | None = None
    """When the grant ends by itself (Canada's implied consent does)."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.granted_at is None and self.revoked_at is None:
            raise ValueError("a consent record needs granted_at, revoked_at or both")
        if self.granted_at is not None and self.purpose is None:
            raise ValueError("a consent that is granted names its purpose")
        return self


@dataclass(frozen=True, slots=True)
class ConsentDecision:
    """`granted` or `denied`, with the reason in words that hold no personal data."""

    outcome: Literal["granted", "denied"]
    reason: str
    record: ConsentRecord | None = None
    """The record that decided; None where there is none."""


def decide(
    records: Iterable[ConsentRecord], channel: Channel, purpose: Purpose, at: datetime
) -> ConsentDecision:
    """May a message for `purpose` go out on `channel` at `at`? No record is no.

    The latest word counts: a grant after a revocation grants again, and at the same instant a revocation wins.
    A grant covers its purpose and what asks less (marketing covers conversational covers transactional);
    a revocation covers its purpose and what asks more. 47 CFR 64.1200(a)(10).
    """
    if at.tzinfo is None:
        raise UsageError("the time of a consent decision needs a time zone")
    said = [r for r in records if r.channel == channel]
    grant = max(
        (r for r in said if _grants(r, purpose, at)),
        key=lambda r: (not _expired(r, at), _time(r.granted_at)),
        default=None,
    )
    revocation = max(
        (r for r in said if _revokes(r, purpose, at)),
        key=lambda r: _time(r.revoked_at),
        default=None,
    )
    if revocation and not (grant and _time(grant.granted_at) > _time(revocation.revoked_at)):
        return ConsentDecision("denied", f"consent to {channel} was revoked", revocation)
    if grant is None:
        return ConsentDecision("denied", f"no consent to {channel} for {purpose} is on record")
    if _expired(grant, at):
        return ConsentDecision("denied", f"consent to {channel} has expired", grant)
    return ConsentDecision(
        "granted", f"consent to {channel} for {grant.purpose} is on record", grant
    )


def _time(moment: datetime | None) -> float:
    return float("-inf") if moment is None else moment.timestamp()


def _expired(record: ConsentRecord, at: datetime) -> bool:
    return record.expires_at is not None and record.expires_at <= at


def _grants(record: ConsentRecord, purpose: Purpose, at: datetime) -> bool:
    if record.granted_at is None or record.purpose is None or record.granted_at > at:
        return False
    return _PURPOSES.index(record.purpose) <= _PURPOSES.index(purpose)


def _revokes(record: ConsentRecord, purpose: Purpose, at: datetime) -> bool:
    if record.revoked_at is None or record.revoked_at > at:
        return False
    return record.purpose is None or _PURPOSES.index(record.purpose) >= _PURPOSES.index(purpose)


_OPT_LINE = re.compile(
    r"\b(?P<channel>sms|text(?: message)?s?|e-?mail|phone|voice|call)\s{0,3}(?:marketing\s)?(?:opt|opted)[ -]?(?P<way>in|out)"
    r"\s{0,3}[:=]\s{0,3}(?P<answer>yes|no|true|false|y|n|1|0)\b",
    re.IGNORECASE,
)
_CHANNELS: dict[str, Channel] = {
    "s": "sms",
    "t": "sms",
    "e": "email",
    "p": "voice",
    "v": "voice",
    "c": "voice",
}


def stated_consents(text: str, at: datetime) -> tuple[ConsentRecord, ...]:
    """The opt-in flags that lead forms write into comments (`SMS Opt-In: Yes`), with the words as evidence.

    A flag of `Phone` speaks of calls, not of texts. `No` is a revocation. Nothing else in the text counts.
    """
    return tuple(dict.fromkeys(_stated(match, at) for match in _OPT_LINE.finditer(text)))


def _stated(match: re.Match[str], at: datetime) -> ConsentRecord:
    yes = match["answer"].lower() in ("yes", "true", "y", "1")
    granted = yes == (match["way"].lower() == "in")
    channel = _CHANNELS[match["channel"][0].lower()]
    if granted:
        return ConsentRecord(channel=channel, purpose="marketing", evidence=match[0], granted_at=at)
    return ConsentRecord(channel=channel, evidence=match[0], revoked_at=at)

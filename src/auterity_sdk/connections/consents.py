"""The consents that a project has on record, by the address they are for."""

from __future__ import annotations

from datetime import datetime

from auterity_sdk.connections.records import Records
from auterity_sdk.dealership.consent import Channel, ConsentRecord

_COLLECTION = "consent"


async def stored_consents(records: Records, channel: Channel, address: str) -> list[ConsentRecord]:
    """All that was said about a channel by the owner of an address, oldest first."""
    found = await records.entries(_COLLECTION, _subject(channel, address))
    return [ConsentRecord.model_validate(entry.value) for entry in found]


async def store_consent(
    records: Records, address: str, consent: ConsentRecord, *, key: str, at: datetime
) -> None:
    """Write a consent or an opt-out down, once for a key."""
    subject = _subject(consent.channel, address)
    await records.append(_COLLECTION, subject, consent.model_dump(mode="json"), key=key, at=at)


def _subject(channel: Channel, address: str) -> str:
    return f"{channel}:{address.strip().casefold()}"

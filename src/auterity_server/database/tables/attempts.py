"""Attempts to sign in that failed or have not ended, for each account and each address; both as keyed digests."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, String, Table

from auterity_server.database.tables.metadata import METADATA

attempts = Table(
    "attempts",
    METADATA,
    Column("subject", String(64), primary_key=True),
    Column("made", Integer, nullable=False),
    Column("last_at", BigInteger, nullable=False),
    Column("locked_until", BigInteger, nullable=False),
)

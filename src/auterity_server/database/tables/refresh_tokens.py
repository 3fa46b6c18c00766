"""Refresh tokens, as hashes. One that was used stays, so that its second use is seen."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table

from auterity_server.database.tables.metadata import METADATA

refresh_tokens = Table(
    "refresh_tokens",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("session_id", ForeignKey("sessions.id"), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_at", BigInteger, nullable=True),
    Index("ix_refresh_tokens_session_id", "session_id"),
)

"""A person's sign-in on one device: the family of its refresh tokens, which ends as a whole."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table

from auterity_server.database.tables.metadata import METADATA

sessions = Table(
    "sessions",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("user_id", ForeignKey("users.id"), nullable=False),
    Column("how", String(16), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger, nullable=True),
    Column("why_ended", String(16), nullable=True),
    Index("ix_sessions_user_id", "user_id"),
)
"""`how` is password, link, device or browser; `why_ended` sign-out, reuse, password or removed."""

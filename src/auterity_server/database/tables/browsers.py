"""Browsers in which a person stays signed in, where no Redis keeps them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, String, Table

from auterity_server.database.tables.metadata import METADATA

browsers = Table(
    "browsers",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("user_id", String(32), nullable=False),
    Column("session_id", String(32), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)
"""`digest` is that of a cookie; whether the session goes on, `sessions` says."""

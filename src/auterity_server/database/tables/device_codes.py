"""Devices that ask to be signed in (RFC 8628): both codes as hashes, and how a person decided."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Table

from auterity_server.database.tables.metadata import METADATA

device_codes = Table(
    "device_codes",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("user_code_digest", String(64), nullable=False, unique=True),
    Column("client", String(200), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("interval", Integer, nullable=False),
    Column("polled_at", BigInteger, nullable=True),
    Column("state", String(16), nullable=False),
    Column("user_id", ForeignKey("users.id"), nullable=True),
)
"""`state` is pending, approved, denied or used. `client` is how the device calls itself; `interval` in seconds."""

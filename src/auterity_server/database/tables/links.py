"""One-time links, as hashes: each signs one person in, once."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, String, Table, false

from auterity_server.database.tables.metadata import METADATA

links = Table(
    "links",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("user_id", ForeignKey("users.id"), nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_at", BigInteger, nullable=True),
    Column("mailed", Boolean, nullable=False, server_default=false()),
    Index("ix_links_user_id", "user_id"),
)
"""`mailed`: only who reads the mail of the user's address has the link, so that it shows whose the address is."""

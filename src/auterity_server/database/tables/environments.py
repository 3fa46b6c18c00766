"""Where workflows are live: `staging` or `production`, of a store or of the whole organisation (`store_id` empty)."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from auterity_server.database.tables.metadata import METADATA

environments = Table(
    "environments",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("organisation_id", ForeignKey("organisations.id"), nullable=False),
    Column("store_id", ForeignKey("stores.id"), nullable=True),
    Column("place", String(32), nullable=False),
    Column("name", String(63), nullable=False),
    Column("protected", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("changes", Integer, nullable=False, server_default="0"),
    UniqueConstraint("organisation_id", "place", "name"),
)
"""`place` is the store's id, or empty: a database holds two nulls to be different, and a name would be there twice.
`changes` counts what its runs have to go by anew."""

"""Who belongs to which organisation. Where a member is not active, or only invited, none of their grants counts."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    String,
    Table,
    false,
)

from auterity_server.database.tables.metadata import METADATA

members = Table(
    "members",
    METADATA,
    Column("organisation_id", ForeignKey("organisations.id"), nullable=False),
    Column("user_id", ForeignKey("users.id"), nullable=False),
    Column("name", String(200), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("invited", Boolean, nullable=False, server_default=false()),
    PrimaryKeyConstraint("organisation_id", "user_id"),
    Index("ix_members_user_id", "user_id"),
)
"""`name` is how this organisation calls the person. `invited`: they have not joined yet, so that nothing of it counts."""

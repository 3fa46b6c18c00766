"""Who belongs to which organisation. Where a member is not active, none of their grants counts."""

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
    PrimaryKeyConstraint("organisation_id", "user_id"),
    Index("ix_members_user_id", "user_id"),
)
"""`name` is how this organisation calls the person."""

"""Which role a user or an API key has, in an organisation, in a store of it, or in an environment."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    UniqueConstraint,
)

from auterity_server.database.tables.metadata import METADATA

grants = Table(
    "grants",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("organisation_id", ForeignKey("organisations.id"), nullable=False),
    Column("holder", String(64), nullable=False),
    Column("role", String(16), nullable=False),
    Column("store_id", ForeignKey("stores.id"), nullable=True),
    Column("environment_id", ForeignKey("environments.id"), nullable=True),
    Column("place", String(32), nullable=False),
    Column("answers", JSON, nullable=False),
    Column("granted_by", String(64), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    UniqueConstraint("organisation_id", "holder", "role", "place"),
    Index("ix_grants_holder", "holder"),
)
"""`holder` is `user:ID` or `api_key:ID`. `answers` are the business roles of an approver, in order.

`store_id` and `environment_id` are those of the place, as far as it lies in one; `place` is the id of the narrowest.
"""

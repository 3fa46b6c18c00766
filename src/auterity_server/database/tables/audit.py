"""Who did what, when: written in the transaction of what was done, never changed."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, String, Table

from auterity_server.database.tables.metadata import METADATA

audit = Table(
    "audit",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("organisation_id", String(32), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("action", String(64), nullable=False),
    Column("environment_id", String(32), nullable=False),
    Column("noun", String(200), nullable=False),
    Column("details", JSON, nullable=False),
    Index("ix_audit_organisation", "organisation_id", "seq"),
)
"""`actor` is the id of a user or an API key. `details` hold no customer's data and no secret."""

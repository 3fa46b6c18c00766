"""Whose tokens are exchanged for keys of a short life."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, Integer, String, Table

from auterity_server.database.tables.metadata import METADATA

trusts = Table(
    "trusts",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("organisation_id", ForeignKey("organisations.id"), nullable=False),
    Column("name", String(200), nullable=False),
    Column("issuer", String(300), nullable=False),
    Column("audience", String(500), nullable=False),
    Column("conditions", JSON, nullable=False),
    Column("role", String(20), nullable=False),
    Column("scope_kind", String(20), nullable=False),
    Column("scope_id", String(32), nullable=False),
    Column("lifetime", Integer, nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Index("ix_trusts_organisation_id", "organisation_id", "created_at"),
)
"""`lifetime` is in seconds. `conditions` are the texts that each claim may be."""

"""Versions of workflows that were pushed: the text as it was pushed last, under the hash of what it means."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ForeignKey,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

from auterity_server.database.tables.metadata import METADATA

versions = Table(
    "versions",
    METADATA,
    Column("organisation_id", ForeignKey("organisations.id"), nullable=False),
    Column("version", String(64), nullable=False),
    Column("workflow", String(200), nullable=False),
    Column("path", String(500), nullable=False),
    Column("text", Text, nullable=False),
    Column("project", JSON, nullable=False),
    Column("pushed_by", String(64), nullable=False),
    Column("pushed_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("organisation_id", "version"),
)

"""The secrets of an environment's workflows and connections, sealed."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, String, Table, Text

from auterity_server.database.tables.metadata import METADATA

environment_secrets = Table(
    "environment_secrets",
    METADATA,
    Column("environment_id", ForeignKey("environments.id"), primary_key=True),
    Column("name", String(100), primary_key=True),
    Column("organisation_id", String(32), nullable=False),
    Column("sealed", Text, nullable=False),
    Column("changed_by", String(64), nullable=False),
    Column("changed_at", BigInteger, nullable=False),
)

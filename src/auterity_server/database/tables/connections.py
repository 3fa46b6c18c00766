"""The connections of an environment: what its workflows speak with."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, String, Table

from auterity_server.database.tables.metadata import METADATA

connections = Table(
    "connections",
    METADATA,
    Column("environment_id", ForeignKey("environments.id"), primary_key=True),
    Column("name", String(60), primary_key=True),
    Column("organisation_id", String(32), nullable=False),
    Column("uses", String(32), nullable=False),
    Column("options", JSON, nullable=False),
    Column("revision", String(32), nullable=False),
    Column("changed_by", String(64), nullable=False),
    Column("changed_at", BigInteger, nullable=False),
)
"""`options` hold references to secrets (`secret:NAME`), and no secret. `revision` is another one after each change."""

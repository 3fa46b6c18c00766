"""Which version of a workflow is live in which environment, was before, or waits for a second person."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from auterity_server.database.tables.metadata import METADATA

deployments = Table(
    "deployments",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("organisation_id", String(32), nullable=False),
    Column("environment_id", ForeignKey("environments.id"), nullable=False),
    Column("workflow", String(200), nullable=False),
    Column("number", Integer, nullable=False),
    Column("version", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("project", JSON, nullable=False),
    Column("change", String(16), nullable=False),
    Column("how", String(16), nullable=False),
    Column("message", String(500), nullable=False),
    Column("asked_by", String(64), nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    Column("decided_by", String(64), nullable=False, server_default=""),
    Column("decided_at", BigInteger, nullable=True),
    UniqueConstraint("environment_id", "workflow", "number"),
    ForeignKeyConstraint(
        ["organisation_id", "version"], ["versions.organisation_id", "versions.version"]
    ),
    Index("ix_deployments_state", "environment_id", "state", "workflow"),
)
"""`state` is pending, live, replaced or rejected; `how` push, promote or rollback; `change` new or changed. `number`
counts from 1 for each workflow. `project` is what the push declared, by which the runs go."""

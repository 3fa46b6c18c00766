"""The processes that carry out steps, and the step types that each of them has."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, Index, String, Table

from auterity_server.database.tables.metadata import METADATA

workers = Table(
    "workers",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("organisation_id", String(32), nullable=False, server_default=""),
    Column("has_built_in", Boolean, nullable=False),
    Column("step_types", JSON, nullable=False),
    Column("queues", JSON, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Index(None, "seen_at"),
)
"""`step_types` are those of a project's own, each with the digest of its declaration; `has_built_in`: the worker
carries out those that come with Auterity too. It works for one organisation, or for all. `queues` are those that it serves alone; all, if there is none."""

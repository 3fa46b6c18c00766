"""The migrations whose second half was done: what an earlier release needs is gone since."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, String, Table

from auterity_server.database.tables.metadata import METADATA

migration_ends = Table(
    "migration_ends",
    METADATA,
    Column("revision", String(32), primary_key=True),
    Column("done_at", BigInteger, nullable=False),
)

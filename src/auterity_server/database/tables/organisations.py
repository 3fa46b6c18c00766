"""A dealership group, the tenant: everything else belongs to one."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, String, Table

from auterity_server.database.tables.metadata import METADATA

organisations = Table(
    "organisations",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("name", String(63), nullable=False, unique=True),
    Column("title", String(200), nullable=False),
    Column("created_at", BigInteger, nullable=False),
)

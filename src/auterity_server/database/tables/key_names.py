"""By which key the database was sealed: a fingerprint, which says nothing of the key."""

from __future__ import annotations

from sqlalchemy import Column, String, Table

from auterity_server.database.tables.metadata import METADATA

key_names = Table(
    "key_names",
    METADATA,
    Column("purpose", String(32), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
)

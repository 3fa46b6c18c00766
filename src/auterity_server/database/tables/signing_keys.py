"""The keys that access tokens are signed with: the public half as it is published, the private half sealed."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, String, Table, Text

from auterity_server.database.tables.metadata import METADATA

signing_keys = Table(
    "signing_keys",
    METADATA,
    Column("kid", String(32), primary_key=True),
    Column("public", JSON, nullable=False),
    Column("sealed", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("retired_at", BigInteger, nullable=True),
)
"""`public` is a JWK. From `retired_at` on the key signs nothing, and is good for what it signed before."""

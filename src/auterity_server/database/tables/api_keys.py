"""What programs sign in with: the key's beginning, to recognise it by, and a hash of the whole.

`trust_id` is that of the trust by which a token was exchanged for the key, empty for one that a person made.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table

from auterity_server.database.tables.metadata import METADATA

api_keys = Table(
    "api_keys",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("organisation_id", ForeignKey("organisations.id"), nullable=False),
    Column("name", String(200), nullable=False),
    Column("prefix", String(32), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("made_by", String(64), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("last_used_at", BigInteger, nullable=True),
    Column("revoked_at", BigInteger, nullable=True),
    Column("trust_id", String(32), nullable=False, server_default=""),
    Index("ix_api_keys_organisation_id", "organisation_id", "id"),
)

"""Requests with an Idempotency-Key that had their effect, and what they were answered with."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, String, Table, Text

from auterity_server.database.tables.metadata import METADATA

kept_answers = Table(
    "kept_answers",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("fingerprint", String(200), nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("answer", Text, nullable=True),
    Index("ix_kept_answers_made_at", "made_at"),
)
"""`id` is a digest of caller, address and key; `fingerprint` a keyed one of the request. `answer` is sealed, since it may
hold a secret that is shown once; it is empty until there is one."""

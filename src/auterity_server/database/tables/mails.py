"""The server's own mail, until it is sent: an outbox that is written together with what a mail tells of."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from auterity_server.database.tables.metadata import METADATA

mails = Table(
    "mails",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("organisation_id", String(32), nullable=False),
    Column("user_id", String(32), nullable=False),
    Column("sealed", Text, nullable=True),
    Column("created_at", BigInteger, nullable=False),
    Column("good_until", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("held_until", BigInteger, nullable=False),
    Column("ended_at", BigInteger, nullable=True),
    Column("failure", String(64), nullable=True),
    Index("ix_mails_due", "ended_at", "due_at"),
)
"""`sealed` holds the address and the text, and is emptied when the mail is over. `failure` says why it was given up.
`organisation_id` is that whose matter it is, empty for the person's own."""

"""What people are to be told by mail, and up to where the runs of each environment were read for it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from auterity_server.database.tables.metadata import METADATA

notifications = Table(
    "notifications",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("user_id", String(32), nullable=False),
    Column("organisation_id", String(32), nullable=False),
    Column("environment_id", String(32), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("workflow", String(200), nullable=False),
    Column("of_id", String(64), nullable=False),
    Column("step", Text, nullable=False),
    Column("role", String(200), nullable=False),
    Column("reminders", Integer, nullable=False),
    Column("until", String(64), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("mailed_at", BigInteger, nullable=True),
    Index("ix_notifications_waiting", "mailed_at", "user_id"),
)
"""`id` is a digest of what is told and to whom, so that nobody is told twice. `of_id` is a run or a deployment; `until` as people
read it. No customer's data is in it."""

notification_readers = Table(
    "notification_readers",
    METADATA,
    Column("environment_id", String(32), primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("held_until", BigInteger, nullable=False),
)
"""The events of an environment up to `position` were read. Until `held_until` one process reads on."""

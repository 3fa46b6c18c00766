"""Schedules that somebody let rest, or start again."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, String, Table

from auterity_server.database.tables.metadata import METADATA

schedule_pauses = Table(
    "schedule_pauses",
    METADATA,
    Column("environment_id", ForeignKey("environments.id"), primary_key=True),
    Column("schedule_id", String(64), primary_key=True),
    Column("organisation_id", String(32), nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("by", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
)
"""The last word on a schedule: a row that is not `paused` says from when it counts again."""

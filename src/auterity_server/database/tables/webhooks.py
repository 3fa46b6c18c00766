"""Webhooks, their secrets (sealed), and what came by them."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from auterity_server.database.tables.metadata import METADATA

webhooks = Table(
    "webhooks",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("organisation_id", ForeignKey("organisations.id"), nullable=False),
    Column("environment_id", ForeignKey("environments.id"), nullable=False),
    Column("path", String(200), nullable=True),
    Column("event", String(200), nullable=True),
    Column("format", String(16), nullable=False),
    Column("hmac", JSON(none_as_null=True), nullable=True),
    Column("tolerance", Integer, nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Index("ix_webhooks_environment", "organisation_id", "environment_id", "created_at"),
)
"""One of `path` and `event` is there. `hmac` is empty for Standard Webhooks; `tolerance` is in seconds."""

webhook_secrets = Table(
    "webhook_secrets",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("webhook_id", ForeignKey("webhooks.id"), nullable=False),
    Column("sealed", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=True),
    Index("ix_webhook_secrets_webhook_id", "webhook_id"),
)

webhook_deliveries = Table(
    "webhook_deliveries",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("webhook_id", ForeignKey("webhooks.id"), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("status", Integer, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("message", String(64), nullable=False),
    Column("events", JSON, nullable=False),
    Index("ix_webhook_deliveries_webhook", "webhook_id", "at", "id"),
    Index("ix_webhook_deliveries_at", "at"),
)
"""`message` is a digest; `events` are ids in the inbox of the environment. Nothing of what a message says is here."""

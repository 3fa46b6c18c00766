"""Alembic's way in: the connection is the caller's."""

from __future__ import annotations

from alembic import context

from auterity_server.database.tables.all import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    # SQLite changes a column by making the table anew.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()

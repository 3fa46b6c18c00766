"""Which migrations have their second half behind them, and by which key the database is sealed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "migration_ends",
        sa.Column("revision", sa.String(32), nullable=False),
        sa.Column("done_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("revision", name="pk_migration_ends"),
    )
    op.create_table(
        "key_names",
        sa.Column("purpose", sa.String(32), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("purpose", name="pk_key_names"),
    )

"""What people are told by mail of what waits for them, and whether they want to be."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables. Everybody is told, until they say otherwise."""
    op.create_table(
        "notifications",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("organisation_id", sa.String(32), nullable=False),
        sa.Column("environment_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("workflow", sa.String(200), nullable=False),
        sa.Column("of_id", sa.String(64), nullable=False),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("role", sa.String(200), nullable=False),
        sa.Column("reminders", sa.Integer, nullable=False),
        sa.Column("until", sa.String(64), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("mailed_at", sa.BigInteger, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_notifications"),
    )
    op.create_index("ix_notifications_waiting", "notifications", ["mailed_at", "user_id"])
    op.create_table(
        "notification_readers",
        sa.Column("environment_id", sa.String(32), nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("held_until", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("environment_id", name="pk_notification_readers"),
    )
    yes = sa.Column("notified", sa.Boolean, nullable=False, server_default=sa.true())
    op.add_column("users", yes)
    op.add_column("users", sa.Column("notified_at", sa.BigInteger, nullable=True))


def downgrade() -> None:
    """Nobody is told any more."""
    op.drop_column("users", "notified_at")
    op.drop_column("users", "notified")
    op.drop_table("notification_readers")
    op.drop_table("notifications")

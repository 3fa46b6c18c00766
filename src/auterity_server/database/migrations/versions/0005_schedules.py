"""Schedules that rest, and a count of what the runs of an environment have to go by anew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What is live already is to be looked at once."""
    op.add_column(
        "environments", sa.Column("changes", sa.Integer, nullable=False, server_default="0")
    )
    op.create_table(
        "schedule_pauses",
        sa.Column("environment_id", sa.String(32), nullable=False),
        sa.Column("schedule_id", sa.String(64), nullable=False),
        sa.Column("organisation_id", sa.String(32), nullable=False),
        sa.Column("paused", sa.Boolean, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("environment_id", "schedule_id", name="pk_schedule_pauses"),
        sa.ForeignKeyConstraint(
            ["environment_id"], ["environments.id"], name="fk_schedule_pauses_environment_id"
        ),
    )
    op.execute(
        "UPDATE environments SET changes = 1 WHERE id IN (SELECT environment_id FROM deployments)"
    )


def downgrade() -> None:
    """The schedules go on."""
    op.drop_table("schedule_pauses")
    op.drop_column("environments", "changes")

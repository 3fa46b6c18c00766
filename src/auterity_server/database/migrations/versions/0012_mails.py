"""The server's own mail; which links came by mail, whose address was shown to be theirs, and who is only invited."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table. Nobody has shown yet that an address is theirs, and all members there are have joined."""
    op.create_table(
        "mails",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("organisation_id", sa.String(32), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("sealed", sa.Text, nullable=True),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("good_until", sa.BigInteger, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("fence", sa.Integer, nullable=False),
        sa.Column("held_until", sa.BigInteger, nullable=False),
        sa.Column("ended_at", sa.BigInteger, nullable=True),
        sa.Column("failure", sa.String(64), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_mails"),
    )
    op.create_index("ix_mails_due", "mails", ["ended_at", "due_at"])
    for table, column in (("links", "mailed"), ("members", "invited")):
        no = sa.Column(column, sa.Boolean, nullable=False, server_default=sa.false())
        op.add_column(table, no)
    op.add_column("users", sa.Column("proven_at", sa.BigInteger, nullable=True))


def downgrade() -> None:
    """Nobody is only invited any more."""
    op.drop_column("users", "proven_at")
    op.drop_column("members", "invited")
    op.drop_column("links", "mailed")
    op.drop_table("mails")

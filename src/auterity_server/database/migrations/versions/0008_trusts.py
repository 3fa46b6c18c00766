"""Trusts in issuers of tokens, and which keys were made by one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table and the column."""
    op.create_table(
        "trusts",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("organisation_id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("issuer", sa.String(300), nullable=False),
        sa.Column("audience", sa.String(500), nullable=False),
        sa.Column("conditions", sa.JSON, nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("scope_kind", sa.String(20), nullable=False),
        sa.Column("scope_id", sa.String(32), nullable=False),
        sa.Column("lifetime", sa.Integer, nullable=False),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_trusts"),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name="fk_trusts_organisation_id_organisations",
        ),
    )
    op.create_index("ix_trusts_organisation_id", "trusts", ["organisation_id", "created_at"])
    op.add_column(
        "api_keys", sa.Column("trust_id", sa.String(32), nullable=False, server_default="")
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_column("api_keys", "trust_id")
    op.drop_table("trusts")

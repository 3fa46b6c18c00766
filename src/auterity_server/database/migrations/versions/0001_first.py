"""The first tables: organisations, stores, environments, versions, deployments, audit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "organisations",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(63), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_organisations"),
        sa.UniqueConstraint("name", name="uq_organisations_name"),
    )
    op.create_table(
        "stores",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("organisation_id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(63), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_stores"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_stores_organisation_id"
        ),
        sa.UniqueConstraint("organisation_id", "name", name="uq_stores_organisation_id_name"),
    )
    op.create_table(
        "environments",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("organisation_id", sa.String(32), nullable=False),
        sa.Column("store_id", sa.String(32), nullable=True),
        sa.Column("place", sa.String(32), nullable=False),
        sa.Column("name", sa.String(63), nullable=False),
        sa.Column("protected", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_environments"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_environments_organisation_id"
        ),
        sa.ForeignKeyConstraint(["store_id"], ["stores.id"], name="fk_environments_store_id"),
        sa.UniqueConstraint(
            "organisation_id", "place", "name", name="uq_environments_organisation_id_place_name"
        ),
    )
    op.create_table(
        "versions",
        sa.Column("organisation_id", sa.String(32), nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("workflow", sa.String(200), nullable=False),
        sa.Column("path", sa.String(500), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("project", sa.JSON, nullable=False),
        sa.Column("pushed_by", sa.String(64), nullable=False),
        sa.Column("pushed_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "version", name="pk_versions"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_versions_organisation_id"
        ),
    )
    op.create_table(
        "deployments",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("organisation_id", sa.String(32), nullable=False),
        sa.Column("environment_id", sa.String(32), nullable=False),
        sa.Column("workflow", sa.String(200), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("project", sa.JSON, nullable=False),
        sa.Column("change", sa.String(16), nullable=False),
        sa.Column("how", sa.String(16), nullable=False),
        sa.Column("message", sa.String(500), nullable=False),
        sa.Column("asked_by", sa.String(64), nullable=False),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.Column("decided_by", sa.String(64), nullable=False, server_default=""),
        sa.Column("decided_at", sa.BigInteger, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_deployments"),
        sa.ForeignKeyConstraint(
            ["environment_id"], ["environments.id"], name="fk_deployments_environment_id"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "version"],
            ["versions.organisation_id", "versions.version"],
            name="fk_deployments_organisation_id_version",
        ),
        sa.UniqueConstraint(
            "environment_id",
            "workflow",
            "number",
            name="uq_deployments_environment_id_workflow_number",
        ),
    )
    op.create_index("ix_deployments_state", "deployments", ["environment_id", "state", "workflow"])
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("organisation_id", sa.String(32), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("environment_id", sa.String(32), nullable=False),
        sa.Column("noun", sa.String(200), nullable=False),
        sa.Column("details", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_audit"),
    )
    op.create_index("ix_audit_organisation", "audit", ["organisation_id", "seq"])


def downgrade() -> None:
    """There is nothing before these."""
    for table in ("audit", "deployments", "versions", "environments", "stores", "organisations"):
        op.drop_table(table)

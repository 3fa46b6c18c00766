"""Attempts that workers carry out, in PostgreSQL. On SQLite they stand in the file of their environment, which the engine makes."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_TEXT = 'text COLLATE "C" NOT NULL'
_STATEMENTS = (
    f"""CREATE TABLE run_attempts (
    environment_id {_TEXT}, run_id {_TEXT}, step {_TEXT}, attempt bigint NOT NULL, queue {_TEXT},
    fence bigint NOT NULL DEFAULT 0, owner text NOT NULL DEFAULT '', until bigint NOT NULL DEFAULT 0,
    stopping boolean NOT NULL DEFAULT false, sent bigint NOT NULL,
    PRIMARY KEY (environment_id, run_id, step)
) WITH (fillfactor = 70)""",
    "CREATE INDEX run_attempts_unclaimed ON run_attempts (environment_id, queue, sent) WHERE owner = ''",
    "CREATE INDEX run_attempts_claimed ON run_attempts (environment_id, owner, until) WHERE owner <> ''",
    "ALTER TABLE runs ADD COLUMN carried boolean NOT NULL DEFAULT false",
    """CREATE INDEX runs_to_drive ON runs (environment_id, status)
    WHERE ended_at IS NULL AND NOT carried""",
)


def upgrade() -> None:
    """Make the table, where the database is PostgreSQL."""
    if op.get_bind().dialect.name == "postgresql":
        for statement in _STATEMENTS:
            op.execute(statement)

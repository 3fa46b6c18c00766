"""A position of each event among those of all runs, in PostgreSQL. On SQLite the engine keeps it.

Processes of the release before give positions too, by the default: their statements need not know the column. Events from
before have none.
"""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_STATEMENTS = (
    "CREATE SEQUENCE run_positions AS bigint",
    # Two steps: a column that is made with such a default would write the whole table anew.
    "ALTER TABLE run_journal ADD COLUMN position bigint",
    "ALTER TABLE run_journal ALTER COLUMN position SET DEFAULT nextval('run_positions')",
    "ALTER SEQUENCE run_positions OWNED BY run_journal.position",
    """CREATE INDEX run_journal_by_position ON run_journal (environment_id, position)
    WHERE position IS NOT NULL""",
)


def upgrade() -> None:
    """Make the column and its index, where the database is PostgreSQL."""
    if op.get_bind().dialect.name == "postgresql":
        for statement in _STATEMENTS:
            op.execute(statement)

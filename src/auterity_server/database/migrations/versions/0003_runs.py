"""Runs in PostgreSQL: journals, what there is to do, claims, inbox and firings of each environment.

On SQLite each environment has a file of its own, which the engine makes.
"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TEXT = 'text COLLATE "C" NOT NULL'
_TABLES = f"""
CREATE TABLE run_heads (
    environment_id {_TEXT}, run_id {_TEXT}, length bigint NOT NULL DEFAULT 0,
    owner text NOT NULL DEFAULT '', until bigint NOT NULL DEFAULT 0, fence bigint NOT NULL DEFAULT 0,
    looker text NOT NULL DEFAULT '', looked_until bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (environment_id, run_id)
) WITH (fillfactor = 70);
CREATE INDEX run_heads_held ON run_heads (environment_id, owner) WHERE owner <> '';
CREATE TABLE run_journal (
    environment_id {_TEXT}, run_id {_TEXT}, seq bigint NOT NULL, line text NOT NULL,
    PRIMARY KEY (environment_id, run_id, seq)
);
CREATE TABLE runs (
    environment_id {_TEXT}, run_id {_TEXT}, workflow {_TEXT}, version {_TEXT}, status {_TEXT},
    started_at bigint NOT NULL, ended_at bigint, due bigint, parent_run {_TEXT}, parent text NOT NULL,
    listens text NOT NULL, breaches bigint NOT NULL, priority bigint NOT NULL,
    PRIMARY KEY (environment_id, run_id)
) WITH (fillfactor = 70);
CREATE INDEX runs_by_start ON runs (environment_id, started_at, run_id);
CREATE INDEX runs_by_status ON runs (environment_id, status, started_at, run_id);
CREATE INDEX runs_by_workflow ON runs (environment_id, workflow, started_at, run_id);
CREATE INDEX runs_by_caller ON runs (environment_id, parent_run, started_at, run_id) WHERE parent_run <> '';
CREATE INDEX runs_due ON runs (environment_id, due) WHERE ended_at IS NULL AND due IS NOT NULL;
CREATE INDEX runs_ended ON runs (environment_id, ended_at);
CREATE INDEX runs_by_version ON runs (environment_id, version);
CREATE TABLE run_versions (
    environment_id {_TEXT}, version {_TEXT}, workflow text NOT NULL, PRIMARY KEY (environment_id, version)
);
CREATE TABLE run_inbox (
    number bigint GENERATED ALWAYS AS IDENTITY, environment_id {_TEXT}, id {_TEXT}, type {_TEXT},
    data text NOT NULL, came bigint NOT NULL, taken_by text COLLATE "C", until bigint,
    PRIMARY KEY (environment_id, id)
);
CREATE INDEX run_inbox_by_type ON run_inbox (environment_id, type) WHERE taken_by IS NULL;
CREATE INDEX run_inbox_by_end ON run_inbox (environment_id, taken_by, until) WHERE until IS NOT NULL;
CREATE TABLE run_claims (
    ticket bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, environment_id {_TEXT}, key {_TEXT}, run_id {_TEXT},
    step text NOT NULL, slots bigint NOT NULL, taken boolean NOT NULL DEFAULT false, asked bigint NOT NULL,
    rank bigint NOT NULL, queue text NOT NULL, rate bigint, per bigint NOT NULL
);
CREATE INDEX run_claims_by_turn ON run_claims (environment_id, key, taken DESC, rank, ticket);
CREATE INDEX run_claims_by_ticket ON run_claims (environment_id, key, ticket);
CREATE INDEX run_claims_waiting ON run_claims (environment_id, key, rank, ticket) WHERE NOT taken;
CREATE UNIQUE INDEX run_claims_by_run ON run_claims (environment_id, run_id, step, queue);
CREATE TABLE run_queue_starts (environment_id {_TEXT}, key {_TEXT}, at bigint NOT NULL);
CREATE INDEX run_queue_starts_by_key ON run_queue_starts (environment_id, key, at);
CREATE TABLE run_cached_results (
    environment_id {_TEXT}, key {_TEXT}, run_id {_TEXT}, version text NOT NULL, step text NOT NULL,
    at bigint NOT NULL, until bigint NOT NULL, outcome text NOT NULL, rest text NOT NULL,
    PRIMARY KEY (environment_id, key)
);
CREATE INDEX run_cached_results_by_end ON run_cached_results (environment_id, until);
CREATE INDEX run_cached_results_by_run ON run_cached_results (environment_id, run_id);
CREATE TABLE run_starts (
    environment_id {_TEXT}, key {_TEXT}, run_id {_TEXT}, at bigint NOT NULL, PRIMARY KEY (environment_id, key)
);
CREATE INDEX run_starts_by_run ON run_starts (environment_id, run_id);
CREATE TABLE run_awaits (
    environment_id {_TEXT}, type {_TEXT}, key {_TEXT}, run_id {_TEXT},
    PRIMARY KEY (environment_id, type, key, run_id)
);
CREATE INDEX run_awaits_by_run ON run_awaits (environment_id, run_id);
CREATE TABLE run_heartbeats (
    environment_id {_TEXT}, run_id {_TEXT}, step text NOT NULL, details text NOT NULL,
    PRIMARY KEY (environment_id, run_id, step)
);
CREATE TABLE run_triggers (
    environment_id {_TEXT}, key {_TEXT}, workflow text NOT NULL, event {_TEXT}, seen bigint NOT NULL,
    changes bigint NOT NULL DEFAULT 0, PRIMARY KEY (environment_id, key)
);
CREATE INDEX run_triggers_by_event ON run_triggers (environment_id, event) WHERE event <> '';
CREATE TABLE run_firings (
    number bigint GENERATED ALWAYS AS IDENTITY, environment_id {_TEXT}, key {_TEXT}, occurrence {_TEXT},
    came bigint NOT NULL, at bigint, state text NOT NULL DEFAULT 'new', bunch text NOT NULL DEFAULT '',
    first bigint NOT NULL DEFAULT 0, pool text NOT NULL DEFAULT '', granted bigint,
    run_id text NOT NULL DEFAULT '', PRIMARY KEY (environment_id, occurrence, key)
);
CREATE INDEX run_firings_by_key ON run_firings (environment_id, key, came, number);
CREATE INDEX run_firings_open ON run_firings (environment_id, key, at) WHERE at IS NOT NULL;
CREATE INDEX run_firings_held ON run_firings (environment_id, key, bunch) WHERE state = 'held';
CREATE INDEX run_firings_granted ON run_firings (environment_id, key, pool, granted) WHERE granted IS NOT NULL;
CREATE INDEX run_firings_settled ON run_firings (environment_id, came) WHERE at IS NULL;
"""

_APPEND_ONLY = """
CREATE FUNCTION run_journal_keeps_its_past() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('auterity.pruning', true) = OLD.environment_id THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the journal is append-only';
END $$;
CREATE TRIGGER run_journal_keeps_its_past BEFORE UPDATE OR DELETE ON run_journal
    FOR EACH ROW EXECUTE FUNCTION run_journal_keeps_its_past();
CREATE TRIGGER run_journal_keeps_all_of_it BEFORE TRUNCATE ON run_journal
    FOR EACH STATEMENT EXECUTE FUNCTION run_journal_keeps_its_past();
"""


def upgrade() -> None:
    """Make the tables, where the database is PostgreSQL."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for statement in _TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)
    function, triggers = _APPEND_ONLY.split("END $$;\n")
    op.execute(f"{function}END $$")
    for statement in triggers.split(";\n"):
        if statement.strip():
            op.execute(statement)

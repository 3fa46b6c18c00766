"""The versions of workflows in PostgreSQL."""

from __future__ import annotations

import json
from typing import Any

from auterity_sdk.runtime.ports import Pins

_LOCK = "hashtextextended(%(environment)s || ' versions', 0)"
ALONE = f"SELECT pg_advisory_xact_lock({_LOCK})"
"""While runs are forgotten, nobody goes by a version that goes with them."""

KEEP = f""", stay AS MATERIALIZED (SELECT pg_advisory_xact_lock_shared({_LOCK})),
    kept AS (INSERT INTO run_versions (environment_id, version, workflow)
    SELECT %(environment)s, version, workflow FROM head CROSS JOIN stay
    CROSS JOIN unnest(%(versions)s::text[], %(workflows)s::text[]) AS given(version, workflow)
    ON CONFLICT DO NOTHING)"""
"""Keeps the workflows that are not there, as a part of the append by which a run goes by them.

Each is given in whole: that one is there is known for sure only behind the lock, and the statement was given what it can
read before. An index that has it already is asked in any case, and nothing is written then.
"""

DATA = """SELECT workflow FROM run_versions
    WHERE environment_id = %(environment)s AND version = %(version)s"""
BY_PREFIX = """SELECT version FROM run_versions WHERE environment_id = %(environment)s
    AND version >= %(first)s AND version < %(last)s ORDER BY version"""


def values_of_pins(pins: Pins) -> dict[str, Any]:
    """What `KEEP` is given."""
    versions = sorted(pins)
    texts = [json.dumps(pins[version], separators=(",", ":")) for version in versions]
    return {"versions": versions, "workflows": texts}

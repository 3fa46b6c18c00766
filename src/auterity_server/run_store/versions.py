"""The versions of workflows in PostgreSQL."""

from __future__ import annotations

import json

from auterity_sdk.runtime.ports import Pins
from auterity_server.run_store.bound import Bound

_LOCK = "hashtextextended(%(environment)s || ' versions', 0)"
_STAY = f"SELECT pg_advisory_xact_lock_shared({_LOCK})"
ALONE = f"SELECT pg_advisory_xact_lock({_LOCK})"
"""While runs are forgotten, nobody goes by a version that goes with them."""

_KEEP = """INSERT INTO run_versions (environment_id, version, workflow)
    VALUES (%(environment)s, %(version)s, %(workflow)s) ON CONFLICT DO NOTHING"""
_KNOWN = """SELECT version FROM run_versions
    WHERE environment_id = %(environment)s AND version = ANY(%(versions)s::text[])"""
DATA = """SELECT workflow FROM run_versions
    WHERE environment_id = %(environment)s AND version = %(version)s"""
BY_PREFIX = """SELECT version FROM run_versions WHERE environment_id = %(environment)s
    AND version >= %(first)s AND version < %(last)s ORDER BY version"""


async def keep_versions(bound: Bound, pins: Pins) -> None:
    """Keep the workflows that are not there, as part of the transaction by which runs go by them."""
    await bound.rows(_STAY)
    known = {version for (version,) in await bound.rows(_KNOWN, {"versions": sorted(pins)})}
    for version in sorted(pins.keys() - known):
        text = json.dumps(pins[version], separators=(",", ":"))
        await bound.change(_KEEP, {"version": version, "workflow": text})

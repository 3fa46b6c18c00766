"""What a run waits for from outside, in PostgreSQL: parts of the statement of its append."""

from __future__ import annotations

from typing import Any

from auterity_sdk.runtime.ports import Claims

_GIVEN = "unnest(%(types)s::text[], %(keys)s::text[]) AS given(type, key)"

AWAIT = f""", awaits AS (INSERT INTO run_awaits (environment_id, type, key, run_id)
    SELECT %(environment)s, given.type, given.key, %(run)s FROM head CROSS JOIN {_GIVEN} ON CONFLICT DO NOTHING)"""
AWAIT_NO_MORE = f""", awaited AS (DELETE FROM run_awaits USING head
    WHERE environment_id = %(environment)s AND run_id = %(run)s
    AND NOT EXISTS (SELECT 1 FROM {_GIVEN} WHERE given.type = run_awaits.type AND given.key = run_awaits.key))"""
"""Both parts read what was there before: so they may touch no row together."""


def values_of_awaits(claims: Claims) -> dict[str, Any]:
    """What these are given; nothing where what is awaited stays as it is."""
    if claims.awaits is None:
        return {}
    return {
        "types": [each for each, _ in claims.awaits],
        "keys": [key for _, key in claims.awaits],
    }

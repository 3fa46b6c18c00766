"""All parts of a scaled server are killed, one after the other; `python -m tests.server.kill_matrix` does more of it."""

from __future__ import annotations

from tests.server.kill_matrix import PARTS, play


def test_runs_outlive_the_death_of_every_part() -> None:
    paces = {"attempt_lease": "8s", "attempt_unclaimed": "1s", "sweep": "1s"}
    found = play(PARTS, 20, attempt_heartbeat="1s", **paces)
    assert found.repeated <= len(found.lost)

"""`schedule list`, `pause` and `resume` against the server process."""

from __future__ import annotations

import json

from tests.cli.hosted.conftest import Desk
from tests.server.triggers.test_schedules import ticking


def test_a_schedule_is_listed_let_rest_and_resumed(desk: Desk) -> None:
    desk.write("workflows/ticking.yaml", ticking("0 8 * * mon-sat", "America/Chicago"))
    assert desk("push").code == 0
    listed = desk("schedule", "list")
    assert listed.code == 0, listed.err
    assert listed.out.splitlines() == [
        "ticking",
        "  0 8 * * mon-sat America/Chicago  next 2026-11-25 08:00",
    ]
    assert listed.err.endswith("1 schedule\n")
    paused = desk("schedule", "pause", "ticking", "--cron", "0 8 * * mon-sat")
    assert paused.code == 0, paused.err
    assert "  paused since " in paused.out
    [found] = json.loads(desk("schedule", "list", "--json").out)
    assert (found["paused"], found["upcoming"]) == (True, [])
    assert "next 2026-11-25 08:00" in desk("schedule", "resume", "ticking").out


def test_a_schedule_that_is_not_there_is_said(desk: Desk) -> None:
    ended = desk("schedule", "pause", "none")
    assert ended.code == 2
    assert "no schedule of `none` is live" in ended.err
    desk.become("viewer")
    assert desk("schedule", "list").code == 0

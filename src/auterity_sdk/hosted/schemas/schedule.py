"""A schedule of a live workflow: when it starts runs, and whether it rests."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict

from auterity_sdk.hosted.schemas.shape import Answer, Id, Moment

FiringState = Literal[
    "new",
    "held",
    "queued",
    "granted",
    "started",
    "unmatched",
    "replaced",
    "dropped",
    "refused",
    "missed",
]


class Tick(Answer):
    """A time at which a schedule came due, and what came of it: `started` as `run_id`, or why not."""

    due: Moment
    state: FiringState
    run_id: Id | None = None


class Schedule(Answer):
    """A schedule. `upcoming` are the next times at which it comes due, none while it is `paused`; `to_make_up` at how many
    times it came due that start runs yet; `last` are the last times, the last first.

    It is the same, with the same `id`, as long as the workflow's name, the cron line and the time zone are.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "a2b1f0c4d5e6f7a8b9c0d1e2f3a4b5c6",
                    "workflow": "stock-report",
                    "cron": "0 8 * * mon-sat",
                    "timezone": "America/Chicago",
                    "missed": "once",
                    "paused": False,
                    "upcoming": ["2026-11-30T08:00:00-06:00"],
                    "to_make_up": 0,
                    "last": [
                        {
                            "due": "2026-11-28T08:00:00-06:00",
                            "state": "started",
                            "run_id": "3d1f8c2e9a",
                        }
                    ],
                }
            ]
        }
    )

    id: Id
    workflow: str
    cron: str
    timezone: str
    missed: Literal["once", "skip", "all"]
    paused: bool
    paused_by: Id | None = None
    paused_at: Moment | None = None
    upcoming: tuple[Moment, ...] = ()
    to_make_up: int = 0
    last: tuple[Tick, ...] = ()

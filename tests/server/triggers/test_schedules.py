"""Schedules of what is live: each tick one run, over restarts, rollbacks, pauses, summer time and several processes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from auterity_sdk.hosted.schemas.schedule import Schedule
from auterity_server.database.changes import note_change
from auterity_server.database.schedule_pauses import Pause, SchedulePauses
from tests.server.conftest import Owned, RunningServer
from tests.server.files import PAUSE, push
from tests.server.test_process import again, done, first, serving, staging
from tests.server.triggers.conftest import Process, Processes

HOUR = 3_600_000
At = Callable[[str], Processes]


def ticking(cron: str = "0 * * * *", timezone: str = "UTC", more: str = "") -> str:
    return f"""auterity: 1
name: ticking
input: {{due: string}}
triggers:
  - schedule: {{cron: "{cron}", timezone: {timezone}{more}}}
    input: {{due: "${{string(event.due)}}"}}
steps:
  hold: {{wait: 1ms}}
output: {{due: "${{input.due}}"}}
"""


RESTING = """auterity: 1
name: ticking
input: {due: string}
steps:
  hold: {wait: 1ms}
output: {due: "${input.due}"}
"""


async def dues(process: Process, count: int) -> list[str]:
    """The times for which runs were started, once there are so many, and a moment later still."""
    await process.until(
        lambda found: len([each for each in found if each.status == "succeeded"]) >= count
    )
    await asyncio.sleep(0.6)
    runs = (await process.runs()).runtime
    found = await process.all_runs()
    return sorted([(await runs.show(each.run_id)).output["due"] for each in found])


async def test_each_tick_starts_one_run_whichever_of_several_processes_sees_it(
    processes: At,
) -> None:
    at = processes("2026-11-24T15:30:00+00:00")
    one, other = await at.start(), await at.start()
    await one.push(ticking())
    await asyncio.sleep(1.5)  # the other one has noticed
    assert (await other.runs()).live["ticking"]
    for hour in (1, 2, 3):
        at.clock.forward(HOUR)
        await other.until(lambda found, hour=hour: len(found) >= hour)
    found = await dues(other, 3)
    assert found == [f"2026-11-24T{hour}:00:00Z" for hour in (16, 17, 18)]


async def test_what_goes_live_elsewhere_fires_here_without_a_restart(processes: At) -> None:
    at = processes("2026-11-24T15:30:00+00:00")
    one = await at.start()
    await one.push(RESTING)
    await at.stop()
    two, three = await at.start(), await at.start()
    await two.push(ticking())
    # The process that was told dies at once; the other one goes by what is live.
    (await two.runs()).firer._services = {}
    at.clock.forward(HOUR)
    assert await dues(three, 1) == ["2026-11-24T16:00:00Z"]


async def test_a_version_without_the_schedule_ends_it_and_a_rollback_fires_no_old_tick(
    processes: At,
) -> None:
    at = processes("2026-11-24T15:30:00+00:00")
    here = await at.start()
    await here.push(ticking())
    at.clock.forward(HOUR)
    assert await dues(here, 1) == ["2026-11-24T16:00:00Z"]
    await here.push(RESTING)
    at.clock.forward(5 * HOUR)
    assert len(await dues(here, 1)) == 1
    await here.roll_back("ticking")
    assert len(await dues(here, 1)) == 1
    at.clock.forward(HOUR)
    assert await dues(here, 2) == ["2026-11-24T16:00:00Z", "2026-11-24T22:00:00Z"]


async def test_a_changed_step_leaves_the_schedule_where_it_was(processes: At) -> None:
    at = processes("2026-11-24T15:30:00+00:00")
    here = await at.start()
    text = ticking(more=", missed: all")
    await here.push(text)
    at.clock.forward(2 * HOUR)
    await here.push(text.replace("1ms", "2ms"))
    found = await dues(here, 2)
    assert found == [f"2026-11-24T{hour}:00:00Z" for hour in (16, 17)]


@pytest.mark.parametrize(
    ("missed", "hours"), [("once", [19]), ("all", [16, 17, 18, 19]), ("skip", [])]
)
async def test_ticks_while_no_server_was_there_are_made_up_for_as_the_schedule_says(
    processes: At, missed: str, hours: list[int]
) -> None:
    at = processes("2026-11-24T15:30:00+00:00")
    here = await at.start()
    await here.push(ticking(more=f", missed: {missed}"))
    await at.stop()
    at.clock.forward(4 * HOUR)
    again = await at.start()
    assert await dues(again, len(hours)) == [f"2026-11-24T{hour}:00:00Z" for hour in hours]


async def test_one_workflow_whose_trigger_starts_nothing_holds_up_no_other(processes: At) -> None:
    at = processes("2026-11-24T15:30:00+00:00")
    here = await at.start()
    wrong = ticking().replace("name: ticking", "name: wrong")
    wrong = wrong.replace("string(event.due)", "string(1 / event.due.getSeconds())")
    await here.push(ticking(), wrong)
    at.clock.forward(HOUR)
    assert await dues(here, 1) == ["2026-11-24T16:00:00Z"]


# Summer time ends in Chicago on 2026-11-01 at 2:00, when it is 1:00 again, and begins on 2027-03-14 at 2:00.
async def test_a_time_that_the_clock_skips_is_due_once_when_it_is_turned(processes: At) -> None:
    at = processes("2027-03-13T12:00:00+00:00")
    more = ", missed: all, missed_within: 3d"
    await (await at.start()).push(ticking("30 2 * * *", "America/Chicago", more))
    await at.stop()
    at.clock.forward(48 * HOUR)
    again = await at.start()
    assert await dues(again, 2) == ["2027-03-14T08:00:00Z", "2027-03-15T07:30:00Z"]


def test_a_killed_server_that_starts_again_after_summer_time_misses_and_doubles_no_tick(
    tmp_path: Path,
) -> None:
    text = ticking("30 1 * * *", "America/Chicago", ", missed: all, missed_within: 3d")
    with serving(tmp_path, AUTERITY_NOW="2026-10-31T12:00:00Z") as (process, said):
        with first(said) as owner:
            path = staging(owner)
            done(owner.post(f"{path}/pushes", json=push(text)))
        process.kill()
    with serving(tmp_path, AUTERITY_NOW="2026-11-02T12:00:00Z") as (process, said):
        with again(said) as owner:
            found = runs_of(owner, path, 2)
        process.kill()
    due = [each["output"]["due"] for each in found]
    assert due == ["2026-11-01T06:30:00Z", "2026-11-02T07:30:00Z"]


def runs_of(owner: Any, path: str, count: int) -> list[dict[str, Any]]:
    """The runs in order of their due times, once so many have ended, and a moment later still."""
    for _ in range(400):
        found = done(owner.get(f"{path}/runs"))["items"]
        if len([each for each in found if each["status"] == "succeeded"]) >= count:
            break
    asyncio.run(asyncio.sleep(0.6))
    found = done(owner.get(f"{path}/runs"))["items"]
    whole = [done(owner.get(f"{path}/runs/{each['run_id']}")) for each in found]
    return sorted(whole, key=lambda each: each["output"]["due"])


@pytest.fixture
def scheduled(owned: Owned) -> Owned:
    path = f"/environments/{owned.staging}/pushes"
    owned.owner.done(path, push(ticking("0 8 * * mon-sat", "America/Chicago"), PAUSE), 201)
    return owned


def listed(owned: Owned) -> list[Schedule]:
    found = owned.owner.known(f"/environments/{owned.staging}/schedules")["items"]
    return [Schedule.model_validate(each) for each in found]


def test_schedules_are_listed_with_their_next_times(scheduled: Owned) -> None:
    [found] = listed(scheduled)
    assert (found.workflow, found.cron, found.missed) == ("ticking", "0 8 * * mon-sat", "once")
    # The server's clock begins on a Tuesday at 9:00 in Chicago.
    first_times = [each.astimezone(UTC) for each in found.upcoming]
    assert first_times == [datetime(2026, 11, day, 14, tzinfo=UTC) for day in (25, 26, 27)]
    assert not found.paused
    path = f"/environments/{scheduled.staging}/schedules"
    assert scheduled.owner.known(f"{path}/{found.id}")["id"] == found.id
    assert scheduled.owner.get(f"{path}/none").status_code == 404
    assert scheduled.owner.known(f"/environments/{scheduled.production}/schedules")["items"] == []


def test_schedules_come_in_pages(owned: Owned) -> None:
    texts = [ticking().replace("name: ticking", f"name: ticking-{each}") for each in "cab"]
    owned.owner.done(f"/environments/{owned.staging}/pushes", push(*texts), 201)
    path, seen = f"/environments/{owned.staging}/schedules", []
    page = owned.owner.known(path, limit=2)
    seen += page["items"]
    page = owned.owner.known(path, limit=2, cursor=page["next"])
    seen += page["items"]
    assert [each["workflow"] for each in seen] == ["ticking-a", "ticking-b", "ticking-c"]
    assert page["next"] is None


def test_a_schedule_rests_until_it_is_resumed(hosted: RunningServer, scheduled: Owned) -> None:
    [found] = listed(scheduled)
    path = f"/environments/{scheduled.staging}/schedules/{found.id}"
    scheduled.invite(hosted, "viewer").done(f"{path}/pause", None, 403)
    operator = scheduled.invite(hosted, "operator")
    paused = Schedule.model_validate(operator.done(f"{path}/pause", None))
    assert paused.paused
    assert paused.paused_by == operator.known("/me")["id"]
    assert paused.upcoming == ()
    assert (
        operator.done(f"{path}/pause", None)["paused_at"]
        == paused.model_dump(mode="json")["paused_at"]
    )
    runs = hosted.do(_runs_of(hosted, scheduled.staging))
    assert found.id not in runs.firer._services
    resumed = Schedule.model_validate(operator.done(f"{path}/resume", None))
    assert not resumed.paused
    assert resumed.upcoming == found.upcoming
    assert found.id in runs.firer._services
    entries = scheduled.owner.known(f"/organisations/{scheduled.organisation}/audit")["items"]
    said = [each["action"] for each in entries if each["action"].startswith("schedules:")]
    assert said == ["schedules:pause", "schedules:resume"]


async def _runs_of(server: RunningServer, environment: str) -> Any:
    return server.wiring.runs.known(environment)


async def test_what_came_due_while_a_schedule_rested_starts_nothing(processes: At) -> None:
    at = processes("2026-11-24T15:30:00+00:00")
    here = await at.start()
    await here.push(ticking(more=", missed: all"))
    [service] = (await here.runs()).services

    async def say(*, paused: bool) -> None:
        async with here.wiring.database.writing() as connection:
            place = here.environment.organisation_id, here.environment.id
            pauses = SchedulePauses(connection, *place)
            await pauses.say(Pause(service.key, paused, "usr_1", at.clock.now()))
            await note_change(connection, here.environment.id)
        await here.wiring.runs.changed(here.environment.id)

    await say(paused=True)
    at.clock.forward(5 * HOUR)
    assert await dues(here, 0) == []
    await say(paused=False)
    assert await dues(here, 0) == []
    at.clock.forward(HOUR)
    assert await dues(here, 1) == ["2026-11-24T21:00:00Z"]

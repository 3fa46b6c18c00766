"""Workers tell that they live and what they have; who is silent is taken for dead."""

from pathlib import Path

from auterity_server.database.database import Database
from auterity_server.database.workers import (
    SILENCE,
    LiveWorker,
    beat,
    forget_dead,
    gone,
    living,
)


async def test_a_worker_lives_as_long_as_it_says_so(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'control.db'}")
    await database.migrate()
    first = LiveWorker("one", True, 1, 1)
    second = LiveWorker("two", False, 2, 2, {"photos.grade": "ab12"}, ("slow",))
    async with database.writing() as connection:
        await beat(connection, second)
        await beat(connection, first)
        assert [each.id for each in await living(connection, 2)] == ["one", "two"]
        assert (await living(connection, 2))[1].step_types == {"photos.grade": "ab12"}
        assert list((await living(connection, 2))[1].queues) == ["slow"]
        assert [each.id for each in await living(connection, 1 + SILENCE)] == ["two"]
        await beat(connection, LiveWorker("one", True, 1, SILENCE))
        assert [each.id for each in await living(connection, 2 * SILENCE)] == []
        assert [each.id for each in await living(connection, 2 * SILENCE - 1)] == ["one"]
        ours = LiveWorker("ours", False, 1, 3, organisation_id="org_1")
        await beat(connection, ours)
        assert [each.id for each in await living(connection, 3, "org_2")] == ["two", "one"][::-1]
        assert "ours" in {each.id for each in await living(connection, 3, "org_1")}
        await gone(connection, "ours")
        await gone(connection, "one")
        await forget_dead(connection, 20 * SILENCE)
        assert await living(connection, 3) == []
    await database.close()

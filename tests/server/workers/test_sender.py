"""Who sends word of attempts sends, at its end, what there is; and ends soon though the broker is gone."""

from __future__ import annotations

import asyncio
import threading

import redis

from auterity_server.database.database import Database
from auterity_server.running.broker import MAIL, make_celery
from auterity_server.running.celery_carrier import CeleryCarriers
from auterity_server.settings import Settings
from tests.server.run_store.test_redis_channel import LONG
from tests.services.redis import running_redis

NOTHING = Database("sqlite+aiosqlite://")


def carriers(url: str) -> CeleryCarriers:
    return CeleryCarriers(make_celery(Settings(broker_url=url)), url, (), NOTHING)


async def test_what_there_is_at_the_end_is_sent(redis_url: str) -> None:
    sending = carriers(redis_url)
    for number in range(20):
        sending.send_mail(f"mail_{number}")
    await sending.close()
    with redis.Redis.from_url(redis_url) as client:
        assert client.llen(MAIL) == 20


async def test_it_ends_though_the_broker_is_gone() -> None:
    with running_redis() as broker:
        sending = carriers(broker.url)
        broker.kill()
        sending.send_mail("mail_1")
        async with asyncio.timeout(LONG):
            await sending.close()
    for each in threading.enumerate():
        if each.name == "auterity-sender":
            each.join(LONG)
            assert not each.is_alive()

"""Mail of a server with a broker: word of it goes by Celery, and the outbox carries it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from aiosmtpd.controller import Controller
from redis import Redis

from auterity_server.running.broker import MAIL
from tests.server.conftest import new_organisation, owner_of, running
from tests.server.files import DESK, push
from tests.server.mail.conftest import address, invite, mail_settings, mails_to, until
from tests.server.run_store.stores_in_postgres import make_tables
from tests.server.workers.scaled import workers


def test_a_worker_sends_what_it_is_told_of_and_what_the_broker_lost(
    tmp_path: Path, box: Controller, postgres_url: str, redis_url: str
) -> None:
    asyncio.run(make_tables(postgres_url))
    # Looked for once, when the worker begins: what comes later only the broker can tell of.
    settings = mail_settings(
        tmp_path / "data", box.port, database_url=postgres_url, broker_url=redis_url, sweep="1h"
    )
    told, lost, carried = address(), address(), address()
    with (
        running(settings) as server,
        owner_of(server, server.do(new_organisation(server.wiring))) as owned,
        Redis.from_url(redis_url) as redis,
    ):
        path = f"/environments/{owned.staging}"
        owned.owner.done(f"{path}/pushes", push(DESK), 201)
        asked = {"input": {"customer": "Ann Zuckerman", "amount": 14200}}
        owned.owner.done(f"{path}/workflows/desk/runs", asked, 201)
        invite(owned, lost)
        until(lambda: redis.llen(MAIL) == 1)
        assert lost.encode() not in (redis.lindex(MAIL, 0) or b"")
        redis.flushall()
        invite(owned, told)
        until(lambda: redis.llen(MAIL) == 1)
        with workers(settings, 1):
            for each in (told, lost):
                assert len(mails_to(box, each)) == 1
            invite(owned, carried)
            assert len(mails_to(box, carried)) == 1
            (approval,) = mails_to(box, owned.owner.known("/me")["email"])
            assert "asks for sales_manager" in approval.get_content()
            until(lambda: redis.llen(MAIL) == 0)

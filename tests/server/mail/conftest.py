"""A server that sends mail by a real SMTP server on loopback."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from auterity_server.settings import Settings
from tests.connections.conftest import Mailbox, free_port
from tests.server.conftest import (
    Owned,
    RunningServer,
    new_organisation,
    owner_of,
    running,
    settings_for,
)

PUBLIC = "https://flows.dealer.example"
PATIENCE = 20


def mail_settings(folder: Path, port: int, **more: object) -> Settings:
    given = {
        "smtp_url": f"smtp://127.0.0.1:{port}",
        "mail_from": "server@dealer.example",
        "public_url": PUBLIC,
        **more,
    }
    return settings_for(folder, **given)


def address() -> str:
    """One that no other test has."""
    return f"lee-{secrets.token_hex(4)}@dealer.example"


def until(holds: Callable[[], bool]) -> None:
    """Wait for something that comes soon."""
    ends = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < ends, "it did not come"
        time.sleep(0.02)


def mails_to(box: Controller, to: str, count: int = 1) -> list[EmailMessage]:
    """So many mails as came to an address, once they did."""
    until(lambda: len(_mails_to(box, to)) >= count)
    return _mails_to(box, to)


def _mails_to(box: Controller, to: str) -> list[EmailMessage]:
    return [each for each in box.handler.mails if each["To"] == to]


def token_in(mail: EmailMessage) -> str:
    found = re.search(re.escape(PUBLIC) + r"/sign-in#(\S+)", mail.get_content())
    assert found is not None, mail.get_content()
    return found[1]


def invite(owned: Owned, email: str, role: str = "viewer") -> Any:
    asked = {
        "email": email,
        "name": "Lee",
        "role": role,
        "scope": {"kind": "organisation", "id": owned.organisation},
    }
    return owned.owner.done(f"/organisations/{owned.organisation}/users", asked, 201)


@pytest.fixture(scope="module")
def box() -> Iterator[Controller]:
    server = Controller(Mailbox(), hostname="127.0.0.1", port=free_port())
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def mailing(tmp_path_factory: pytest.TempPathFactory, box: Controller) -> Iterator[RunningServer]:
    folder = tmp_path_factory.mktemp("mailing") / "data"
    with running(mail_settings(folder, box.port)) as found:
        yield found


@pytest.fixture
def ours(mailing: RunningServer) -> Iterator[Owned]:
    with owner_of(mailing, mailing.do(new_organisation(mailing.wiring))) as owned:
        yield owned


@pytest.fixture
def theirs(mailing: RunningServer) -> Iterator[Owned]:
    with owner_of(mailing, mailing.do(new_organisation(mailing.wiring))) as owned:
        yield owned

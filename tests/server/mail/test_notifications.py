"""Mails about what waits for somebody: to whom they go, what they say, and that they come once."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from auterity_server.database.tables.mails import mails
from auterity_server.database.tables.notifications import notifications
from tests.server.conftest import (
    Caller,
    Owned,
    RunningServer,
    new_organisation,
    owner_of,
    running,
    sign_in,
)
from tests.server.files import DESK, PAUSE, push
from tests.server.mail.conftest import (
    PUBLIC,
    address,
    mail_settings,
    mails_to,
    token_in,
    until,
)

ASKED = {"input": {"customer": "Ann Zuckerman", "amount": 14200}}

PASSED_ON = """auterity: 1
name: passed-on
steps:
  ask:
    approve:
      role: sales_manager
      remind: {after: 100ms}
      escalate: {after: 200ms, role: general_manager}
      timeout: 2d
ends: {said: ask.approved, refused: ask.rejected, late: ask.timeout}
"""

TRIAGE = """auterity: 1
name: triage
input: {message: string}
steps:
  intent:
    uses: ai.classify
    with: {text: "${input.message}", labels: [price, service]}
    timeout: 1m
    budget: {tokens: 900, when_over: pause, role: manager, timeout: 2d}
  person:
    needs: {any: [intent.invalid, intent.refused, intent.over_budget, intent.failed]}
    uses: task.assign
    with: {role: bdc, title: Read a message, due: 5m}
    timeout: 1m
ends: {told: intent, person: person}
"""

NOT_THE_REQUESTER = """auterity: 1
name: second-look
steps:
  ask: {approve: {role: sales_manager, exclude: requester, timeout: 2d}}
ends: {said: ask.approved, refused: ask.rejected, late: ask.timeout}
"""


@pytest.fixture(scope="module")
def notifying(tmp_path_factory: pytest.TempPathFactory, box: Controller) -> Iterator[RunningServer]:
    folder = tmp_path_factory.mktemp("notifying") / "data"
    with running(mail_settings(folder, box.port, sweep="50ms")) as found:
        yield found


@pytest.fixture
def ours(notifying: RunningServer) -> Iterator[Owned]:
    with owner_of(notifying, notifying.do(new_organisation(notifying.wiring))) as owned:
        yield owned


class Person:
    """A member with a role, who was invited by mail; `heard` are the mails that came since."""

    def __init__(
        self, server: RunningServer, box: Controller, owned: Owned, role: str, *answers: str
    ) -> None:
        self.email, self.box = address(), box
        scope = {"kind": "organisation", "id": owned.organisation}
        asked = {
            "email": self.email,
            "name": role,
            "role": role,
            "scope": scope,
            "business_roles": answers,
        }
        made = owned.owner.done(f"/organisations/{owned.organisation}/users", asked, 201)
        self.id = made["user"]["id"]
        self.caller: Caller = sign_in(server, token_in(mails_to(box, self.email)[0]))
        owned.invited.append(self.caller)

    def heard(self, count: int = 1) -> list[EmailMessage]:
        return mails_to(self.box, self.email, 1 + count)[1:]


def _rows(server: RunningServer, owned: Owned) -> list[Any]:
    async def found() -> list[Any]:
        query = select(notifications).where(notifications.c.organisation_id == owned.organisation)
        async with server.wiring.database.reading() as connection:
            return list(await connection.execute(query))

    return server.do(found())


def _told(server: RunningServer, owned: Owned, who: str) -> list[Any]:
    return [each for each in _rows(server, owned) if each.user_id == who]


def _push(owned: Owned, *texts: str) -> str:
    path = f"/environments/{owned.staging}"
    owned.owner.done(f"{path}/pushes", push(*texts), 201)
    return path


def _started(caller: Caller, path: str, workflow: str, asked: Any = None) -> str:
    run: str = caller.done(f"{path}/workflows/{workflow}/runs", asked or {}, 201)["run_id"]
    return run


def test_who_may_answer_an_approval_is_mailed_where_it_is_and_nothing_of_the_customer(
    notifying: RunningServer, box: Controller, ours: Owned
) -> None:
    manager = Person(notifying, box, ours, "approver", "sales_manager")
    other = Person(notifying, box, ours, "approver", "finance_manager")
    path = _push(ours, DESK)
    run = _started(ours.owner, path, "desk", ASKED)
    (mail,) = manager.heard()
    said = mail.get_content()
    assert mail["Subject"] == "An approval of desk waits for you"
    assert f"auterity approve {run} 'manager'" in said
    assert "staging of " in said
    assert ", until 20" in said
    assert "Ann" not in mail.as_string()
    assert "14200" not in mail.as_string()
    link = f"{path}/approvals/{run}/manager"
    assert f"  {PUBLIC}/api/v1{link}" in said.splitlines()
    assert manager.caller.known(link)["role"] == "sales_manager"
    manager.caller.done(link, {"approved": True})
    assert manager.caller.get(link).status_code == 404
    assert {each.user_id for each in _rows(notifying, ours)} == {manager.id}
    assert _told(notifying, ours, other.id) == []


def test_who_asked_is_not_told_where_another_has_to_answer(
    notifying: RunningServer, box: Controller, ours: Owned
) -> None:
    asker, second = (Person(notifying, box, ours, "approver", "sales_manager") for _ in range(2))
    place = {"kind": "organisation", "id": ours.organisation}
    granted = {"user": asker.id, "role": "operator", "scope": place}
    ours.owner.done(f"/organisations/{ours.organisation}/grants", granted, 201)
    _started(asker.caller, _push(ours, NOT_THE_REQUESTER), "second-look")
    second.heard()
    assert {each.user_id for each in _rows(notifying, ours)} == {second.id}


def test_a_reminder_is_told_and_what_is_passed_on_goes_to_the_others(
    notifying: RunningServer, box: Controller, ours: Owned
) -> None:
    """Within a minute nobody is mailed twice: the reminder waits for the next mail."""
    manager = Person(notifying, box, ours, "approver", "sales_manager")
    boss = Person(notifying, box, ours, "approver", "general_manager")
    _started(ours.owner, _push(ours, PASSED_ON), "passed-on")
    (mail,) = boss.heard()
    assert "asks for general_manager" in mail.get_content()
    told = _told(notifying, ours, manager.id)
    assert {each.reminders for each in told} <= {0, 1}
    assert [each.role for each in told] == ["sales_manager"] * len(told)
    assert len(manager.heard()) == 1
    assert all(each.mailed_at is None for each in told if each.reminders == 1)


def test_a_budget_that_asks_is_told_and_answered_as_approvals_are(
    notifying: RunningServer, box: Controller, ours: Owned
) -> None:
    manager = Person(notifying, box, ours, "approver", "manager")
    path = _push(ours, TRIAGE)
    run = _started(ours.owner, path, "triage", {"input": {"message": "What is your best price?"}})
    (mail,) = manager.heard()
    link = f"{path}/approvals/{run}/intent"
    assert f"  {PUBLIC}/api/v1{link}" in mail.get_content().splitlines()
    (listed,) = manager.caller.known(f"{path}/approvals")["items"]
    assert (listed["step"], listed["role"]) == ("intent", "manager")
    refused = manager.caller.post(link, json={"approved": True, "form": {"usd": 5}})
    assert refused.status_code in (409, 422)
    manager.caller.done(link, {"approved": True})
    until(lambda: ours.owner.known(f"{path}/runs/{run}")["status"] == "succeeded")
    assert len(_told(notifying, ours, manager.id)) == 1


def test_where_nobody_has_the_role_owners_are_told(
    notifying: RunningServer, box: Controller, ours: Owned
) -> None:
    _started(ours.owner, _push(ours, DESK), "desk", ASKED)
    me = ours.owner.known("/me")
    (mail,) = mails_to(box, me["email"])
    assert "asks for sales_manager" in mail.get_content()


def test_who_wants_no_mails_gets_none(
    notifying: RunningServer, box: Controller, ours: Owned
) -> None:
    quiet, manager = (Person(notifying, box, ours, "approver", "sales_manager") for _ in range(2))
    assert quiet.caller.known("/me")["notified"] is True
    said = quiet.caller.patch("/me", json={"notified": False})
    assert (said.status_code, said.json()["notified"]) == (200, False)
    _started(ours.owner, _push(ours, DESK), "desk", ASKED)
    manager.heard()
    assert _told(notifying, ours, quiet.id) == []
    trail = ours.owner.known(f"/organisations/{ours.organisation}/audit")["items"]
    assert "notifications:off" in {each["action"] for each in trail}


def test_a_second_person_is_told_of_a_deployment_and_who_asked_of_the_answer(
    notifying: RunningServer, box: Controller, ours: Owned
) -> None:
    first, second = (Person(notifying, box, ours, "developer") for _ in range(2))
    viewer = Person(notifying, box, ours, "viewer")
    path = f"/environments/{ours.production}"
    ours.owner.patch(path, json={"protected": True})
    pushed = first.caller.done(f"{path}/pushes", push(PAUSE, DESK), 201)["deployments"]
    (mail,) = second.heard()
    said = mail.get_content()
    assert mail["Subject"] == "2 matters on Auterity"
    for each in pushed:
        link = f"{path}/deployments/{each['id']}"
        assert f"  {PUBLIC}/api/v1{link}" in said.splitlines()
        assert second.caller.known(link)["status"] == "pending"
    assert _told(notifying, ours, first.id) == _told(notifying, ours, viewer.id) == []
    second.caller.done(f"{path}/deployments/{pushed[0]['id']}", {"approved": True})
    second.caller.done(f"{path}/deployments/{pushed[1]['id']}", {"approved": False})
    (answered,) = first.heard()
    assert "is live" in answered.get_content()
    told = {each.kind for each in _told(notifying, ours, first.id)}
    assert told == {"confirmed", "rejected"}


def test_what_waited_before_the_server_sent_mail_is_told_once_it_does(
    tmp_path: Path, box: Controller
) -> None:
    """So a process that dies between an approval and its mail loses nothing: the next one finds what waits."""
    silent = mail_settings(tmp_path, box.port, smtp_url="", mail_from="")
    with (
        running(silent) as server,
        owner_of(server, server.do(new_organisation(server.wiring))) as owned,
    ):
        email = owned.owner.known("/me")["email"]
        _started(owned.owner, _push(owned, DESK), "desk", ASKED)
        assert _rows(server, owned) == []
    for _ in range(2):
        with running(mail_settings(tmp_path, box.port, sweep="50ms")) as server:
            assert len(mails_to(box, email)) == 1
            until(lambda: _ended(server) == 1)


def _ended(server: RunningServer) -> int:
    async def found() -> int:
        query = select(mails.c.id).where(mails.c.ended_at.is_not(None))
        async with server.wiring.database.reading() as connection:
            return len((await connection.execute(query)).all())

    return server.do(found())

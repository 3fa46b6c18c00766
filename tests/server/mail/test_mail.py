"""Invitations and new passwords by mail: who reads the mail of an address, and nobody else, has the account."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from auterity_server.access.granting import NewGrant, write_grant
from auterity_server.access.links import Links
from auterity_server.access.membership import add_member, add_user
from auterity_server.access.permissions import Role
from auterity_server.access.principal import Kind, Place
from auterity_server.database.tables.audit import audit
from auterity_server.database.tables.mails import mails
from tests.server.conftest import PASSWORD, Caller, Owned, RunningServer, sign_in
from tests.server.mail.conftest import address, invite, mails_to, token_in

OTHER = "four other words altogether"


def _stranger(server: RunningServer) -> Caller:
    return Caller(server, "none")


def _with_password(server: RunningServer, email: str, password: str = PASSWORD) -> httpx2.Response:
    with _stranger(server) as stranger:
        return stranger.post("/sign-in/password", json={"email": email, "password": password})


def _forgotten(server: RunningServer, email: str) -> httpx2.Response:
    with _stranger(server) as stranger:
        return stranger.post("/sign-in/forgotten", json={"email": email})


def _rows(server: RunningServer, query: Any) -> list[Any]:
    async def found() -> list[Any]:
        async with server.wiring.database.reading() as connection:
            return list(await connection.execute(query))

    return server.do(found())


def _organisations(caller: Caller) -> set[str]:
    return {each["organisation"]["id"] for each in caller.known("/me")["memberships"]}


def test_an_invitation_goes_by_mail_and_is_accepted_by_its_link(
    mailing: RunningServer, box: Controller, ours: Owned
) -> None:
    email = address()
    made = invite(ours, email)
    assert made["mailed"] is True
    assert made["sign_in_link"] is None
    assert made["user"]["invited"] is True
    (mail,) = mails_to(box, email)
    assert mail["From"] == "Auterity <server@dealer.example>"
    assert "invited" in mail["Subject"]
    with sign_in(mailing, token_in(mail)) as lee:
        assert _organisations(lee) == {ours.organisation}
    user = f"/organisations/{ours.organisation}/users/{made['user']['id']}"
    assert ours.owner.known(user)["invited"] is False
    assert _with_password(mailing, email).status_code == 200


def test_an_invited_address_blocks_no_other_tenant(
    mailing: RunningServer, box: Controller, ours: Owned, theirs: Owned
) -> None:
    """Neither while nobody accepts, nor afterwards; and one acceptance is enough, since it shows whose the address is."""
    email = address()
    invite(ours, email)
    invite(theirs, email)
    first, _ = mails_to(box, email, 2)
    with sign_in(mailing, token_in(first)) as lee:
        assert _organisations(lee) == {ours.organisation, theirs.organisation}


def test_who_has_shown_the_address_is_added_to_another_organisation_and_told(
    mailing: RunningServer, box: Controller, ours: Owned, theirs: Owned
) -> None:
    email = address()
    invite(ours, email)
    with sign_in(mailing, token_in(mails_to(box, email)[0])) as lee:
        invite(theirs, email)
        told = mails_to(box, email, 2)[1]
        assert "sign-in#" not in told.get_content()
        assert _organisations(lee) == {ours.organisation, theirs.organisation}


def test_who_was_shown_a_link_gains_nothing_by_an_invitation_of_others(
    mailing: RunningServer, box: Controller, ours: Owned, theirs: Owned
) -> None:
    """An account that its first inviter may hold: it becomes the reader's of the mail, with all that others gave it."""
    email = address()
    shown = mailing.do(_added_without_mail(mailing, ours.organisation, email))
    with sign_in(mailing, shown) as somebody:
        invite(theirs, email)
        (mail,) = mails_to(box, email)
        assert _organisations(somebody) == {ours.organisation}
        with sign_in(mailing, token_in(mail)) as lee:
            assert _organisations(lee) == {ours.organisation, theirs.organisation}
        assert somebody.get("/me").status_code == 401


async def _added_without_mail(server: RunningServer, organisation: str, email: str) -> str:
    """The token of a link that was shown to who invited somebody, before the server sent mail."""
    wiring = server.wiring
    now = wiring.clock.now()
    async with wiring.database.writing() as connection:
        user = await add_user(connection, email, now)
        await add_member(connection, organisation, user, "Lee", now)
        viewer = NewGrant(Role.VIEWER, "organisation", organisation)
        await write_grant(connection, "test", Kind.USER, user, viewer, Place(organisation), now)
        return await Links(60_000, wiring.clock.now).make(connection, user, "test")


def test_a_new_password_by_mail_once_and_all_sign_ins_end(
    mailing: RunningServer, box: Controller, ours: Owned
) -> None:
    email = address()
    invite(ours, email)
    with sign_in(mailing, token_in(mails_to(box, email)[0])) as lee:
        assert _forgotten(mailing, email.upper()).status_code == 202
        token = token_in(mails_to(box, email, 2)[1])
        given = {"token": token, "password": OTHER}
        with _stranger(mailing) as stranger:
            assert stranger.post("/sign-in/link", json=given).status_code == 200
            assert stranger.post("/sign-in/link", json=given).status_code == 401
        assert lee.get("/me").status_code == 401
    assert _with_password(mailing, email).status_code == 401
    assert _with_password(mailing, email, OTHER).status_code == 200
    said = {
        row.action
        for row in _rows(
            mailing, select(audit.c.action).where(audit.c.organisation_id == ours.organisation)
        )
    }
    assert {"password:forgotten", "password:set"} <= said


def test_the_answer_is_the_same_for_an_address_that_is_nobodys(
    mailing: RunningServer, box: Controller, ours: Owned
) -> None:
    known, nobodys = address(), address()
    invite(ours, known)
    before = len(_rows(mailing, select(mails.c.id)))
    answers = [[_forgotten(mailing, each) for _ in range(4)] for each in (known, nobodys)]
    said = [
        [(one.status_code, one.headers.get("content-type")) for one in each] for each in answers
    ]
    assert said[0] == said[1]
    assert [status for status, _ in said[0]] == [202] * 4
    mailing.do(mailing.wiring.access.forgotten.settled())
    assert len(_rows(mailing, select(mails.c.id))) == before + 3
    assert len(mails_to(box, known, 4)) == 4


def test_the_page_for_a_forgotten_password(
    mailing: RunningServer, box: Controller, ours: Owned
) -> None:
    email = address()
    invite(ours, email)
    with httpx2.Client(base_url=mailing.url) as browser:
        assert 'name="email"' in browser.get("/sign-in/forgotten").text
        pages = [browser.post("/sign-in/forgotten", data={"email": e}) for e in (email, address())]
    assert pages[0].text == pages[1].text
    assert "Look into your mail" in pages[0].text
    assert "new password" in mails_to(box, email, 2)[1]["Subject"]


def test_a_host_that_a_request_names_is_in_no_mail(
    mailing: RunningServer, box: Controller, ours: Owned
) -> None:
    email = address()
    invite(ours, email)
    with httpx2.Client(base_url=mailing.url, headers={"Host": "evil.example"}) as browser:
        browser.post("/api/v1/sign-in/forgotten", json={"email": email})
    assert "evil.example" not in mails_to(box, email, 2)[1].as_string()


def test_what_was_sent_is_kept_without_address_and_link(
    mailing: RunningServer, box: Controller, ours: Owned
) -> None:
    email = address()
    made = invite(ours, email)
    mails_to(box, email)
    query = select(mails).where(mails.c.user_id == made["user"]["id"])
    while (row := _rows(mailing, query)[0]).ended_at is None:
        pass
    assert row.sealed is None
    assert row.failure is None
    assert email not in str(row)


def test_an_invitation_is_sent_again_by_a_new_link(
    mailing: RunningServer, box: Controller, ours: Owned
) -> None:
    email = address()
    user = invite(ours, email)["user"]["id"]
    path = f"/organisations/{ours.organisation}/users/{user}/sign-in-link"
    again = ours.owner.done(path, None, 201)
    assert (again["mailed"], again["sign_in_link"]) == (True, None)
    with sign_in(mailing, token_in(mails_to(box, email, 2)[1])) as lee:
        assert _organisations(lee) == {ours.organisation}


@pytest.mark.parametrize("email", ["lee@localhost", '"x"@dealer.example', "a,b@dealer.example"])
def test_an_address_to_which_no_mail_can_go_is_refused(ours: Owned, email: str) -> None:
    asked = {
        "email": email,
        "name": "Lee",
        "role": "viewer",
        "scope": {"kind": "organisation", "id": ours.organisation},
    }
    refused = ours.owner.post(f"/organisations/{ours.organisation}/users", json=asked)
    assert (refused.status_code, refused.json()["errors"][0]["location"]) == (422, "body/email")


def test_a_server_without_mail_says_so(hosted: RunningServer) -> None:
    refused = _forgotten(hosted, "lee@dealer.example")
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")

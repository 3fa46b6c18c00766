"""Two servers on one database and one Redis: what one takes away, or lets a browser be, holds at the other at once."""

from pathlib import Path

import httpx2

from tests.server.conftest import (
    PASSWORD,
    Caller,
    RunningServer,
    new_organisation,
    owner_of,
    running,
    settings_for,
)


def test_what_one_changes_of_sign_ins_holds_at_the_other(
    tmp_path: Path, database_url: str, redis_url: str
) -> None:
    shared = {"database_url": database_url, "broker_url": redis_url, "role": "api"}
    settings = settings_for(tmp_path / "data", **shared)
    with running(settings) as one, running(settings) as two:
        link = one.do(new_organisation(one.wiring))
        with owner_of(one, link) as owned:
            viewer = owned.invite(one, "viewer")
            token = viewer.headers["authorization"].partition(" ")[2]
            me = viewer.known("/me")
            with Caller(two, token) as there:
                _stays_signed_in(one, two, me["email"])
                stores = f"/organisations/{owned.organisation}/stores"
                there.known(stores)
                grant = me["memberships"][0]["grants"][0]["id"]
                grants = f"/organisations/{owned.organisation}/grants"
                owned.owner.delete(f"{grants}/{grant}").raise_for_status()
                assert there.get(stores).status_code == 404


def _stays_signed_in(one: RunningServer, two: RunningServer, email: str) -> None:
    """Approve a device at one server; the browser is known at the other, and signs out there."""
    with httpx2.Client(verify=False) as browser:
        start = f"{one.url}/api/v1/device/start"
        code = browser.post(start, json={"client": "auterity on a mac"}).json()["user_code"]
        asked = {"code": code, "email": email, "password": PASSWORD, "answer": "approve"}
        assert "Approved" in browser.post(f"{one.url}/device", data={**asked, "stay": "yes"}).text
        page = browser.get(f"{two.url}/device").text
        assert f"You are {email}" in page
        form = page.partition('name="form" value="')[2].partition('"')[0]
        assert "Signed out" in browser.post(f"{two.url}/sign-out", data={"form": form}).text
        assert "You are" not in browser.get(f"{one.url}/device").text

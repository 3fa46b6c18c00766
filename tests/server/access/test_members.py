"""Members, roles and API keys: who gives what to whom, and what stays with one tenant."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from auterity_server.access.membership import own
from auterity_server.database.tables.api_keys import api_keys
from auterity_server.database.tables.audit import audit
from tests.server.access.conftest import (
    DAY,
    LIVE,
    OTHER_LIVE,
    OTHER_STORE,
    OURS,
    PASSWORD,
    STAGING,
    STORE,
    THEIR_STORE,
    THEIRS,
    House,
)

ORGANISATION = f"/api/v1/organisations/{OURS}"


def _scope(kind: str, id: str) -> dict[str, str]:
    return {"kind": kind, "id": id}


async def _do(house: House, who: str, method: str, path: str, body: Any = None) -> Any:
    headers = await house.sign_in(who)
    return await house.client.request(method, f"{ORGANISATION}{path}", json=body, headers=headers)


def _new(email: str, role: str = "viewer", scope: Any = None, **more: Any) -> dict[str, Any]:
    return {
        "email": email,
        "name": "New Person",
        "role": role,
        "scope": scope or _scope("organisation", OURS),
        **more,
    }


async def test_a_new_member_gets_a_link_and_signs_in_with_it(house: House) -> None:
    made = await _do(house, "owner", "POST", "/users", _new("lee@example.com"))
    assert made.status_code == 201
    address = made.json()["sign_in_link"]
    assert address.startswith("http://auterity.test/sign-in#aut_link_")
    token = address.partition("#")[2]
    answer = await house.client.post(
        "/api/v1/sign-in/link", json={"token": token, "password": "a password of mine"}
    )
    me = await house.me({"Authorization": f"Bearer {answer.json()['access_token']}"})
    (membership,) = me.json()["memberships"]
    assert me.json()["name"] == "New Person"
    assert membership["organisation"]["id"] == OURS
    assert membership["grants"][0]["role"] == "viewer"


async def _owns_both(house: House) -> None:
    """Let our owner own the other organisation too."""
    async with house.database.writing() as connection:
        await own(connection, THEIRS, house.users["owner"], "Owner", "test", house.clock.now())


async def test_an_account_of_another_organisation_is_not_added(house: House) -> None:
    """Whoever made it may have chosen its password, and would come in by it."""
    refused = await _do(house, "owner", "POST", "/users", _new("stranger@example.com", "owner"))
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert "another organisation" in refused.json()["detail"]
    me = (await house.me(await house.sign_in("stranger"))).json()
    assert [each["organisation"]["id"] for each in me["memberships"]] == [THEIRS]


async def test_who_belongs_nowhere_begins_anew_without_the_old_password(house: House) -> None:
    before = await house.tokens("viewer")
    user = house.users["viewer"]
    assert (await _do(house, "owner", "DELETE", f"/users/{user}")).status_code == 204
    made = await _do(house, "owner", "POST", "/users", _new("viewer@example.com"))
    assert made.json()["user"]["id"] == user
    assert "#aut_link_" in made.json()["sign_in_link"]
    old = {"email": "viewer@example.com", "password": PASSWORD}
    assert (await house.client.post("/api/v1/sign-in/password", json=old)).status_code == 401
    headers = {"Authorization": f"Bearer {before['access_token']}"}
    assert (await house.me(headers)).status_code == 401


async def test_who_has_an_account_elsewhere_gets_no_link_that_would_open_it(house: House) -> None:
    await _owns_both(house)
    made = await _do(house, "owner", "POST", "/users", _new("stranger@example.com", "owner"))
    assert made.status_code == 201
    assert made.json()["sign_in_link"] is None
    user = made.json()["user"]["id"]
    link = await _do(house, "owner", "POST", f"/users/{user}/sign-in-link")
    assert (link.status_code, link.json()["code"]) == (409, "conflict")
    me = (await house.me(await house.sign_in("stranger"))).json()
    assert {each["organisation"]["id"] for each in me["memberships"]} == {OURS, THEIRS}


async def test_being_inactive_in_one_organisation_changes_nothing_in_another(house: House) -> None:
    await _owns_both(house)
    made = await _do(house, "owner", "POST", "/users", _new("stranger@example.com"))
    user = made.json()["user"]["id"]
    changed = await _do(house, "owner", "PATCH", f"/users/{user}", {"active": False})
    assert changed.json()["active"] is False
    headers = await house.sign_in("stranger")
    me = (await house.me(headers)).json()
    assert [each["organisation"]["id"] for each in me["memberships"]] == [THEIRS]
    mine = await house.client.get(f"{ORGANISATION}/users", headers=headers)
    assert mine.status_code == 404
    await _do(house, "owner", "DELETE", f"/users/{user}")
    assert (await house.me(headers)).status_code == 200


async def test_a_member_twice_is_a_conflict(house: House) -> None:
    again = await _do(house, "owner", "POST", "/users", _new("viewer@example.com"))
    assert (again.status_code, again.json()["code"]) == (409, "conflict")


async def test_a_link_for_a_member_of_this_organisation_alone(house: House) -> None:
    user = house.users["viewer"]
    made = await _do(house, "owner", "POST", f"/users/{user}/sign-in-link")
    assert made.status_code == 201
    assert "#aut_link_" in made.json()["sign_in_link"]


@pytest.mark.parametrize("change", ["DELETE user", "PATCH user", "DELETE grant"])
async def test_an_organisation_keeps_an_owner(house: House, change: str) -> None:
    method, _, noun = change.partition(" ")
    user = house.users["owner"]
    listed = (await _do(house, "owner", "GET", f"/grants?user={user}")).json()["items"]
    path = f"/users/{user}" if noun == "user" else f"/grants/{listed[0]['id']}"
    body = {"active": False} if method == "PATCH" else None
    refused = await _do(house, "owner", method, path, body)
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    second = {"user": house.users["viewer"], "role": "owner", "scope": _scope("organisation", OURS)}
    assert (await _do(house, "owner", "POST", "/grants", second)).status_code == 201
    assert (await _do(house, "owner", method, path, body)).is_success


async def test_an_owner_of_a_store_acts_in_it_alone(house: House) -> None:
    inside = _new("new@example.com", "operator", _scope("environment", LIVE))
    outside = [_scope("organisation", OURS), _scope("store", OTHER_STORE)]
    made = await _do(house, "storekeeper", "POST", "/users", inside)
    assert made.status_code == 201
    for scope in outside:
        refused = await _do(
            house, "storekeeper", "POST", "/users", _new("x@example.com", "viewer", scope)
        )
        assert refused.status_code in {403, 422}
    user = made.json()["user"]["id"]
    for method, path in (("DELETE", ""), ("PATCH", ""), ("POST", "/sign-in-link")):
        body = {"name": "Other"} if method == "PATCH" else None
        refused = await _do(house, "storekeeper", method, f"/users/{user}{path}", body)
        assert refused.status_code == 403


async def test_an_owner_of_a_store_sees_whom_it_concerns(house: House) -> None:
    async def seen(who: str) -> set[str]:
        items = (await _do(house, who, "GET", "/users")).json()["items"]
        return {item["email"].partition("@")[0] for item in items}

    assert await seen("storekeeper") == {"storekeeper", "pilot"}
    assert await seen("owner") == set(house.users) - {"stranger"}
    grants = (await _do(house, "storekeeper", "GET", "/grants")).json()["items"]
    assert {grant["scope"]["id"] for grant in grants} == {STORE, STAGING}


async def test_nobody_takes_a_role_that_they_could_not_give(house: House) -> None:
    items = (await _do(house, "owner", "GET", "/grants")).json()["items"]
    (viewers,) = [g["id"] for g in items if g["user"] == house.users["viewer"]]
    (pilots,) = [g["id"] for g in items if g["user"] == house.users["pilot"]]
    assert (await _do(house, "storekeeper", "DELETE", f"/grants/{viewers}")).status_code == 403
    assert (await _do(house, "storekeeper", "DELETE", f"/grants/{pilots}")).status_code == 204
    assert (await _do(house, "owner", "DELETE", f"/grants/{pilots}")).status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"role": "viewer", "scope": _scope("store", THEIR_STORE)}, 422),
        ({"role": "viewer", "scope": _scope("store", "sto_none")}, 422),
        ({"role": "viewer", "scope": _scope("organisation", THEIRS)}, 422),
        ({"role": "viewer", "scope": _scope("organisation", OURS)}, 409),
        ({"role": "viewer", "scope": _scope("store", STORE), "business_roles": ["gm"]}, 422),
        ({"role": "king", "scope": _scope("store", STORE)}, 422),
        ({"role": "approver", "scope": _scope("store", STORE), "business_roles": ["gm"]}, 201),
    ],
)
async def test_a_role_is_given_in_ones_own_organisation(
    house: House, body: dict[str, Any], status: int
) -> None:
    answer = await _do(house, "owner", "POST", "/grants", {"user": house.users["viewer"], **body})
    assert answer.status_code == status, answer.text


async def test_another_tenants_people_keys_and_roles_are_not_there(house: House) -> None:
    theirs = await house.sign_in("stranger")
    base = f"/api/v1/organisations/{THEIRS}"
    key = await house.client.post(
        f"{base}/api-keys",
        json={"name": "CI", "role": "viewer", "scope": _scope("organisation", THEIRS)},
        headers=theirs,
    )
    grants = (await house.client.get(f"{base}/grants", headers=theirs)).json()["items"]
    stranger = house.users["stranger"]
    for method, path, body in (
        ("GET", f"/users/{stranger}", None),
        ("PATCH", f"/users/{stranger}", {"active": False}),
        ("DELETE", f"/users/{stranger}", None),
        ("POST", f"/users/{stranger}/sign-in-link", None),
        ("GET", f"/api-keys/{key.json()['api_key']['id']}", None),
        ("DELETE", f"/api-keys/{key.json()['api_key']['id']}", None),
        ("DELETE", f"/grants/{grants[0]['id']}", None),
        ("POST", "/grants", {"user": stranger, "role": "viewer", "scope": _scope("store", STORE)}),
    ):
        answer = await _do(house, "owner", method, path, body)
        assert answer.status_code == 404, (method, path)


async def _key(house: House, role: str, scope: dict[str, str], **more: Any) -> dict[str, Any]:
    body = {"name": "CI", "role": role, "scope": scope, **more}
    answer = await _do(house, "owner", "POST", "/api-keys", body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def _bearer(made: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {made['secret']}"}


async def test_an_api_key_acts_in_its_place(house: House) -> None:
    made = await _key(house, "auditor", _scope("store", STORE))
    assert made["secret"].startswith(made["api_key"]["prefix"])
    me = (await house.me(_bearer(made))).json()
    assert (me["kind"], me["name"], me["email"]) == ("api_key", "CI", None)
    seen = await house.client.get(f"{ORGANISATION}/users", headers=_bearer(made))
    assert {item["email"] for item in seen.json()["items"]} == {
        "storekeeper@example.com",
        "pilot@example.com",
    }
    theirs = await house.client.get(f"/api/v1/organisations/{THEIRS}/users", headers=_bearer(made))
    assert theirs.status_code == 404


async def test_no_api_key_manages_people_or_keys(house: House) -> None:
    made = await _key(house, "owner", _scope("organisation", OURS))
    for path, body in (
        ("/users", _new("x@example.com")),
        ("/api-keys", {"name": "K", "role": "viewer", "scope": _scope("organisation", OURS)}),
    ):
        answer = await house.client.post(f"{ORGANISATION}{path}", json=body, headers=_bearer(made))
        assert answer.status_code == 403


async def test_a_revoked_key_is_refused_at_once(house: House) -> None:
    made = await _key(house, "viewer", _scope("organisation", OURS))
    for _ in range(2):
        gone = await _do(house, "owner", "DELETE", f"/api-keys/{made['api_key']['id']}")
        assert gone.status_code == 204
    assert (await house.me(_bearer(made))).status_code == 401
    listed = (await _do(house, "owner", "GET", "/api-keys")).json()["items"]
    assert listed[0]["revoked_at"] is not None


async def test_an_owner_of_a_store_revokes_the_keys_of_the_store_alone(house: House) -> None:
    inside = await _key(house, "viewer", _scope("environment", LIVE))
    outside = await _key(house, "viewer", _scope("organisation", OURS))
    further = {
        "api_key": outside["api_key"]["id"],
        "role": "operator",
        "scope": _scope("store", STORE),
    }
    assert (await _do(house, "storekeeper", "POST", "/grants", further)).status_code == 201
    codes = [
        (
            await _do(house, "storekeeper", "DELETE", f"/api-keys/{each['api_key']['id']}")
        ).status_code
        for each in (inside, outside)
    ]
    assert codes == [204, 403]
    assert (await house.me(_bearer(inside))).status_code == 401
    assert (await house.me(_bearer(outside))).status_code == 200


async def test_a_key_ends_by_itself(house: House) -> None:
    made = await _key(house, "viewer", _scope("organisation", OURS))
    house.clock.at += 367 * DAY
    assert (await house.me(_bearer(made))).status_code == 401


@pytest.mark.parametrize("at", ["2020-01-01T00:00:00Z", "2126-01-01T00:00:00Z"])
async def test_a_key_is_good_for_a_year_at_most(house: House, at: str) -> None:
    body = {"name": "CI", "role": "viewer", "scope": _scope("store", STORE), "expires_at": at}
    answer = await _do(house, "owner", "POST", "/api-keys", body)
    assert answer.json()["errors"][0]["location"] == "body/expires_at"


async def test_a_wrong_secret_is_refused(house: House) -> None:
    made = await _key(house, "viewer", _scope("organisation", OURS))
    secret = made["secret"]
    for wrong in (secret[:-1], f"{secret}x", made["api_key"]["prefix"], "aut_key_", secret.upper()):
        assert (await house.me({"Authorization": f"Bearer {wrong}"})).status_code == 401


async def test_a_key_is_kept_as_a_hash_and_its_use_is_noted(house: House) -> None:
    made = await _key(house, "viewer", _scope("organisation", OURS))

    async def row() -> Any:
        async with house.database.reading() as connection:
            return (await connection.execute(select(api_keys))).one()

    assert made["secret"] not in str(await row())
    assert (await row()).last_used_at is None
    await house.me(_bearer(made))
    first = (await row()).last_used_at
    house.clock.at += 1_000
    await house.me(_bearer(made))
    assert (await row()).last_used_at == first
    house.clock.at += 60_000
    await house.me(_bearer(made))
    assert (await row()).last_used_at == house.clock.at


async def test_what_was_done_is_in_the_audit_without_names(house: House) -> None:
    made = await _do(house, "owner", "POST", "/users", _new("lee@example.com"))
    user = made.json()["user"]["id"]
    await _do(house, "owner", "PATCH", f"/users/{user}", {"active": False, "name": "Lee Park"})
    await _do(house, "owner", "DELETE", f"/users/{user}")
    key = await _key(house, "viewer", _scope("environment", LIVE))
    await _do(house, "owner", "DELETE", f"/api-keys/{key['api_key']['id']}")
    async with house.database.reading() as connection:
        by = audit.c.actor == f"user:{house.users['owner']}"
        rows = (await connection.execute(select(audit).where(by).order_by(audit.c.seq))).all()
    done = [row.action for row in rows if row.action != "session:open"]
    assert done[-7:] == [
        "users:add",
        "grants:give",
        "users:change",
        "users:remove",
        "grants:give",
        "keys:make",
        "keys:revoke",
    ]
    whole = str(rows)
    assert not any(name in whole for name in ("lee@", "Lee Park", "New Person", key["secret"]))


async def test_lists_come_in_pages(house: House) -> None:
    emails: list[str] = []
    cursor = ""
    for _ in range(10):
        page = (await _do(house, "owner", "GET", f"/users?limit=3{cursor}")).json()
        emails += [item["email"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert sorted(emails) == sorted(
        f"{name}@example.com" for name in set(house.users) - {"stranger"}
    )


@pytest.mark.parametrize(
    "cursor", ["x", "WzFd", "bnVsbA==", "WyJhIiwgMV0=", "é", "W3RydWUsICJhIl0="]
)
async def test_a_cursor_that_is_none_is_refused(house: House, cursor: str) -> None:
    answer = await _do(house, "owner", "GET", f"/users?cursor={cursor}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")


async def test_a_role_somewhere_else_opens_nothing(house: House) -> None:
    for path in ("/users", "/grants", "/api-keys"):
        assert (await _do(house, "pilot", "GET", path)).status_code == 403
    refused = await _do(
        house,
        "storekeeper",
        "POST",
        "/grants",
        {
            "user": house.users["pilot"],
            "role": "viewer",
            "scope": _scope("environment", OTHER_LIVE),
        },
    )
    assert refused.status_code == 422

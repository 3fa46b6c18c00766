"""Whatever an owner of a store asks for, in whatever order: nobody's rights outside of the store change."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import select

from auterity_server.access.permissions import Role
from auterity_server.database.tables.api_keys import api_keys
from auterity_server.database.tables.grants import grants
from auterity_server.database.tables.members import members
from auterity_server.database.tables.users import users
from tests.server.access.conftest import PLACES, STORE, House

KINDS = ("organisation", "store", "environment")
SCOPES = [
    *(("organisation", organisation) for organisation in PLACES),
    *(("store", store) for stores in PLACES.values() for store, _ in stores if store),
    *(("environment", e) for stores in PLACES.values() for _, inside in stores for e in inside),
]


async def _outside(house: House, key: str) -> dict[str, set[Any]]:
    """All that is not of the store: who may do what there, who is a member, and who can sign in."""
    async with house.database.reading() as connection:
        held = (await connection.execute(select(grants))).all()
        belong = (await connection.execute(select(members))).all()
        keys = (await connection.execute(select(api_keys))).all()
        people = (await connection.execute(select(users))).all()
    known = set(house.users.values())
    return {
        "grants": {(r.holder, r.role, r.place) for r in held if r.store_id != STORE},
        "members": {(r.organisation_id, r.user_id, r.active) for r in belong if r.user_id in known},
        "keys": {(r.id, r.revoked_at) for r in keys if r.id == key},
        "passwords": {(r.id, r.password) for r in people if r.id in known},
    }


class _Asking:
    """Makes up requests about members, roles and keys, with ids that there are."""

    def __init__(self, house: House, seed: int) -> None:
        self.house = house
        self.random = random.Random(seed)
        self.keys: list[str] = []
        self.grants: list[str] = []

    async def known(self) -> None:
        async with self.house.database.reading() as connection:
            self.keys = list((await connection.execute(select(api_keys.c.id))).scalars())
            # Not their own, without which nothing more would be tried.
            others = grants.c.holder != f"user:{self.house.users['storekeeper']}"
            query = select(grants.c.id).where(others)
            self.grants = list((await connection.execute(query)).scalars())

    def request(self) -> tuple[str, str, Any]:
        pick = self.random.choice
        kind, place = pick(SCOPES)
        user = pick(list(self.house.users.values()))
        given = {"role": str(pick(list(Role))), "scope": {"kind": kind, "id": place}}
        email = f"{pick([*self.house.users, 'new1', 'new2'])}@example.com"
        base = f"/api/v1/organisations/{pick(list(PLACES))}"
        method, path, body = pick(
            [
                ("POST", "/users", {**given, "email": email, "name": "N"}),
                ("PATCH", f"/users/{user}", {"active": pick([True, False])}),
                ("DELETE", f"/users/{user}", None),
                ("POST", f"/users/{user}/sign-in-link", None),
                ("POST", "/grants", {**given, "user": user}),
                ("POST", "/grants", {**given, "api_key": pick([*self.keys, "none"])}),
                ("DELETE", f"/grants/{pick([*self.grants, 'none'])}", None),
                ("POST", "/api-keys", {**given, "name": "K"}),
                ("DELETE", f"/api-keys/{pick([*self.keys, 'none'])}", None),
            ]
        )
        return method, base + path, body


@pytest.mark.parametrize("seed", range(3))
async def test_an_owner_of_a_store_changes_nothing_outside_of_it(house: House, seed: int) -> None:
    owner = await house.sign_in("owner")
    key = {"name": "K", "role": "viewer", "scope": {"kind": "organisation", "id": "org_ours"}}
    made = await house.client.post(
        "/api/v1/organisations/org_ours/api-keys", json=key, headers=owner
    )
    theirs = made.json()["api_key"]["id"]
    before, asking = await _outside(house, theirs), _Asking(house, seed)
    callers = [await house.sign_in("storekeeper"), await house.sign_in("pilot")]
    statuses: Counter[int] = Counter()
    for _ in range(120):
        await asking.known()
        method, path, body = asking.request()
        headers = asking.random.choice(callers)
        answer = await house.client.request(method, path, json=body, headers=headers)
        statuses[answer.status_code] += 1
    assert max(statuses) < 500, statuses
    # Something has to have been done, else nothing was shown.
    assert statuses[201] + statuses[204] > 0, statuses
    assert await _outside(house, theirs) == before

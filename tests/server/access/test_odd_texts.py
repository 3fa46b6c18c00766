"""Texts that nobody types: halves of characters, controls, very long ones. None ends in an error of the server."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from tests.server.access.conftest import OURS, House

ODD = ["\ud800", "\x00", "a\x00b@c", "é" * 300, "\U0001f600" * 20, "%s", "\u202e"]
WHOLE = {"kind": "organisation", "id": OURS}
KEY = {"name": "K", "role": "viewer", "scope": WHOLE}

OPEN: list[tuple[str, Any]] = [
    ("/sign-in/password", lambda odd: {"email": odd, "password": "x"}),
    ("/sign-in/password", lambda odd: {"email": f"{odd}@b.c", "password": odd}),
    ("/sign-in/password", lambda odd: {"email": "a@b.c", "password": odd}),
    ("/sign-in/link", lambda odd: {"token": odd, "password": odd}),
    ("/tokens/refresh", lambda odd: {"refresh_token": odd}),
    ("/sign-out", lambda odd: {"refresh_token": odd}),
    ("/device/start", lambda odd: {"client": odd}),
    ("/device/poll", lambda odd: {"device_code": odd}),
]
MANAGED: list[tuple[str, Any]] = [
    ("/users", lambda odd: {**KEY, "email": f"{odd}@b.c", "name": odd}),
    ("/grants", lambda odd: {"user": odd, "role": "viewer", "scope": {**WHOLE, "id": odd}}),
    ("/api-keys", lambda odd: {**KEY, "name": odd, "expires_at": "0001-01-01T00:00:00+14:00"}),
    ("/api-keys", lambda odd: {**KEY, "name": odd, "expires_at": "9999-12-31T23:59:59-14:00"}),
    ("/api-keys", lambda odd: {**KEY, "name": odd, "expires_at": -1e18}),
]
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize("odd", ODD, ids=ascii)
async def test_no_text_of_a_body_is_an_error_of_the_server(house: House, odd: str) -> None:
    owner = await house.sign_in("owner")
    base = f"/api/v1/organisations/{OURS}"
    asked = [(f"/api/v1{path}", body) for path, body in OPEN]
    asked += [(f"{base}{path}", body) for path, body in MANAGED]
    for path, body in asked:
        answer = await house.client.post(
            path, content=json.dumps(body(odd)).encode(), headers=JSON | owner
        )
        assert answer.status_code < 500, (path, answer.text)


@pytest.mark.parametrize("odd", ODD, ids=ascii)
async def test_no_text_of_an_address_or_a_form_is_one(house: House, odd: str) -> None:
    owner = await house.sign_in("owner")
    written = quote(odd.encode("utf-8", "surrogatepass"))
    for method, path in (
        ("GET", f"users/{written}"),
        ("GET", f"api-keys/{written}"),
        ("DELETE", f"grants/{written}"),
        ("GET", f"grants?user={written}"),
        ("GET", f"users?cursor={written}"),
    ):
        answer = await house.client.request(
            method, f"/api/v1/organisations/{OURS}/{path}", headers=owner
        )
        assert answer.status_code in {404, 422}, (path, answer.text)
    assert (await house.client.get(f"/device?code={written}")).status_code < 500
    for page in ("/device", "/sign-in"):
        for name in ("code", "email", "password", "answer", "token"):
            answer = await house.client.post(
                page, content=f"{name}={written}".encode(), headers=FORM
            )
            assert answer.status_code < 500, (page, name)

"""Requests with an Idempotency-Key: every POST counts once, and a repetition is told the same answer."""

from __future__ import annotations

import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select, update

from auterity_server.access.guard import Guard
from auterity_server.access.guarded_routes import guarded_routes
from auterity_server.app import create_app
from auterity_server.database.kept_answers import KEPT
from auterity_server.database.tables.kept_answers import kept_answers
from tests.server.conftest import Owned, RunningServer

MAKES = {
    "/api/v1/organisations",
    "/api/v1/organisations/{organisation_id}/users",
    "/api/v1/organisations/{organisation_id}/users/{user_id}/sign-in-link",
    "/api/v1/organisations/{organisation_id}/grants",
    "/api/v1/organisations/{organisation_id}/api-keys",
    "/api/v1/organisations/{organisation_id}/trusts",
    "/api/v1/organisations/{organisation_id}/stores",
    "/api/v1/organisations/{organisation_id}/environments",
    "/api/v1/environments/{environment_id}/webhooks",
    "/api/v1/environments/{environment_id}/webhooks/{webhook_id}/secret",
}
"""What makes a further thing each time: `test_every_post_that_makes_something_makes_it_once` asks for each of them."""

COUNTS_BY_ITSELF = {
    "/api/v1/environments/{environment_id}/workflows/{name}/runs",
    "/api/v1/environments/{environment_id}/messages",
}
"""What is made has an id of the key's own, for good: see `test_running.py`."""

OTHERS = {
    "/api/v1/environments/{environment_id}/runs/{run_id}/fork",
    "/api/v1/environments/{environment_id}/runs/{run_id}/resume",
    "/api/v1/environments/{environment_id}/runs/{run_id}/settle",
    "/api/v1/environments/{environment_id}/runs/{run_id}/cancel",
    "/api/v1/environments/{environment_id}/approvals/{run_id}/{step:path}",
    "/api/v1/environments/{environment_id}/deployments/{deployment_id}",
    "/api/v1/environments/{environment_id}/pushes",
    "/api/v1/environments/{environment_id}/promotions",
    "/api/v1/environments/{environment_id}/plans",
    "/api/v1/environments/{environment_id}/workflows/{name}/rollback",
    "/api/v1/environments/{environment_id}/workflows/{name}/moves",
    "/api/v1/environments/{environment_id}/schedules/{schedule_id}/pause",
    "/api/v1/environments/{environment_id}/schedules/{schedule_id}/resume",
    "/api/v1/device/approve",
    "/api/v1/me/password",
}
"""What counts once by its nature, and takes keys as the others do; a fork's id is made of the key."""


def _trust() -> dict[str, Any]:
    return {
        "name": "CI",
        "issuer": "https://token.actions.githubusercontent.com",
        "audience": "https://auterity.example",
        "conditions": {"repository": ["a/b"]},
        "role": "developer",
    }


def _requests(owned: Owned) -> list[tuple[str, dict[str, Any]]]:
    """A request of each route of `MAKES`."""
    word, here = secrets.token_hex(4), f"/organisations/{owned.organisation}"
    whole = {"role": "viewer", "scope": {"kind": "organisation", "id": owned.organisation}}
    user = {"email": f"{word}@group.example", "name": "V"}
    known = owned.owner.done(f"{here}/users", {**user, "email": f"x{word}@g.example", **whole}, 201)
    member = known["user"]["id"]
    webhooks = f"/environments/{owned.staging}/webhooks"
    webhook = owned.owner.done(webhooks, {"path": "x"}, 201)["webhook"]["id"]
    staging = {"kind": "environment", "id": owned.staging}
    return [
        ("/organisations", {"name": f"more-{word}", "title": "More"}),
        (f"{here}/users", {**user, **whole}),
        (f"{here}/users/{member}/sign-in-link", {}),
        (f"{here}/grants", {"user": member, "role": "operator", "scope": staging}),
        (f"{here}/api-keys", {"name": "K", **whole}),
        (f"{here}/trusts", {**_trust(), "scope": staging}),
        (f"{here}/stores", {"name": "columbus", "title": "Columbus"}),
        (f"{here}/environments", {"name": "pilot"}),
        (webhooks, {"path": "leads"}),
        (f"{webhooks}/{webhook}/secret", {"overlap_seconds": 60}),
    ]


def _audited(owned: Owned) -> int:
    found = owned.owner.known(f"/organisations/{owned.organisation}/audit", limit=100)
    return len(found["items"])


def test_every_post_is_told_how_often_it_counts(hosted: RunningServer) -> None:
    app = create_app(hosted.wiring)
    guarded = {
        each.path
        for each in guarded_routes(app)
        if each.method == "POST" and isinstance(each.guard, Guard)
    }
    assert guarded == MAKES | COUNTS_BY_ITSELF | OTHERS
    described = app.openapi()["paths"]
    for path in guarded:
        shown = described[path.replace(":path}", "}")]["post"]["parameters"]
        assert [each["in"] for each in shown if each["name"] == "Idempotency-Key"] == ["header"]


def test_every_post_that_makes_something_makes_it_once(owned: Owned) -> None:
    requests = _requests(owned)
    assert len(requests) == len(MAKES)
    for path, asked in requests:
        key = {"Idempotency-Key": secrets.token_hex(8)}
        made = owned.owner.post(path, json=asked, headers=key)
        assert made.status_code in {200, 201}, (path, made.text)
        before = _audited(owned)
        again = owned.owner.post(path, json=asked, headers=key)
        assert (again.status_code, again.text) == (made.status_code, made.text), path
        assert again.headers["content-type"] == made.headers["content-type"]
        assert again.headers["idempotency-replayed"] == "true"
        assert "idempotency-replayed" not in made.headers
        other = owned.owner.post(path, json={**asked, "name": "other"}, headers=key)
        assert (other.status_code, other.json()["code"]) == (422, "key-reused"), path
        assert _audited(owned) == before, path


def test_of_many_at_the_same_time_one_counts(owned: Owned) -> None:
    path, key = f"/organisations/{owned.organisation}/api-keys", {"Idempotency-Key": "at once"}
    asked = {
        "name": "K",
        "role": "viewer",
        "scope": {"kind": "organisation", "id": owned.organisation},
    }
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: owned.owner.post(path, json=asked, headers=key), range(6)))
    assert {each.status_code for each in found} == {201}
    assert len({each.json()["secret"] for each in found}) == 1
    assert len(owned.owner.known(path)["items"]) == 1


def test_a_key_is_the_callers_own(hosted: RunningServer, owned: Owned) -> None:
    second = owned.invite(hosted, "owner")
    path, key = f"/environments/{owned.staging}/webhooks", {"Idempotency-Key": "mine"}
    first = owned.owner.done(path, {"path": "x"}, 201, headers=key)
    assert second.done(path, {"path": "x"}, 201, headers=key) != first


def test_nothing_is_told_to_who_may_no_longer_ask(hosted: RunningServer, owned: Owned) -> None:
    second = owned.invite(hosted, "owner")
    path, key = f"/organisations/{owned.organisation}/stores", {"Idempotency-Key": "k"}
    second.done(path, {"name": "s", "title": "S"}, 201, headers=key)
    me = second.known("/me")["id"]
    gone = owned.owner.delete(f"/organisations/{owned.organisation}/users/{me}")
    assert gone.status_code == 204
    assert second.post(path, json={"name": "s", "title": "S"}, headers=key).status_code == 401


def test_what_was_refused_may_be_asked_again(owned: Owned) -> None:
    path, key = f"/organisations/{owned.organisation}/environments", {"Idempotency-Key": "k"}
    owned.owner.done(path, {"name": "staging"}, 409, headers=key)
    assert owned.owner.done(path, {"name": "pilot"}, 201, headers=key)["name"] == "pilot"


def test_secrets_of_answers_are_kept_sealed(hosted: RunningServer, owned: Owned) -> None:
    path = f"/organisations/{owned.organisation}/api-keys"
    asked = {
        "name": "K",
        "role": "viewer",
        "scope": {"kind": "organisation", "id": owned.organisation},
    }
    made = owned.owner.done(path, asked, 201, headers={"Idempotency-Key": "sealed"})
    rows = hosted.do(_kept(hosted))
    assert rows
    assert not any(made["secret"] in str(row) for row in rows)


def test_an_answer_that_was_lost_is_told_as_such_and_nothing_is_made(
    hosted: RunningServer, owned: Owned, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a process that dies between its effect and its answer leaves it."""
    monkeypatch.setattr("auterity_server.repeats.once._PATIENCE", 0.05)
    path, key = f"/organisations/{owned.organisation}/stores", {"Idempotency-Key": "lost"}
    owned.owner.done(path, {"name": "s", "title": "S"}, 201, headers=key)
    hosted.do(_set(hosted, answer=None))
    said = owned.owner.done(path, {"name": "s", "title": "S"}, 409, headers=key)
    assert "its answer is not known" in said["detail"]
    assert len(owned.owner.known(path)["items"]) == 1


def test_a_key_counts_for_a_day(hosted: RunningServer, owned: Owned) -> None:
    path, key = f"/environments/{owned.staging}/webhooks", {"Idempotency-Key": "old"}
    first = owned.owner.done(path, {"path": "x"}, 201, headers=key)
    hosted.do(_set(hosted, made_at=time.time_ns() // 1_000_000 - KEPT - 1000))
    assert owned.owner.done(path, {"path": "x"}, 201, headers=key) != first
    hosted.do(_set(hosted, made_at=0))
    hosted.do(hosted.wiring.access.expiry.forget())
    assert hosted.do(_kept(hosted)) == []


@pytest.mark.parametrize("key", ["", "x" * 201])
def test_what_is_no_key(owned: Owned, key: str) -> None:
    path = f"/organisations/{owned.organisation}/stores"
    headers = {"Idempotency-Key": key}
    refused = owned.owner.post(path, json={"name": "s", "title": "S"}, headers=headers)
    assert refused.status_code == 422


async def _kept(server: RunningServer) -> list[Any]:
    async with server.wiring.database.reading() as connection:
        return list(await connection.execute(select(kept_answers)))


async def _set(server: RunningServer, **values: Any) -> None:
    async with server.wiring.database.writing() as connection:
        await connection.execute(update(kept_answers).values(**values))

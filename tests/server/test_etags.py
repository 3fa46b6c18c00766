"""ETags: each thing that can be changed has one, and a change that names an older one is refused."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from fastapi.routing import iter_route_contexts
from hypothesis import given
from hypothesis import strategies as st

from auterity_sdk.hosted.schemas.environment import EnvironmentChange
from auterity_server.app import create_app
from auterity_server.etags import ChangedMeanwhile, Expected, etag_of, routes_with_etags
from tests.server.conftest import Owned, RunningServer
from tests.server.files import PAUSE, push
from tests.server.test_repeats import _trust
from tests.server.triggers.test_schedules import ticking

E = "/api/v1/environments/{environment_id}"
O = "/api/v1/organisations/{organisation_id}"  # noqa: E741 - beside E

NEVER_CHANGED = {f"DELETE {O}/grants/{{grant_id}}", f"DELETE {O}/trusts/{{trust_id}}"}
"""These things are made and deleted, and never another: their id names the one state that they have."""

POSTS = {
    f"POST {E}/webhooks/{{webhook_id}}/secret",
    f"POST {E}/schedules/{{schedule_id}}/pause",
    f"POST {E}/schedules/{{schedule_id}}/resume",
    f"POST {E}/workflows/{{name}}/rollback",
}
"""What changes such a thing by a POST. Deployments, approvals and runs are answered or ended once, by their state (409)."""


@dataclass
class Case:
    """A change of a thing: where it is looked at, and two requests of which each would change it."""

    look: str
    first: tuple[str, str, Any]
    second: tuple[str, str, Any]
    state_only: bool = False

    @property
    def routes(self) -> set[tuple[str, str]]:
        return {(each[0], each[1]) for each in (self.first, self.second)}


def _of_organisation(owned: Owned) -> Iterator[Case]:
    here, word = f"/organisations/{owned.organisation}", secrets.token_hex(4)
    whole = {"role": "viewer", "scope": {"kind": "organisation", "id": owned.organisation}}
    new = {"email": f"{word}@group.example", "name": "V", **whole}
    user = owned.owner.done(f"{here}/users", new, 201)["user"]["id"]
    at = f"{here}/users/{user}"
    yield Case(at, ("PATCH", at, {"name": "W"}), ("DELETE", at, None))
    key = owned.owner.done(f"{here}/api-keys", {"name": "K", **whole}, 201)["api_key"]["id"]
    at = f"{here}/api-keys/{key}"
    yield Case(at, ("DELETE", at, None), ("DELETE", at, None))
    yield Case("/me", ("PATCH", "/me", {"notified": False}), ("PATCH", "/me", {"notified": True}))


def _of_environment(owned: Owned) -> Iterator[Case]:
    here = f"/environments/{owned.staging}"
    yield Case(here, ("PATCH", here, {"protected": True}), ("PATCH", here, {"protected": False}))
    hook = owned.owner.done(f"{here}/webhooks", {"path": "x"}, 201)["webhook"]["id"]
    at = f"{here}/webhooks/{hook}"
    yield Case(at, ("POST", f"{at}/secret", {"overlap_seconds": 60}), ("DELETE", at, None))
    for kind, body in (
        ("connections/crm", {"uses": "http", "options": {"url": "https://crm.example"}}),
        ("secrets/CRM_TOKEN", {"value": "hush-hush"}),
    ):
        at = f"{here}/{kind}"
        owned.owner.put(at, json=body)
        yield Case(at, ("PUT", at, body), ("DELETE", at, None))
    schedule = owned.owner.known(f"{here}/schedules")["items"][0]["id"]
    at = f"{here}/schedules/{schedule}"
    yield Case(at, ("POST", f"{at}/pause", None), ("POST", f"{at}/resume", None))
    at, pushed = f"{here}/workflows/pause", {"path": "w.yaml", "text": PAUSE.replace("1s", "9s")}
    yield Case(at, ("PUT", at, pushed), ("POST", f"{at}/rollback", {}), state_only=True)


def _cases(owned: Owned) -> list[Case]:
    for text in (PAUSE.replace("1s", "8s"), PAUSE):
        owned.owner.done(f"/environments/{owned.staging}/pushes", push(text, ticking()), 201)
    return [*_of_organisation(owned), *_of_environment(owned)]


def _template(method: str, path: str, known: set[str]) -> str:
    """The route that a request goes by."""
    for route in known:
        pattern = re.sub(r"\{[^}]*\}", "[^/]+", route)
        if re.fullmatch(pattern, f"{method} /api/v1{path}"):
            return route
    raise AssertionError(path)


def _ask(owned: Owned, asked: tuple[str, str, Any], etag: str | None = None) -> httpx2.Response:
    method, path, body = asked
    headers = {} if etag is None else {"If-Match": etag}
    return owned.owner.request(method, path, json=body, headers=headers)


def _changing(app: Any) -> set[str]:
    contexts = iter_route_contexts(app.routes)
    routes = {f"{method} {each.path}" for each in contexts for method in each.methods or ()}
    return {each for each in routes if each.split(" ")[0] in {"PUT", "PATCH", "DELETE"}}


def test_every_change_takes_the_etag_of_what_it_changes(
    hosted: RunningServer, owned: Owned
) -> None:
    app = create_app(hosted.wiring)
    expected = (_changing(app) - NEVER_CHANGED) | POSTS
    asked = {route for each in _cases(owned) for route in each.routes}
    assert {_template(*each, expected) for each in asked} == expected
    for route in expected:
        method, _, path = route.partition(" ")
        operation = app.openapi()["paths"][path][method.lower()]
        assert "If-Match" in {each["name"] for each in operation["parameters"]}, route
        assert "412" in operation["responses"], route
        for status, answer in operation["responses"].items():
            assert ("ETag" in answer.get("headers", {})) == (status in {"200", "201"}), route


def test_a_change_of_an_older_state_is_refused_and_has_no_effect(owned: Owned) -> None:
    for case in _cases(owned):
        before = owned.owner.get(case.look)
        etag = before.headers["etag"]
        for asked in (case.first, case.second):
            for stale in ('"0123456789abcdef.0123456789abcdef"', '"x", W/"y"', ""):
                refused = _ask(owned, asked, stale)
                assert refused.status_code == 412, (asked, refused.text)
                assert refused.json()["code"] == "changed-meanwhile"
        assert owned.owner.get(case.look).text == before.text, case.look
        changed = _ask(owned, case.first, f'"0.1", {etag}')
        assert changed.is_success, (case, changed.text)
        now = owned.owner.get(case.look).headers["etag"]
        assert now != etag, case.look
        if case.first[0] != "DELETE":
            told = changed.headers["etag"]
            assert now.startswith(told.rstrip('"')) if case.state_only else now == told, case.look
        assert _ask(owned, case.second, etag).status_code == 412, case.look
        assert _ask(owned, case.second, f"W/{now}").is_success, case.look


def test_a_change_may_name_no_state_or_any(owned: Owned) -> None:
    for case in _cases(owned):
        assert _ask(owned, case.first).is_success, case
        assert _ask(owned, case.second, "*").is_success, case
        if case.second[0] == "DELETE" and "api-keys" not in case.look:
            assert _ask(owned, case.second, "*").status_code == 404, case


def test_of_many_changes_of_one_state_one_counts(owned: Owned) -> None:
    at = f"/environments/{owned.staging}/connections/crm"
    body = {"uses": "http", "options": {"url": "https://crm.example"}}
    etag = owned.owner.put(at, json=body).headers["etag"]
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: _ask(owned, ("PUT", at, body), etag), range(6)))
    assert sorted(each.status_code for each in found) == [200, 412, 412, 412, 412, 412]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("connections/crm", {"uses": "outbox"}),
        ("secrets/CRM_TOKEN", {"value": "hush-hush"}),
        ("workflows/pause", {"path": "w.yaml", "text": PAUSE}),
    ],
)
def test_a_put_may_ask_that_there_be_none(owned: Owned, path: str, body: dict[str, Any]) -> None:
    at, new = f"/environments/{owned.staging}/{path}", {"If-None-Match": "*"}
    assert owned.owner.put(at, json=body, headers={"If-Match": "*"}).status_code == 412
    assert owned.owner.put(at, json=body, headers=new).status_code == 201
    assert owned.owner.put(at, json=body, headers=new).status_code == 412
    assert owned.owner.put(at, json=body, headers={"If-None-Match": '"x"'}).status_code == 422


def _shown(owned: Owned) -> list[str]:
    """An address of each route that shows one thing with its ETag."""
    here = f"/organisations/{owned.organisation}"
    store = owned.owner.done(f"{here}/stores", {"name": "columbus", "title": "C"}, 201)["id"]
    looks = [each.look for each in _cases(owned)]
    at = f"/environments/{owned.staging}/workflows/pause"
    version = owned.owner.known(at)["version"]["version"]
    return [here, f"{here}/stores/{store}", f"{at}/versions/{version}", *looks]


def test_who_has_an_answer_is_told_so_until_it_is_another(
    hosted: RunningServer, owned: Owned
) -> None:
    app = create_app(hosted.wiring)
    gets = {f"GET {path}" for method, path in routes_with_etags(app) if method == "GET"}
    looks = _shown(owned)
    assert {_template("GET", each, gets) for each in looks} == gets
    for look in looks:
        first = owned.owner.get(look)
        etag = first.headers["etag"]
        for known in (etag, f'W/"x", W/{etag}', "*"):
            found = owned.owner.get(look, headers={"If-None-Match": known})
            assert (found.status_code, found.content) == (304, b""), look
            assert found.headers["etag"] == etag
        other = owned.owner.get(look, headers={"If-None-Match": '"x"'})
        assert (other.status_code, other.text) == (200, first.text)
    for path in gets:
        told = app.openapi()["paths"][path.removeprefix("GET ")]["get"]
        assert "ETag" in told["responses"]["200"]["headers"]
        assert "content" not in told["responses"]["304"]
    stranger = httpx2.get(f"{hosted.url}/api/v1{looks[0]}", headers={"If-None-Match": "*"})
    assert stranger.status_code == 401


def test_what_is_made_has_the_etag_that_it_is_looked_up_with(owned: Owned) -> None:
    here = f"/organisations/{owned.organisation}"
    whole = {"role": "viewer", "scope": {"kind": "organisation", "id": owned.organisation}}
    made: list[tuple[str, dict[str, Any], Callable[[Any], str]]] = [
        (f"{here}/environments", {"name": "pilot"}, lambda e: f"/environments/{e['id']}"),
        (f"{here}/stores", {"name": "a", "title": "A"}, lambda e: f"{here}/stores/{e['id']}"),
        (
            f"{here}/users",
            {"email": f"{secrets.token_hex(4)}@g.example", "name": "V", **whole},
            lambda e: f"{here}/users/{e['user']['id']}",
        ),
        (
            f"{here}/api-keys",
            {"name": "K", **whole},
            lambda e: f"{here}/api-keys/{e['api_key']['id']}",
        ),
        (
            f"/environments/{owned.staging}/webhooks",
            {"path": "y"},
            lambda e: f"/environments/{owned.staging}/webhooks/{e['webhook']['id']}",
        ),
    ]
    for path, body, look in made:
        found = owned.owner.post(path, json=body)
        assert found.status_code == 201, found.text
        assert owned.owner.get(look(found.json())).headers["etag"] == found.headers["etag"], path


def test_what_others_make_of_an_answer_changes_its_etag_and_forbids_no_change(
    owned: Owned,
) -> None:
    """The connection is shown with a secret that is missing, until somebody sets it."""
    here = f"/environments/{owned.staging}"
    asked = {
        "uses": "http",
        "options": {"url": "https://crm.example", "headers": {"Authorization": "secret:CRM"}},
    }
    etag = owned.owner.put(f"{here}/connections/crm", json=asked).headers["etag"]
    owned.owner.put(f"{here}/secrets/CRM", json={"value": "hush-hush"})
    known = {"If-None-Match": etag}
    found = owned.owner.get(f"{here}/connections/crm", headers=known)
    assert found.status_code == 200
    assert found.json()["missing"] == []
    assert _ask(owned, ("PUT", f"{here}/connections/crm", asked), etag).status_code == 200


def test_a_pushed_version_that_waits_for_a_second_person_is_another_state(
    owned: Owned,
) -> None:
    owned.owner.patch(f"/environments/{owned.staging}", json={"protected": True})
    at = f"/environments/{owned.staging}/workflows/pause"
    first = owned.owner.put(at, json={"path": "w.yaml", "text": PAUSE}).headers["etag"]
    other = {"path": "w.yaml", "text": PAUSE.replace("1s", "2s")}
    assert _ask(owned, ("PUT", at, other), first).status_code == 201
    third = {"path": "w.yaml", "text": PAUSE.replace("1s", "3s")}
    assert _ask(owned, ("PUT", at, third), first).status_code == 412


def test_a_grant_and_a_trust_have_no_other_state(owned: Owned) -> None:
    here = f"/organisations/{owned.organisation}"
    staging = {"kind": "environment", "id": owned.staging}
    trust = owned.owner.done(f"{here}/trusts", {**_trust(), "scope": staging}, 201)["id"]
    assert owned.owner.delete(f"{here}/trusts/{trust}").status_code == 204


@given(st.booleans(), st.booleans(), st.text(max_size=5), st.text(max_size=5))
def test_an_etag_names_one_state(yes: bool, again: bool, one: str, other: str) -> None:
    a, b = EnvironmentChange(protected=yes), EnvironmentChange(protected=again)
    assert (etag_of(a) == etag_of(b)) == (yes == again)
    assert re.fullmatch(r'"[0-9a-f]{16}\.[0-9a-f]{16}"', etag_of(a, one))
    known = Expected(frozenset({etag_of(a, one).strip('"')}))
    known.must_be(one)
    if one != other:
        with pytest.raises(ChangedMeanwhile):
            known.must_be(other)
    with pytest.raises(ChangedMeanwhile):
        known.must_be(None)

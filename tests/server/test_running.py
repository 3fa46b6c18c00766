"""Runs on the server: started once, carried on by the worker in the process, shown masked, answered by who may."""

import json
import time
from typing import Any

import httpx2
import pytest

from auterity_sdk.hosted.schemas.run import Run
from tests.server.conftest import Caller, Owned, RunningServer
from tests.server.files import DEALER, DESK, PAUSE, lead, push, shipped


def until(caller: Caller, path: str, *statuses: str) -> Run:
    """The run once it stands so."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        run = Run.model_validate(caller.known(path))
        if run.status in statuses:
            return run
        time.sleep(0.05)
    raise AssertionError(f"the run is {run.status}: {run.model_dump_json(indent=1)}")


@pytest.fixture
def pushed(owned: Owned) -> Owned:
    path = f"/environments/{owned.staging}/pushes"
    owned.owner.done(path, push(PAUSE.replace("1s", "10ms"), DESK), 201)
    return owned


def begin(owned: Owned, name: str, given: dict[str, Any], status: int = 201, **more: Any) -> Any:
    path = f"/environments/{owned.staging}/workflows/{name}/runs"
    return owned.owner.done(path, {"input": given}, status, **more)


def test_a_run_is_carried_on_to_its_end(pushed: Owned) -> None:
    run = begin(pushed, "pause", {"who": "world"})
    path = f"/environments/{pushed.staging}/runs/{run['run_id']}"
    ended = until(pushed.owner, path, "succeeded")
    assert ended.output == {"said": "Hello world"}
    assert ended.requester == f"user:{pushed.owner.known('/me')['id']}"
    assert pushed.owner.known(f"/environments/{pushed.production}/runs")["items"] == []
    assert pushed.owner.get(path.replace(pushed.staging, pushed.production)).status_code == 404


def test_an_input_that_does_not_fit_starts_nothing(pushed: Owned) -> None:
    found = begin(pushed, "pause", {"who": 7, "and": 1}, 422)
    assert "input" in found["detail"]
    begin(pushed, "none", {}, 404)
    assert pushed.owner.known(f"/environments/{pushed.staging}/runs")["items"] == []


def test_the_same_key_starts_one_run(pushed: Owned) -> None:
    key = {"Idempotency-Key": "web-4711"}
    first = begin(pushed, "pause", {"who": "a"}, headers=key)
    again = begin(pushed, "pause", {"who": "a"}, 200, headers=key)
    assert again["run_id"] == first["run_id"]
    refused = begin(pushed, "pause", {"who": "b"}, 422, headers=key)
    assert refused["code"] == "key-reused"
    assert begin(pushed, "pause", {"who": "a"})["run_id"] != first["run_id"]
    assert len(pushed.owner.known(f"/environments/{pushed.staging}/runs")["items"]) == 2


def test_runs_come_in_pages_and_by_what_is_asked(pushed: Owned) -> None:
    made = [begin(pushed, "pause", {"who": str(number)})["run_id"] for number in range(5)]
    desk = begin(pushed, "desk", {"customer": "Jordan", "amount": 5})["run_id"]
    path = f"/environments/{pushed.staging}/runs"
    seen: list[str] = []
    asked: dict[str, Any] = {"limit": 2, "workflow": "pause"}
    while True:
        page = pushed.owner.known(path, **asked)
        seen += [each["run_id"] for each in page["items"]]
        if page["next"] is None:
            break
        asked["cursor"] = page["next"]
    assert sorted(seen) == sorted(made)
    until(pushed.owner, f"{path}/{desk}", "waiting")
    waiting = pushed.owner.known(path, status=["waiting", "running"], workflow="desk")["items"]
    assert [each["run_id"] for each in waiting] == [desk]
    assert pushed.owner.known(path, id=desk[:8])["items"][0]["run_id"] == desk
    assert pushed.owner.get(path, params={"cursor": "nonsense"}).status_code == 422


def test_an_approval_is_answered_by_who_has_the_role(hosted: RunningServer, pushed: Owned) -> None:
    run_id = begin(pushed, "desk", {"customer": "Jordan Rivera", "amount": 14200})["run_id"]
    path = f"/environments/{pushed.staging}"
    until(pushed.owner, f"{path}/runs/{run_id}", "waiting")
    [asked] = pushed.owner.known(f"{path}/approvals")["items"]
    assert (asked["step"], asked["role"]) == ("manager", "sales_manager")
    answer = f"{path}/approvals/{run_id}/manager"
    other = pushed.invite(hosted, "approver", business_roles=("finance_manager",))
    other.done(answer, {"approved": True}, 403)
    pushed.invite(hosted, "operator").done(answer, {"approved": True}, 403)
    manager = pushed.invite(hosted, "approver", business_roles=("sales_manager",))
    manager.done(answer, {"approved": True})
    ended = until(manager, f"{path}/runs/{run_id}", "succeeded")
    assert ended.end == "offered"
    manager.done(answer, {"approved": True}, 409)
    assert pushed.owner.known(f"{path}/approvals")["items"] == []


def test_what_is_personal_is_masked_for_everybody(pushed: Owned) -> None:
    run_id = begin(pushed, "desk", {"customer": "Jordan Rivera", "amount": 1})["run_id"]
    path = f"/environments/{pushed.staging}"
    until(pushed.owner, f"{path}/runs/{run_id}", "waiting")
    pushed.owner.done(f"{path}/approvals/{run_id}/manager", {"approved": True})
    until(pushed.owner, f"{path}/runs/{run_id}", "succeeded")
    for shown in (f"{path}/runs/{run_id}", f"{path}/runs/{run_id}/events", f"{path}/approvals"):
        assert "Jordan" not in pushed.owner.get(shown).text, shown


def test_a_run_is_cancelled(pushed: Owned) -> None:
    run_id = begin(pushed, "desk", {"customer": "a", "amount": 1})["run_id"]
    path = f"/environments/{pushed.staging}/runs/{run_id}"
    assert pushed.owner.done(f"{path}/cancel", {}) == {"accepted": True}
    until(pushed.owner, path, "cancelled")
    assert pushed.owner.done(f"{path}/cancel", {}) == {"accepted": False}
    pushed.owner.done(f"/environments/{pushed.staging}/runs/none/cancel", {}, 404)


def test_an_outside_event_reaches_the_run_that_waits_for_it(owned: Owned) -> None:
    path = f"/environments/{owned.staging}"
    owned.owner.done(f"{path}/pushes", push(shipped("lead-response"), project=DEALER), 201)
    run_id = begin(owned, "lead-response", {"lead": lead()})["run_id"]
    run = until(owned.owner, f"{path}/runs/{run_id}", "waiting", "succeeded")
    assert [each.what for each in run.waiting] == ["sms.received"]
    said = {"type": "sms.received", "data": {"from": "+14195550188", "body": "Yes!"}, "id": "SM1"}
    taken = owned.owner.done(f"{path}/messages", said)
    assert taken == {"new": True, "run_id": run_id, "may_start": []}
    assert not owned.owner.done(f"{path}/messages", said)["new"]
    assert until(owned.owner, f"{path}/runs/{run_id}", "succeeded").end == "answered"


def test_events_come_in_pages(pushed: Owned) -> None:
    run_id = begin(pushed, "pause", {"who": "a"})["run_id"]
    path = f"/environments/{pushed.staging}/runs/{run_id}"
    ended = until(pushed.owner, path, "succeeded")
    first = pushed.owner.known(f"{path}/events", limit=2)
    rest = pushed.owner.known(f"{path}/events", cursor=first["next"])
    seen = [each["seq"] for each in first["items"] + rest["items"]]
    assert seen == list(range(1, ended.events + 1))
    assert rest["next"] is None
    assert pushed.owner.known(f"{path}/events", after=ended.events)["items"] == []
    assert pushed.owner.get(path.replace(run_id, "none") + "/events").status_code == 404


def stream(caller: Caller, path: str, **more: str) -> list[dict[str, Any]]:
    headers = {"Accept": "text/event-stream", **more}
    with caller.stream("GET", path, headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        text = "".join(answer.iter_text())
    found = []
    for message in text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in message.splitlines())
        if fields.get("id"):
            found.append({"id": int(fields["id"]), **json.loads(fields["data"])})
    return found


def test_events_are_streamed_until_the_run_ends_and_from_where_one_was(pushed: Owned) -> None:
    slow = PAUSE.replace("1s", "1500ms")
    pushed.owner.done(f"/environments/{pushed.staging}/pushes", push(slow), 201)
    run_id = begin(pushed, "pause", {"who": "a"})["run_id"]
    path = f"/environments/{pushed.staging}/runs/{run_id}/events"
    found = stream(pushed.owner, path)
    assert [each["id"] for each in found] == list(range(1, len(found) + 1))
    assert found[-1]["event"] == "RunEnded"
    behind = stream(pushed.owner, path, **{"Last-Event-ID": "2"})
    assert [each["id"] for each in behind] == [each["id"] for each in found][2:]


def test_a_stream_behind_the_end_says_that_nothing_more_will_come(pushed: Owned) -> None:
    run_id = begin(pushed, "pause", {"who": "a"})["run_id"]
    path = f"/environments/{pushed.staging}/runs/{run_id}"
    ended = until(pushed.owner, path, "succeeded")
    headers = {"Accept": "text/event-stream", "Last-Event-ID": str(ended.events)}
    assert pushed.owner.get(f"{path}/events", headers=headers).status_code == 204


def test_pushes_from_two_countries_leave_runs_that_can_be_started(owned: Owned) -> None:
    path = f"/environments/{owned.staging}/pushes"
    abroad = {"dealership": {"country": "CA", "region": "ON"}}
    owned.owner.done(path, push(PAUSE.replace("1s", "10ms"), project=abroad), 201)
    abroad_too = begin(owned, "pause", {"who": "a"})
    owned.owner.done(path, push(DESK, project={"dealership": {"country": "US"}}), 201)
    assert begin(owned, "pause", {"who": "a"})["run_id"] != abroad_too["run_id"]


def test_nothing_leaves_the_server(pushed: Owned) -> None:
    web = """auterity: 1
name: web
steps:
  ask: {uses: http.request, with: {url: "https://example.com/x"}, timeout: 10s}
"""
    pushed.owner.done(f"/environments/{pushed.staging}/pushes", push(web), 201)
    run_id = begin(pushed, "web", {})["run_id"]
    run = until(pushed.owner, f"/environments/{pushed.staging}/runs/{run_id}", "failed")
    assert run.error is not None
    assert run.error.type == "address_refused"


def test_usage_is_added_up(owned: Owned) -> None:
    path = f"/environments/{owned.staging}"
    assert owned.owner.known(f"{path}/usage")["rows"] == []
    owned.owner.done(f"{path}/pushes", push(shipped("message-triage"), project=DEALER), 201)
    run_id = begin(owned, "message-triage", {"message": "Can I come by on Friday at ten?"})[
        "run_id"
    ]
    until(owned.owner, f"{path}/runs/{run_id}", "succeeded")
    rows = owned.owner.known(f"{path}/usage")["rows"]
    assert sum(each["calls"] for each in rows) >= 1, rows
    assert owned.owner.get(f"{path}/usage", params={"by": "nonsense"}).status_code == 422


def test_one_sees_the_organisations_that_one_belongs_to(owned: Owned, another: Owned) -> None:
    for each in (owned, another):
        found = each.owner.known("/organisations")
        assert [one["id"] for one in found["items"]] == [each.organisation]
        assert found["next"] is None


def test_another_tenant_has_none_of_it(
    hosted: RunningServer, pushed: Owned, another: Owned
) -> None:
    run_id = begin(pushed, "desk", {"customer": "a", "amount": 1})["run_id"]
    path = f"/environments/{pushed.staging}"
    gets = ("/workflows", "/workflows/desk", "/runs", f"/runs/{run_id}", f"/runs/{run_id}/events",
            "/events", "/approvals", "/usage", "/deployments", "")  # fmt: skip
    found = {each: another.owner.get(path + each).status_code for each in gets}
    assert set(found.values()) == {404}, found
    posts: list[httpx2.Response] = [
        another.owner.post(f"{path}/pushes", json=push(PAUSE)),
        another.owner.post(f"{path}/workflows/desk/runs", json={}),
        another.owner.post(f"{path}/runs/{run_id}/cancel", json={}),
        another.owner.post(f"{path}/approvals/{run_id}/manager", json={"approved": True}),
        another.owner.post(f"{path}/messages", json={"type": "x"}),
        another.owner.post(
            f"/environments/{another.staging}/promotions", json={"source": pushed.staging}
        ),
    ]
    assert [each.status_code for each in posts] == [404, 404, 404, 404, 404, 422]
    mine = f"/environments/{another.staging}/runs/{run_id}"
    assert another.owner.get(mine).status_code == 404

"""Pushes: whole or not at all, checked as on a developer's machine, the same one again is nothing new."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from auterity_sdk.hosted.schemas.problem import Problem
from auterity_sdk.hosted.schemas.push import Pushed
from auterity_sdk.hosted.schemas.workflow import WorkflowDetails
from tests.server.conftest import Caller, Owned, RunningServer
from tests.server.files import BROKEN, DESK, PAUSE, push, shipped

CALLER = """auterity: 1
name: caller
input: {who: string}
steps:
  greet: {call: pause, with: {who: "${input.who}"}}
output: {said: "${greet.said}"}
"""


def live(owned: Owned, name: str = "pause") -> WorkflowDetails:
    found = owned.owner.known(f"/environments/{owned.staging}/workflows/{name}")
    return WorkflowDetails.model_validate(found)


def test_a_push_goes_live_and_the_same_again_does_nothing(owned: Owned) -> None:
    path = f"/environments/{owned.staging}/pushes"
    first = Pushed.model_validate(owned.owner.done(path, push(PAUSE, message="hello"), 201))
    [made] = first.deployments
    assert (made.workflow, made.status, made.change, made.how) == ("pause", "live", "new", "push")
    assert made.by_name == "Owner"
    again = Pushed.model_validate(owned.owner.done(path, push(PAUSE), 200))
    assert again.deployments[0] == made.model_copy(update={"change": "same"})
    assert live(owned).version.text == PAUSE  # type: ignore[union-attr]


def test_a_comment_is_no_new_version_and_another_meaning_is(owned: Owned) -> None:
    path = f"/environments/{owned.staging}/pushes"
    owned.owner.done(path, push(PAUSE), 201)
    owned.owner.done(path, push("# a comment\n" + PAUSE), 200)
    changed = owned.owner.done(path, push(PAUSE.replace("1s", "2s")), 201)
    assert changed["deployments"][0]["change"] == "changed"
    versions = owned.owner.known(f"/environments/{owned.staging}/workflows/pause/versions")
    assert [each["text"] for each in versions["items"]] == [PAUSE.replace("1s", "2s"), PAUSE]


def test_what_the_project_declares_counts_as_the_text_does(owned: Owned) -> None:
    path = f"/environments/{owned.staging}/pushes"
    owned.owner.done(path, push(PAUSE), 201)
    project = {"dealership": {"name": "Smith Honda", "region": "OH"}}
    owned.owner.done(path, push(PAUSE, project=project), 201)
    owned.owner.done(path, push(PAUSE, project=project), 200)


@pytest.mark.parametrize(
    ("project", "place"),
    [
        ({"dealership": {"region": "Atlantis"}}, "body/project/dealership/region"),
        ({"dealership": {"timezone": "Mars"}}, "body/project"),
        ({"calendars": {"shop": {"hours": {"mon": "late"}}}}, "body/project/calendars/shop/hours"),
        ({"rules": {"no-such-rule": "off"}}, "body/project/rules"),
    ],
)
def test_declarations_that_cannot_be_are_named(
    owned: Owned, project: dict[str, Any], place: str
) -> None:
    path = f"/environments/{owned.staging}/pushes"
    found = Problem.model_validate(owned.owner.done(path, push(PAUSE, project=project), 422))
    assert [each.location for each in found.errors] == [place]


def test_findings_refuse_the_whole_push(owned: Owned) -> None:
    path = f"/environments/{owned.staging}/pushes"
    found = Problem.model_validate(owned.owner.done(path, push(DESK, BROKEN), 422))
    assert found.code == "invalid-workflow"
    broken = {each.path: [one.code for one in each.findings] for each in found.findings}
    assert "AUT403" in broken["workflows/1.yaml"]
    assert owned.owner.known(f"/environments/{owned.staging}/workflows")["items"] == []


def test_rules_that_the_project_raised_are_those_of_the_server(owned: Owned) -> None:
    path = f"/environments/{owned.staging}/pushes"
    without = DESK.replace("      timeout: 2d\n", "").replace(", late: manager.timeout", "")
    owned.owner.done(path, push(without), 201)
    strict = {"rules": {"approval-without-timeout": "error"}}
    found = Problem.model_validate(owned.owner.done(path, push(without, project=strict), 422))
    assert found.code == "invalid-workflow"
    assert "approval-without-timeout" in found.model_dump_json()


def test_a_text_that_is_no_workflow_is_a_finding_and_no_failure(owned: Owned) -> None:
    path = f"/environments/{owned.staging}/pushes"
    for text in ("", "[", "auterity: 1\nname: [a]\n", "\x00", "- 1\n- 2\n", "a: &x [*x]"):
        found = Problem.model_validate(owned.owner.done(path, push(text), 422))
        assert found.code == "invalid-workflow", text


def test_files_of_one_push_may_call_each_other_and_what_is_live(owned: Owned) -> None:
    path = f"/environments/{owned.staging}/pushes"
    alone = Problem.model_validate(owned.owner.done(path, push(CALLER), 422))
    assert "unknown-workflow" in alone.model_dump_json()
    owned.owner.done(path, push(CALLER, PAUSE), 201)
    owned.owner.done(path, push(CALLER.replace("caller", "another")), 201)


def test_what_calls_a_pushed_workflow_must_stay_right(owned: Owned) -> None:
    path = f"/environments/{owned.staging}/pushes"
    owned.owner.done(path, push(CALLER, PAUSE), 201)
    other = PAUSE.replace("who", "name")
    found = Problem.model_validate(owned.owner.done(path, push(other), 422))
    assert found.findings
    fitting = CALLER.replace('{who: "${input.who}"}', '{name: "${input.who}"}')
    owned.owner.done(path, push(other, fitting), 201)


def test_two_files_of_one_workflow_are_refused(owned: Owned) -> None:
    path = f"/environments/{owned.staging}/pushes"
    found = owned.owner.done(path, push(PAUSE, PAUSE.replace("1s", "2s")), 422)
    assert found["errors"][0]["location"] == "body/files"


def test_the_shipped_workflows_can_be_pushed(owned: Owned) -> None:
    names = ("lead-response", "service-reminder", "trade-in-appraisal", "message-triage")
    path = f"/environments/{owned.staging}/pushes"
    found = owned.owner.done(path, push(*map(shipped, names)), 201)
    assert [each["workflow"] for each in found["deployments"]] == [*names]


def test_one_workflow_is_pushed_by_its_name_if_it_is_as_was_thought(owned: Owned) -> None:
    path = f"/environments/{owned.staging}/workflows/pause"
    one = {"path": "workflows/pause.yaml", "text": PAUSE}
    assert owned.owner.put(path.replace("pause", "other"), json=one).status_code == 422
    assert owned.owner.put(path, json=one, headers={"If-Match": '"dep_1"'}).status_code == 412
    assert owned.owner.put(path, json=one).status_code == 201
    etag = owned.owner.get(path).headers["ETag"]
    two = {**one, "text": PAUSE.replace("1s", "2s")}
    assert owned.owner.put(path, json=two, headers={"If-Match": etag}).status_code == 201
    three = {**one, "text": PAUSE.replace("1s", "3s")}
    refused = owned.owner.put(path, json=three, headers={"If-Match": etag})
    assert (refused.status_code, refused.json()["code"]) == (412, "changed-meanwhile")


def test_an_earlier_version_is_made_live_again(owned: Owned) -> None:
    path = f"/environments/{owned.staging}"
    texts = [PAUSE.replace("1s", f"{number}s") for number in (1, 2, 3)]
    made = [owned.owner.done(f"{path}/pushes", push(text), 201)["deployments"][0] for text in texts]
    back = owned.owner.done(f"{path}/workflows/pause/rollback", {}, 201)["deployments"][0]
    assert (back["version"], back["how"]) == (made[1]["version"], "rollback")
    to = {"to": made[0]["version"]}
    owned.owner.done(f"{path}/workflows/pause/rollback", to, 201)
    assert live(owned).version.text == texts[0]  # type: ignore[union-attr]
    owned.owner.done(f"{path}/workflows/pause/rollback", {"to": "0" * 64}, 409)
    owned.owner.done(f"{path}/workflows/none/rollback", {}, 404)


def test_a_workflow_of_one_version_has_nothing_to_go_back_to(owned: Owned) -> None:
    path = f"/environments/{owned.staging}"
    owned.owner.done(f"{path}/pushes", push(PAUSE), 201)
    owned.owner.done(f"{path}/workflows/pause/rollback", {}, 409)
    assert len(owned.owner.known(f"{path}/workflows/pause/versions")["items"]) == 1


def test_what_is_live_is_promoted(owned: Owned) -> None:
    owned.owner.done(f"/environments/{owned.staging}/pushes", push(PAUSE, DESK), 201)
    path = f"/environments/{owned.production}"
    asked = {"source": owned.staging, "workflows": ["pause"]}
    found = owned.owner.done(f"{path}/promotions", asked, 201)
    assert [each["workflow"] for each in found["deployments"]] == ["pause"]
    owned.owner.done(f"{path}/promotions", {"source": owned.staging}, 201)
    owned.owner.done(f"{path}/promotions", {"source": owned.staging}, 200)
    assert len(owned.owner.known(f"{path}/workflows")["items"]) == 2
    owned.owner.done(f"{path}/promotions", {**asked, "workflows": ["none"]}, 422)
    owned.owner.done(f"{path}/promotions", {"source": "env_0"}, 422)


def test_a_protected_environment_waits_for_a_second_person(
    hosted: RunningServer, owned: Owned
) -> None:
    path = f"/environments/{owned.production}"
    assert owned.owner.patch(path, json={"protected": True}).status_code == 200
    [pending] = owned.owner.done(f"{path}/pushes", push(PAUSE), 201)["deployments"]
    assert pending["status"] == "pending"
    owned.owner.done(f"{path}/pushes", push(PAUSE), 200)
    owned.owner.done(f"{path}/workflows/pause/runs", {"input": {"who": "x"}}, 404)
    answer = f"{path}/deployments/{pending['id']}"
    owned.owner.done(answer, {"approved": True}, 403)
    second = owned.invite(hosted, "developer")
    assert second.done(answer, {"approved": True})["status"] == "live"
    owned.owner.done(answer, {"approved": True}, 409)
    owned.owner.done(f"{path}/workflows/pause/runs", {"input": {"who": "x"}}, 201)


def test_who_pushes_by_a_key_of_their_own_is_no_second_person(
    hosted: RunningServer, owned: Owned
) -> None:
    path = f"/environments/{owned.production}"
    owned.owner.patch(path, json={"protected": True})
    asked = {
        "name": "CI",
        "role": "developer",
        "scope": {"kind": "environment", "id": owned.production},
    }
    made = owned.owner.done(f"/organisations/{owned.organisation}/api-keys", asked, 201)
    with Caller(hosted, made["secret"]) as key:
        [pending] = key.done(f"{path}/pushes", push(PAUSE), 201)["deployments"]
        answer = f"{path}/deployments/{pending['id']}"
        key.done(answer, {"approved": True}, 403)
    owned.owner.done(answer, {"approved": True}, 403)
    second = owned.invite(hosted, "developer")
    assert second.done(answer, {"approved": True})["status"] == "live"


def test_a_second_person_may_say_no(hosted: RunningServer, owned: Owned) -> None:
    path = f"/environments/{owned.production}"
    owned.owner.patch(path, json={"protected": True})
    [pending] = owned.owner.done(f"{path}/pushes", push(PAUSE), 201)["deployments"]
    second = owned.invite(hosted, "developer")
    answer = f"{path}/deployments/{pending['id']}"
    assert second.done(answer, {"approved": False})["status"] == "rejected"
    shown = owned.owner.known(f"{path}/deployments", status="rejected")["items"]
    assert [each["id"] for each in shown] == [pending["id"]]
    assert owned.owner.known(f"{path}/workflows")["items"][0]["live"] is None


def test_pushes_at_the_same_time_all_count(owned: Owned) -> None:
    path = f"/environments/{owned.staging}/pushes"
    texts = [PAUSE.replace("name: pause", f"name: pause-{number}") for number in range(3)]
    with ThreadPoolExecutor() as at_once:
        found = list(at_once.map(lambda text: owned.owner.post(path, json=push(text)), texts))
    assert [each.status_code for each in found] == [201, 201, 201]
    live = owned.owner.known(f"/environments/{owned.staging}/workflows")["items"]
    assert [each["name"] for each in live if each["live"]] == ["pause-0", "pause-1", "pause-2"]


def test_deployments_come_in_pages(owned: Owned) -> None:
    path = f"/environments/{owned.staging}"
    for number in range(1, 6):
        owned.owner.done(f"{path}/pushes", push(PAUSE.replace("1s", f"{number}s")), 201)
    seen: list[str] = []
    asked: dict[str, Any] = {"limit": 2}
    while True:
        page = owned.owner.known(f"{path}/deployments", **asked)
        seen += [each["id"] for each in page["items"]]
        if page["next"] is None:
            break
        asked["cursor"] = page["next"]
    assert len(seen) == len(set(seen)) == 5


def test_who_did_what_is_in_the_audit(owned: Owned) -> None:
    owned.owner.done(f"/environments/{owned.staging}/pushes", push(PAUSE), 201)
    found = owned.owner.known(f"/organisations/{owned.organisation}/audit", limit=200)["items"]
    actions = [each["action"] for each in found]
    assert "workflows:push" in actions
    me = owned.owner.known("/me")["id"]
    assert {each["actor"] for each in found if each["action"] == "workflows:push"} == {me}

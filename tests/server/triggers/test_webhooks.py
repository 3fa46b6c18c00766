"""Webhooks: signed messages are kept, answered, and then worked on, once; of others nothing is taken, nor quoted."""

from __future__ import annotations

import asyncio
import json
import signal
import time
from pathlib import Path
from typing import Any

import httpx2
import pytest
from msgspec.structs import replace

from auterity_sdk.hosted.schemas.webhook import Webhook, WebhookMade
from auterity_sdk.runtime.ports import Incoming
from auterity_sdk.runtime.stores.sqlite import SqliteStore
from tests.server.conftest import (
    Caller,
    Owned,
    RunningServer,
    new_organisation,
    owner_of,
    settings_for,
)
from tests.server.files import push
from tests.server.test_process import again, done, first, serving, staging
from tests.server.triggers.signing import plain, post, standard

LEADS = """auterity: 1
name: leads
input: {prospect: Lead}
triggers:
  - webhook: {path: leads, format: adf}
steps:
  call:
    uses: task.assign
    with: {role: sales, due: 1h, title: "Call ${input.prospect.customer.first_name}"}
ends: {called: call}
"""

SOLD = """auterity: 1
name: sold
input: {stock: string}
triggers:
  - webhook: {path: dms/sold}
    input: {stock: "${event.unit.stock}"}
steps:
  hold: {wait: 1ms}
output: {stock: "${input.stock}"}
"""

SMS = """auterity: 1
name: sms
input: {phone: string}
steps:
  hear:
    receive: {event: sms.in, match: "event.From == input.phone", timeout: 1d}
  late: {needs: hear.timeout, wait: 1ms}
ends: {heard: hear.received, late: late}
"""

ADF = (Path(__file__).parents[3] / "examples" / "data" / "lead.xml").read_bytes()


def make(owned: Owned, status: int = 201, **asked: Any) -> WebhookMade:
    path = f"/environments/{owned.staging}/webhooks"
    return WebhookMade.model_validate(owned.owner.done(path, asked, status))


def local(url: str, server: RunningServer) -> str:
    """The address, as it is reached in tests."""
    return f"{server.url}/hooks/{url.rpartition('/')[2]}"


def until_runs(caller: Caller | httpx2.Client, path: str, count: int) -> list[dict[str, Any]]:
    """The runs once so many have ended, and a moment later still."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        found = done(caller.get(f"{path}/runs"))["items"]
        if len([each for each in found if each["status"] == "succeeded"]) >= count:
            break
        time.sleep(0.05)
    time.sleep(0.4)
    found = done(caller.get(f"{path}/runs"))["items"]
    return [done(caller.get(f"{path}/runs/{each['run_id']}")) for each in found]


def deliveries(owned: Owned, webhook: Webhook, count: int) -> list[dict[str, Any]]:
    """What came, once so much has: it is written after the answer."""
    path = f"/environments/{owned.staging}/webhooks/{webhook.id}/deliveries"
    for _ in range(100):
        found: list[dict[str, Any]] = owned.owner.known(path)["items"]
        if len(found) >= count:
            break
        time.sleep(0.02)
    return found


@pytest.fixture
def live(owned: Owned) -> Owned:
    path = f"/environments/{owned.staging}/pushes"
    pushed = owned.owner.done(path, push(LEADS, SOLD, SMS), 201)
    assert pushed["warnings"] == [
        "no webhook leads to `leads` of leads yet: auterity webhooks create leads --format adf",
        "no webhook leads to `dms/sold` of sold yet: auterity webhooks create dms/sold --format json",
    ]
    return owned


def test_an_adf_lead_starts_a_run_once(hosted: RunningServer, live: Owned) -> None:
    made = make(live, path="leads", format="adf")
    assert made.webhook.starts == ("leads",)
    url = local(made.webhook.url, hosted)
    headers = standard(made.secret, ADF) | {"content-type": "application/xml"}
    taken = post(url, ADF, headers)
    assert (taken.status_code, taken.json()) == (202, {"duplicate": False})
    assert post(url, ADF, headers).json() == {"duplicate": True}
    assert post(url, ADF, standard(made.secret, ADF, "msg_1")).json() == {"duplicate": True}
    [run] = until_runs(live.owner, f"/environments/{live.staging}", 1)
    assert run["workflow"] == "leads"
    [again, _, first] = deliveries(live, made.webhook, 3)
    assert (first["outcome"], first["runs"], first["events"]) == ("accepted", [run["run_id"]], 1)
    assert again["outcome"] == "duplicate"
    assert "Jordan" not in json.dumps(first)


def test_json_and_a_plain_hmac(hosted: RunningServer, live: Owned) -> None:
    secret = "made by the other system"
    made = make(
        live,
        path="dms/sold",
        hmac={"header": "X-Hub-Signature-256", "prefix": "sha256="},
        secret=secret,
    )
    url, body = local(made.webhook.url, hosted), b'{"unit": {"stock": "P1043"}}'
    signed = {"x-hub-signature-256": f"sha256={plain(secret, body)}"}
    assert post(url, body, signed).status_code == 202
    assert post(url, body, signed).json() == {"duplicate": True}
    [run] = until_runs(live.owner, f"/environments/{live.staging}", 1)
    assert run["output"] == {"stock": "P1043"}


def test_a_form_wakes_the_run_that_waits_for_it(hosted: RunningServer, live: Owned) -> None:
    made = make(live, event="sms.in", format="form")
    path = f"/environments/{live.staging}"
    run = live.owner.done(f"{path}/workflows/sms/runs", {"input": {"phone": "+16145550172"}}, 201)
    body = b"From=%2B16145550172&Body=Yes+please"
    assert (
        post(local(made.webhook.url, hosted), body, standard(made.secret, body)).status_code == 202
    )
    [ended] = until_runs(live.owner, path, 1)
    assert (ended["run_id"], ended["end"]) == (run["run_id"], "heard")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{not json} Jordan Rivera", "no JSON"),
        (b'["Jordan Rivera"]', "no object"),
        (b'{"Jordan": 1e999}', "number"),
        (b'{"Jordan": NaN}', "no JSON"),
        (b'{"Jordan": "\\ud800"}', ""),
        (b'{"Jordan": ' + b"[" * 150 + b"]" * 150 + b"}", "deep"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_and_not_quoted(
    hosted: RunningServer, owned: Owned, body: bytes, said: str
) -> None:
    made = make(owned, path="x")
    found = post(local(made.webhook.url, hosted), body, standard(made.secret, body))
    assert found.status_code == 422, found.text
    assert said in found.json()["detail"]
    assert "Jordan" not in found.text
    assert deliveries(owned, made.webhook, 1)[0]["outcome"] == "unreadable"


def test_xml_that_is_an_attack_or_no_lead_is_refused(hosted: RunningServer, owned: Owned) -> None:
    made = make(owned, path="leads", format="adf")
    entity = (
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><adf>&x;</adf>'
    )
    for number, body in enumerate((entity, b"<html>hello</html>", b"")):
        found = post(
            local(made.webhook.url, hosted), body, standard(made.secret, body, f"m{number}")
        )
        assert found.status_code == 422, found.text
        assert "root:" not in found.text


def test_what_is_not_signed_is_refused_and_kept_nowhere(hosted: RunningServer, live: Owned) -> None:
    made = make(live, path="leads", format="adf")
    url = local(made.webhook.url, hosted)
    wrong = standard("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", ADF)
    old = standard(made.secret, ADF, at=int(time.time()) - 400)
    for headers, outcome in (({}, "signature"), (wrong, "signature"), (old, "too_old")):
        found = post(url, ADF, headers)
        assert found.status_code == 401
        assert found.json()["code"] == "signature-refused"
        assert made.secret not in found.text
        assert deliveries(live, made.webhook, 1)[0]["outcome"] == outcome
    assert post(f"{hosted.url}/hooks/hook_none", ADF, wrong).status_code == 404
    assert live.owner.known(f"/environments/{live.staging}/runs")["items"] == []


def test_a_message_that_is_too_large_is_refused(hosted: RunningServer, owned: Owned) -> None:
    made = make(owned, path="x")
    body = b'{"a": "' + b"x" * 1024 * 1024 + b'"}'
    found = post(local(made.webhook.url, hosted), body, standard(made.secret, body))
    assert found.status_code == 413
    assert deliveries(owned, made.webhook, 1)[0]["outcome"] == "too_large"


def test_two_secrets_are_good_while_one_takes_the_others_place(
    hosted: RunningServer, owned: Owned
) -> None:
    made = make(owned, path="x")
    url = local(made.webhook.url, hosted)
    path = f"/environments/{owned.staging}/webhooks/{made.webhook.id}/secret"

    def signs(secret: str, message: str) -> bool:
        return post(url, b"{}", standard(secret, b"{}", message)).status_code == 202

    second = WebhookMade.model_validate(owned.owner.done(path, {}))
    assert len(second.webhook.secrets) == 2
    assert signs(made.secret, "m1")
    assert signs(second.secret, "m2")
    third = WebhookMade.model_validate(owned.owner.done(path, {"overlap_seconds": 3600}))
    assert not signs(made.secret, "m3")
    assert signs(second.secret, "m4")
    last = WebhookMade.model_validate(owned.owner.done(path, {"overlap_seconds": 0}))
    assert not signs(third.secret, "m5")
    assert signs(last.secret, "m6")
    assert len(last.webhook.secrets) == 1


def test_a_webhook_that_is_deleted_takes_nothing(hosted: RunningServer, owned: Owned) -> None:
    made = make(owned, path="x")
    url = local(made.webhook.url, hosted)
    assert post(url, b"{}", standard(made.secret, b"{}")).status_code == 202
    path = f"/environments/{owned.staging}/webhooks/{made.webhook.id}"
    assert owned.owner.delete(path).status_code == 204
    assert owned.owner.delete(path).status_code == 404
    assert post(url, b"{}", standard(made.secret, b"{}", "m2")).status_code == 404


def test_the_same_key_makes_one_webhook(owned: Owned) -> None:
    path = f"/environments/{owned.staging}/webhooks"
    key = {"Idempotency-Key": "k1"}
    made = owned.owner.done(path, {"path": "x"}, 201, headers=key)
    again = owned.owner.done(path, {"path": "x"}, 201, headers=key)
    assert again == made
    assert len(owned.owner.known(path)["items"]) == 1


def test_secrets_are_shown_once_and_stand_nowhere_in_clear(
    hosted: RunningServer, owned: Owned
) -> None:
    made = make(owned, path="x")
    path = f"/environments/{owned.staging}/webhooks"
    for shown in (path, f"{path}/{made.webhook.id}"):
        assert made.secret.removeprefix("whsec_") not in owned.owner.get(shown).text
    data = hosted.wiring.settings.data
    for file in data.rglob("*"):
        if file.is_file():
            assert made.secret.removeprefix("whsec_").encode() not in file.read_bytes(), file


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"path": "x", "event": "y"},
        {"path": "/x"},
        {"path": "x", "secret": "short"},
        {"path": "x", "secret": "no secret of standard webhooks"},
        {"path": "x", "hmac": {"header": "X Y"}},
        {"path": "x", "hmac": {"header": "X", "algorithm": "md5"}},
    ],
)
def test_what_cannot_be_made(owned: Owned, asked: dict[str, Any]) -> None:
    found = owned.owner.done(f"/environments/{owned.staging}/webhooks", asked, 422)
    assert "standard webhooks" not in json.dumps(found).replace("Standard Webhooks", "")


def test_another_tenant_sees_no_webhook(owned: Owned, another: Owned) -> None:
    made = make(owned, path="x")
    path = f"/webhooks/{made.webhook.id}"
    theirs = f"/environments/{another.staging}{path}"
    for answer in (
        another.owner.get(f"/environments/{owned.staging}{path}"),
        another.owner.get(theirs),
        another.owner.get(f"{theirs}/deliveries"),
        another.owner.delete(theirs),
        another.owner.post(f"{theirs}/secret", json={}),
    ):
        assert answer.status_code == 404
    assert another.owner.known(f"/environments/{another.staging}/webhooks")["items"] == []
    owned.owner.known(f"/environments/{owned.staging}{path}")


def test_who_does_what_is_in_the_audit(owned: Owned) -> None:
    made = make(owned, path="x")
    path = f"/environments/{owned.staging}/webhooks/{made.webhook.id}"
    owned.owner.done(f"{path}/secret", {})
    owned.owner.delete(path)
    entries = owned.owner.known(f"/organisations/{owned.organisation}/audit")["items"]
    found = [each for each in entries if each["action"].startswith("webhooks:")]
    assert [each["action"] for each in found] == [
        f"webhooks:{verb}" for verb in ("make", "rotate", "remove")
    ]
    assert made.secret not in json.dumps(found)


def test_messages_are_too_old_by_the_time_that_all_processes_share(
    tmp_path: Path, start_server: Any
) -> None:
    """That of the database, where there are several; here one that goes an hour ahead of this machine."""
    with start_server(settings_for(tmp_path / "data")) as server:
        ahead = 3600
        server.wiring.webhooks = replace(
            server.wiring.webhooks, now=lambda: int((time.time() + ahead) * 1000)
        )
        link = server.do(new_organisation(server.wiring))
        with owner_of(server, link) as owned:
            made = make(owned, path="x")
            url, here = local(made.webhook.url, server), int(time.time())
            theirs = standard(made.secret, b"{}", "m1", here + ahead)
            assert post(url, b"{}", theirs).status_code == 202
            assert post(url, b"{}", standard(made.secret, b"{}", "m2", here)).status_code == 401


def test_a_webhook_takes_so_many_messages_a_minute(tmp_path: Path, start_server: Any) -> None:
    with start_server(settings_for(tmp_path / "data", hook_requests_per_minute=10)) as server:
        link = server.do(new_organisation(server.wiring))
        with owner_of(server, link) as owned:
            made, other = make(owned, path="x"), make(owned, path="y")
            url = local(made.webhook.url, server)
            codes = []
            for number in range(8):
                found = post(url, b"{}", standard(made.secret, b"{}", f"m{number}"))
                codes.append(found.status_code)
            assert codes.count(202) >= 5
            assert found.status_code == 429
            text = server.wiring.metrics.text().decode()
            labels = f'{{environment="{owned.staging}",outcome="too_many"}}'
            assert f"auterity_webhook_messages_total{labels} {codes.count(429)}.0" in text
            assert int(found.headers["retry-after"]) >= 1
            there = post(local(other.webhook.url, server), b"{}", standard(other.secret, b"{}"))
            assert there.status_code == 202


def test_a_server_that_is_killed_after_its_answer_does_the_work_when_it_starts_again(
    tmp_path: Path,
) -> None:
    with serving(tmp_path) as (process, said), first(said) as owner:
        path = staging(owner)
        done(owner.post(f"{path}/pushes", json=push(LEADS, SMS)))
        leads = done(owner.post(f"{path}/webhooks", json={"path": "leads", "format": "adf"}))
        form = {"event": "sms.in", "format": "form"}
        sms = done(owner.post(f"{path}/webhooks", json=form))
        begun = {"input": {"phone": "+16145550172"}}
        run = done(owner.post(f"{path}/workflows/sms/runs", json=begun))
        headers = standard(leads["secret"], ADF)
        answer = post(leads["webhook"]["url"], ADF, headers)
        process.send_signal(signal.SIGKILL)
        assert answer.status_code == 202
        process.wait()
    # What was put, and not given to the run that waits: as a process leaves it that dies between the two.
    leave_event(tmp_path, sms["webhook"]["id"])
    later = "2026-11-24T15:01:00Z"
    with serving(tmp_path, AUTERITY_NOW=later) as (process, said), again(said) as owner:
        found = until_runs(owner, path, 2)
        assert sorted(each["workflow"] for each in found) == ["leads", "sms"]
        assert {each["status"] for each in found} == {"succeeded"}
        assert run["run_id"] in {each["run_id"] for each in found}
        assert post(local_of(said, leads), ADF, headers).json() == {"duplicate": True}


def local_of(said: dict[str, Any], made: dict[str, Any]) -> str:
    return f"{said['url']}/hooks/{made['webhook']['id']}"


def leave_event(folder: Path, webhook: str) -> None:
    """Put a message into the inbox, and nothing else."""
    [file] = (folder / "data" / "environments").glob("*/.auterity/runs.db")
    store = SqliteStore(file)
    data = {"From": "+16145550172", "Body": "Yes"}
    came = 1_795_532_430_000  # 2026-11-24T15:00:30Z
    asyncio.run(store.put(Incoming(f"{webhook}/left", "sms.in", data, came, came + 10**9)))
    store.close()

"""The structured log of a real process: what it tells, and that it holds nobody's data."""

import json
import logging
import signal
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auterity_server.logs.lines import Lines
from auterity_server.logs.masking import masked
from tests.server.conftest import PASSWORD
from tests.server.files import DEALER, DESK, PAUSE, lead, push, shipped
from tests.server.test_process import again, begun, caller, done, first, serving, staging, until

PEOPLE = ("Jordan", "Rivera", "4195550188", "419-555-0188", "jordan.rivera@example.com")
SECRETS = (PASSWORD, "not the password", "hunter2", "aut_link_")
FAILS = """auterity: 1
name: fails
input: {customer: {type: string, x-data-class: identity}}
steps:
  call: {uses: http.request, with: {url: "https://example.com/${input.customer}", method: GET}}
"""


def used(said: dict[str, Any]) -> str:
    """Sign in, push, run, ask for what is not there: with personal data wherever somebody may put it."""
    with first(said) as owner:
        path = staging(owner)
        texts = (shipped("lead-response"), PAUSE.replace("1s", "10ms"), DESK, FAILS)
        done(owner.post(f"{path}/pushes", json=push(*texts, project=DEALER)))
        begun(owner, path, "lead-response", {"lead": lead()})
        desk = begun(owner, path, "desk", {"customer": "Jordan Rivera", "amount": 14200})
        until(owner, desk, "waiting")
        step = f"{path}/approvals/{desk.rpartition('/')[2]}/manager"
        done(owner.post(step, json={"approved": True}))
        until(owner, desk, "succeeded")
        until(owner, begun(owner, path, "fails", {"customer": "Jordan Rivera"}), "failed")
        owner.get(f"{path}/runs/jordan.rivera@example.com?phone=419-555-0188&token=hunter2")
        owner.get("/jordan.rivera@example.com?q=hunter2")
        owner.post(f"{path}/workflows/desk/runs", json={"input": {"Jordan": "4195550188"}})
        headers = {"X-Request-Id": "jordan.rivera@example.com", "traceparent": "hunter2"}
        owner.post(f"{path}/messages", json={"type": "x", "data": {"a": "Jordan"}}, headers=headers)
        with caller(said["url"]) as stranger:
            wrong = {"email": "jordan.rivera@example.com", "password": "not the password"}
            assert stranger.post("/sign-in/password", json=wrong).status_code == 401
        token = str(owner.headers["authorization"]).removeprefix("Bearer ")
    with again(said):
        return token


def test_a_process_tells_what_happens_and_holds_nobodys_data(tmp_path: Path) -> None:
    more = {"AUTERITY_LOG_FORMAT": "json", "AUTERITY_LOG_LEVEL": "debug"}
    with serving(tmp_path, **more) as (process, said):
        token = used(said)
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=20)
    clear = (*PEOPLE, *SECRETS, token, said["sign_in_link"].partition("#")[2], "127.0.0.1:4")
    assert [each for each in clear if each in told] == []
    assert "Traceback" not in told
    lines = [json.loads(line) for line in told.splitlines()]
    assert {line["format"] for line in lines} == {"auterity-log-1"}
    requests = [line for line in lines if line["message"] == "request"]
    route = "/api/v1/environments/{environment_id}/approvals/{run_id}/{step:path}"
    [answer] = [line for line in requests if line["route"] == route]
    assert (answer["method"], answer["status"], answer["level"]) == ("POST", 200, "info")
    assert answer["organisation"].startswith("org_")
    assert answer["environment"].startswith("env_")
    assert len(answer["trace_id"]) == 32
    assert isinstance(answer["duration_ms"], float)
    of_run = [line for line in lines if line.get("run_id") == answer["run_id"]]
    assert {"RunStarted", "StepStarted", "ApprovalRecorded", "RunEnded"} <= {
        line.get("event") for line in of_run
    }
    events = [line for line in of_run if "event" in line]
    assert len({line["trace_id"] for line in events}) == 1
    assert {line["event"] for line in events if "request_id" in line} >= {"ApprovalRecorded"}
    assert "RunEnded" in {line["event"] for line in events if "request_id" not in line}
    assert {line["organisation"] for line in events} == {answer["organisation"]}
    assert [line["level"] for line in lines if line.get("status") == "failed"] == ["error"]
    assert len({line["request_id"] for line in requests}) == len(requests)
    assert any(line["logger"] == "uvicorn.error" for line in lines)


def test_an_answer_has_the_id_of_its_request(tmp_path: Path) -> None:
    given = "0b9c2d7e-5c11-4c6e-9f0a-7a2f1f0d8c11"
    parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    headers = {"X-Request-Id": given, "traceparent": parent}
    more = {"AUTERITY_LOG_FORMAT": "json", "AUTERITY_LOG_LEVEL": "info"}
    with serving(tmp_path, **more) as (process, said):
        found = httpx2.get(f"{said['url']}/.well-known/jwks.json", headers=headers)
        assert found.headers["x-request-id"] == given
        other = httpx2.get(f"{said['url']}/health/live", headers={"X-Request-Id": "419-555-0188"})
        assert len(other.headers["x-request-id"]) == 32
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=20)
    [line] = [each for each in map(json.loads, told.splitlines()) if each["message"] == "request"]
    assert (line["request_id"], line["trace_id"]) == (given, parent[3:35])


def test_of_an_error_of_others_code_only_the_type_and_the_place_are_told() -> None:
    try:
        int("jordan.rivera@example.com")
    except ValueError:
        record = logging.getLogger("other").makeRecord(
            "other", logging.ERROR, __file__, 1, "lost %s", ("+14195550188",), sys.exc_info()
        )
    line = json.loads(Lines(as_json=True).format(record))
    assert line["error"]["type"] == "ValueError"
    assert line["error"]["at"].startswith("test_logs.py:")
    assert line["message"] == "lost [PHONE_NUMBER]"


def test_a_person_reads_the_same_as_text() -> None:
    record = logging.getLogger("auterity.x").makeRecord(
        "auterity.x",
        logging.INFO,
        __file__,
        1,
        "run event",
        (),
        None,
        extra={"fields": {"a": "b c"}},
    )
    line = Lines(as_json=False).format(record)
    assert line.partition("+00:00 ")[2] == 'INFO run event a="b c"'


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (
            "GET https://a.example/x?vin=1HGCM82633A004352 lost",
            "GET https://a.example/x?[query] lost",
        ),
        ("postgresql://user:hunter2@db/auterity", "postgresql://db/auterity"),
        ("Authorization: Bearer abc.def", "Authorization: [token]"),
        ("key aut_key_4kJ-x", "key [token]"),
        (
            "VIN 1HGCM82633A004352, SSN 219-09-9999",
            "VIN [VEHICLE_IDENTIFICATION_NUMBER], SSN [SOCIAL_SECURITY_NUMBER]",
        ),
        ("write to jordan.rivera@example.com", "write to [EMAIL_ADDRESS]"),
    ],
)
def test_texts_of_others_are_masked(text: str, left: str) -> None:
    assert masked(text) == left


@given(st.text(), st.text())
def test_an_address_is_masked_in_any_text(before: str, after: str) -> None:
    assert "rivera@example.com" not in masked(f"{before} jordan.rivera@example.com {after}")

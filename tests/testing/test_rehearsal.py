"""The shipped workflows, rehearsed on each of their paths; and the rehearsal itself."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from auterity_sdk.dealership.adf import parse_adf
from auterity_sdk.errors import InvalidWorkflow, UsageError
from auterity_sdk.testing import Rehearsal

ROOT = Path(__file__).parents[2]
DATA = ROOT / "examples" / "data"
TOLEDO = ZoneInfo("America/New_York")
MORNING = datetime(2026, 11, 24, 10, 0, tzinfo=TOLEDO)
NIGHT = datetime(2026, 11, 24, 23, 0, tzinfo=TOLEDO)
JORDAN = "+14195550188"


def lead(**change: Any) -> dict[str, Any]:
    found = parse_adf((DATA / "lead.xml").read_bytes(), received_at=MORNING).leads[0]
    data = found.model_dump(mode="json", exclude_none=True)
    data["customer"] |= change
    return {
        "lead": {**data, "customer": {k: v for k, v in data["customer"].items() if v is not None}}
    }


def respond(input: dict[str, Any], at: datetime = MORNING) -> Rehearsal:
    return Rehearsal(ROOT / "workflows" / "lead-response.yaml", input, at=at)


def test_a_lead_is_texted_and_the_answer_goes_to_sales() -> None:
    played = respond(lead())
    assert played.run.status == "waiting"
    (text,) = played.messages()
    assert (text.channel, text.to) == ("sms", JORDAN)
    assert text.body.startswith("Hi Jordan! Thank")
    assert "the CR-V" in text.body
    assert "an AI assistant of" in text.body
    ended = played.send("sms.received", from_=JORDAN, body="Thursday after five?")
    assert (ended.status, ended.end) == ("succeeded", "answered")
    assert ended.output == {"disposition": "answered", "topic": "trade", "message": text.id}
    (task,) = played.messages("task")
    assert (task.to, task.body) == ("sales", "Thursday after five?")


def test_who_writes_stop_is_never_texted_again() -> None:
    played = respond(lead())
    assert played.send("sms.received", from_=JORDAN, body="STOP").end == "opted_out"
    assert played.state_of("follow_up") == "not reached"


def test_an_answer_of_somebody_else_is_not_theirs() -> None:
    played = respond(lead())
    assert played.send("sms.received", from_="+14195550199", body="Yes").status == "waiting"


def test_silence_for_two_days_ends_in_a_call() -> None:
    played = respond(lead())
    assert played.advance("47h").status == "waiting"
    assert played.advance("1h").end == "called"
    assert played.state_of("reply") == "timeout"
    assert played.now - MORNING == timedelta(days=2)


def test_at_night_nobody_is_texted() -> None:
    played = respond(lead(), NIGHT)
    assert played.run.end == "called"
    assert [message.channel for message in played.messages()] == ["task"]


def test_without_a_phone_a_person_calls() -> None:
    played = respond(lead(phone=None, phones=[]))
    assert played.run.end == "called"
    assert played.state_of("hours") == "not reached"


def test_without_consent_a_person_calls() -> None:
    stopped = {
        "channel": "sms",
        "purpose": None,
        "evidence": "STOP",
        "granted_at": None,
        "revoked_at": "2026-11-01T10:00:00Z",
    }
    played = respond(lead(consents=[stopped]))
    assert played.run.end == "called"
    assert played.state_of("consent") == "denied"


def service(at: datetime) -> Rehearsal:
    given = json.loads((DATA / "appointment.json").read_text())
    return Rehearsal(ROOT / "workflows" / "service-reminder.yaml", given, at=at)


def test_an_appointment_is_reminded_of_the_day_before_and_confirmed() -> None:
    given = json.loads((DATA / "appointment.json").read_text())
    starts = datetime.fromisoformat(given["appointment"]["starts_at"])
    played = service(starts - timedelta(days=3))
    assert played.messages() == []
    played.advance("2d")
    (text,) = played.messages("sms")
    assert "Reply C to confirm" in text.body
    ended = played.send("sms.received", from_=given["appointment"]["customer"]["phone"], body="C")
    assert ended.end == "confirmed"


def test_an_appointment_without_an_answer_is_called_about() -> None:
    given = json.loads((DATA / "appointment.json").read_text())
    starts = datetime.fromisoformat(given["appointment"]["starts_at"])
    played = service(starts - timedelta(days=1))
    assert played.advance("20h").end == "called"


def appraise(**more: Any) -> Rehearsal:
    given = json.loads((DATA / "trade-in.json").read_text())
    given |= {"book": {"amount": "18000.00", "currency": "USD"}, **more}
    return Rehearsal(ROOT / "workflows" / "trade-in-appraisal.yaml", given, at=MORNING)


def test_a_small_trade_in_is_offered_at_once() -> None:
    played = appraise(limit_minor=10_000_000)
    assert played.run.end == "offered"
    (mail,) = played.messages("email")
    assert mail.subject == "Your trade-in estimate"
    assert "$" in mail.body


def test_a_large_one_waits_for_a_manager() -> None:
    played = appraise(limit_minor=1)
    (wait,) = played.run.waiting
    assert (wait.kind, wait.what) == ("approve", "used_car_manager")
    assert wait.title.startswith("Offer $")
    with pytest.raises(UsageError, match="role"):
        played.approve("desk", role="bdc")
    with pytest.raises(UsageError):
        played.approve("desk", by="tester", role="used_car_manager")
    assert played.approve("desk", role="used_car_manager").end == "offered"


def test_a_rejected_one_is_called_about() -> None:
    played = appraise(limit_minor=1)
    assert played.approve("desk", role="used_car_manager", approved=False).end == "called"


def test_a_file_with_errors_is_not_rehearsed(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("auterity: 1\nname: x\nsteps: {a: {uses: no.such}}\n")
    with pytest.raises(InvalidWorkflow, match=r"3: AUT501 there is no step type"):
        Rehearsal(tmp_path / "x.yaml", {}, at=MORNING)


def test_a_time_needs_its_zone() -> None:
    with pytest.raises(UsageError, match="time zone"):
        Rehearsal(ROOT / "workflows" / "lead-response.yaml", {}, at=datetime(2026, 1, 1))  # noqa: DTZ001


def test_a_wait_counts_the_hours_of_the_project(tmp_path: Path) -> None:
    (tmp_path / "auterity.toml").write_text(
        "[dealership]\ntimezone = 'America/New_York'\n"
        "[calendars.default]\nhours = { mon-fri = '9:00-18:00' }\nholidays = ['us-federal']\n"
    )
    file = tmp_path / "wait.yaml"
    file.write_text("auterity: 1\nname: late\nsteps: {pause: {wait: {business: 4h}}}\n")
    before_thanksgiving = datetime(2026, 11, 25, 16, 0, tzinfo=TOLEDO)
    played = Rehearsal(file, {}, at=before_thanksgiving)
    assert played.run.waiting[0].until == datetime(2026, 11, 27, 11, 0, tzinfo=TOLEDO)
    assert played.advance("42h").status == "waiting"
    assert played.advance("1h").status == "succeeded"

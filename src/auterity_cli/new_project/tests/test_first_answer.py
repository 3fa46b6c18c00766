"""The workflow, run in memory: nobody is texted, and no time passes."""

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from auterity_sdk.dealership.adf import parse_adf
from auterity_sdk.testing import Rehearsal

ROOT = Path(__file__).parent.parent
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("America/New_York"))


def lead() -> dict[str, Any]:
    document = (ROOT / "leads" / "lead.xml").read_bytes()
    found = parse_adf(document, received_at=NOW).leads[0]
    return found.model_dump(mode="json", exclude_none=True)


def test_a_lead_with_a_phone_is_texted() -> None:
    played = Rehearsal(ROOT / "workflows" / "first-answer.yaml", {"lead": lead()}, at=NOW)
    assert played.run.end == "texted"
    (text,) = played.messages("sms")
    assert text.body.startswith("Hi Jordan")


def test_a_lead_without_a_phone_is_called() -> None:
    without = lead()
    without["customer"] = {**without["customer"], "phone": None, "phones": []}
    played = Rehearsal(ROOT / "workflows" / "first-answer.yaml", {"lead": without}, at=NOW)
    assert played.run.end == "called"

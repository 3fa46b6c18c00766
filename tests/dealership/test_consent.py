"""Who may be written to, and which words end that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from auterity_sdk.dealership.consent import (
    ConsentRecord,
    decide,
    stated_consents,
)
from auterity_sdk.errors import UsageError

NOW = datetime(2026, 11, 23, 15, 42, tzinfo=UTC)


def day(number: int) -> datetime:
    return NOW + timedelta(days=number)


def record(**fields: Any) -> ConsentRecord:
    return ConsentRecord.model_validate({"channel": "sms", **fields})


def granted(purpose: str, on: int, **fields: Any) -> ConsentRecord:
    return record(purpose=purpose, granted_at=day(on), **fields)


def test_no_record_is_no() -> None:
    decision = decide([], "sms", "marketing", NOW)
    assert decision.outcome == "denied"
    assert "no consent" in decision.reason


@pytest.mark.parametrize(
    ("records", "purpose", "outcome"),
    [
        ([granted("marketing", -1)], "marketing", "granted"),
        ([granted("marketing", -1)], "transactional", "granted"),
        ([granted("transactional", -1)], "marketing", "denied"),
        ([granted("conversational", -1)], "marketing", "denied"),
        ([granted("marketing", 1)], "marketing", "denied"),
        ([granted("marketing", -2), record(revoked_at=day(-1))], "transactional", "denied"),
        ([record(revoked_at=day(-2)), granted("marketing", -1)], "marketing", "granted"),
        ([granted("marketing", -1), record(revoked_at=day(-1))], "marketing", "denied"),
        ([granted("marketing", -1), record(revoked_at=day(1))], "marketing", "granted"),
        ([granted("marketing", -2), record(purpose="marketing", revoked_at=day(-1))], "transactional", "granted"),
        ([granted("marketing", -2), record(purpose="transactional", revoked_at=day(-1))], "marketing", "denied"),
        ([granted("marketing", -2, revoked_at=day(-1))], "marketing", "denied"),
        ([granted("marketing", -9, expires_at=day(-1))], "marketing", "denied"),
        ([granted("marketing", -9), granted("marketing", -8, expires_at=day(-1))], "marketing", "granted"),
    ],
)  # fmt: skip
def test_decisions(records: list[ConsentRecord], purpose: Any, outcome: str) -> None:
    assert decide(records, "sms", purpose, NOW).outcome == outcome


def test_channels_do_not_speak_for_each_other() -> None:
    assert decide([granted("marketing", -1)], "email", "marketing", NOW).outcome == "denied"
    email_stop = ConsentRecord(channel="email", revoked_at=day(-1))
    assert (
        decide([granted("marketing", -2), email_stop], "sms", "marketing", NOW).outcome == "granted"
    )


@given(
    st.lists(
        st.builds(granted, st.sampled_from(["marketing", "transactional"]), st.integers(-30, -1)),
        max_size=5,
    )
)
def test_stop_now_denies_whatever_was_granted_before(records: list[ConsentRecord]) -> None:
    for purpose in ("marketing", "conversational", "transactional"):
        assert decide([*records, record(revoked_at=NOW)], "sms", purpose, NOW).outcome == "denied"  # type: ignore[arg-type]


def test_a_record_says_something() -> None:
    with pytest.raises(ValidationError, match="granted_at, revoked_at or both"):
        record()
    with pytest.raises(ValidationError, match="names its purpose"):
        record(granted_at=NOW)
    with pytest.raises(UsageError):
        decide([], "sms", "marketing", datetime(2026, 11, 23))  # noqa: DTZ001  # what is refused


def test_flags_in_comments() -> None:
    text = "nice car\nSMS Opt-In: Yes\nEmail Opt In: no / Phone Opt-Out = true\ntext message opt-in: maybe"
    found = {r.channel: (r.granted_at is not None, r.evidence) for r in stated_consents(text, NOW)}
    assert found == {
        "sms": (True, "SMS Opt-In: Yes"),
        "email": (False, "Email Opt In: no"),
        "voice": (False, "Phone Opt-Out = true"),
    }
    assert stated_consents("I opt in to nothing: yes", NOW) == ()

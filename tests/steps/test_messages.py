from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from auterity_sdk.connections.sms import segments
from auterity_sdk.errors import StepError
from auterity_sdk.steps.builtin import email, hours, sms, task
from auterity_sdk.steps.context import StepContext
from auterity_sdk.workflow.duration import Duration

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
PHONE = "+14195550188"

HOSTILE = [
    "\x1b[31mred",
    "\x1b]0;title\x07",
    "a\x00b",
    "a\x9bb",
    "a\u202eb",
    "a\U000e0041b",
    "\x1cx",
    "a\rb",
]


async def test_a_text_goes_to_the_outbox_once(context: StepContext, connections: Any) -> None:
    first = await sms.send.function(context, PHONE, "Hi Jo", "transactional")
    again = await sms.send.function(replace(context, attempt=2), PHONE, "Hi Jo")
    (kept,) = connections.outbox.messages("sms")
    assert first.message_id == again.message_id == kept.id
    assert (first.segments, kept.body, kept.at) == (1, "Hi Jo", NOW)
    assert kept.details == {"purpose": "transactional"}


@pytest.mark.parametrize(
    "to", ["4195550188", "+04195550188", "+1 419 555 0188", "", "+14195550188\n"]
)
async def test_a_number_in_another_form_is_refused(context: StepContext, to: str) -> None:
    for refuse in (
        lambda: sms.send.bind({"to": to, "body": "x"}),
        lambda: sms.send.function(context, to, "x").send(None),
    ):
        with pytest.raises(StepError) as raised:
            refuse()
        assert raised.value.type == "bad_input"
        assert to.strip() == "" or to.strip() not in raised.value.message


@pytest.mark.parametrize("text", HOSTILE)
async def test_text_that_acts_cannot_be_sent(
    context: StepContext, connections: Any, text: str
) -> None:
    for sending in (
        sms.send.function(context, PHONE, text),
        email.send.function(context, "jo@example.com", "Hi", text),
        email.send.function(context, "jo@example.com", text, "Hi"),
    ):
        with pytest.raises(StepError) as raised:
            await sending
        assert raised.value.type == "bad_input"
        assert text not in raised.value.message
    assert connections.outbox.messages() == []


@pytest.mark.parametrize(
    "text", ["[red]x[/red]", "a --> b; click b", "${secrets.x}", "{{x}}", "é 👩‍🔧"]
)
async def test_markup_is_only_text(context: StepContext, connections: Any, text: str) -> None:
    await sms.send.function(context, PHONE, text)
    assert connections.outbox.messages()[0].body == text


@pytest.mark.parametrize("body", ["", " \n", "x" * 1601])
async def test_an_empty_or_endless_text_is_refused(context: StepContext, body: str) -> None:
    with pytest.raises(StepError) as raised:
        await sms.send.function(context, PHONE, body)
    assert raised.value.type == "bad_input"


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("x" * 160, 1), ("x" * 161, 2), ("x" * 306, 2), ("x" * 307, 3), ("€" * 80, 1), ("€" * 81, 2),
        ("ш" * 70, 1), ("ш" * 71, 2), ("😀" * 35, 1), ("😀" * 36, 2), ("x" * 159 + "\n", 1),
    ],
)  # fmt: skip
def test_segments_are_counted_as_they_are_billed(body: str, count: int) -> None:
    assert segments(body) == count


@pytest.mark.parametrize(
    "to",
    [
        "jo@example.com, eve@example.com", "Jo <jo@example.com>", "jo@example.com\r\nBcc: eve@x.org", "jo",
        '"a b"@example.com', "jo@example", "jo@example..com", "jo(x)@example.com", "jö@example.com", "",
    ],
)  # fmt: skip
async def test_only_one_plain_address_is_written_to(
    context: StepContext, connections: Any, to: str
) -> None:
    with pytest.raises(StepError) as raised:
        await email.send.function(context, to, "Hi", "there")
    assert raised.value.type == "bad_input"
    assert connections.outbox.messages() == []


@pytest.mark.parametrize(
    "subject", ["Hi\r\nBcc: eve@example.com", "Hi\nX: y", "Hi\n", "a\tb", "a\u2028b"]
)
async def test_a_subject_is_one_line(context: StepContext, subject: str) -> None:
    with pytest.raises(StepError) as raised:
        await email.send.function(context, "jo@example.com", subject, "x")
    assert raised.value.type == "bad_input"


async def test_a_mail_goes_to_the_outbox(context: StepContext, connections: Any) -> None:
    sent = await email.send.function(context, "jo@example.com", "Hi", "a\nb")
    (kept,) = connections.outbox.messages("email")
    assert (kept.id, kept.to, kept.subject, kept.body) == (
        sent.message_id, "jo@example.com", "Hi", "a\nb",
    )  # fmt: skip


async def test_a_task_is_due_from_now(context: StepContext, connections: Any) -> None:
    made = await task.assign.function(context, "bdc", "Call \x1b[1mJo", Duration.parse("5m"))
    (kept,) = connections.outbox.messages("task")
    assert made.due_at == NOW + timedelta(minutes=5)
    assert (kept.id, kept.to, kept.subject) == (made.task_id, "bdc", "Call [1mJo")


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("Yes", "yes"), ("Sí", "yes"), ("y", "yes"), ("C", "yes"), ("OK thanks!", "yes"), ("1", "yes"), ("yes, see you then", "yes"),
        ("No", "no"), ("R", "no"), ("Reschedule please", "no"), ("2", "no"),
        ("STOP", "stop"), ("cancel", "stop"), ("please stop texting me", "stop"), ("Opt out", "stop"),
        ("yes but not before 10", "unclear"), ("yes no", "unclear"), ("", "unclear"), ("thanks", "unclear"),
        ("can I stop by at five", "unclear"), ("12", "unclear"),
    ],
)  # fmt: skip
async def test_a_reply_is_read(text: str, outcome: str) -> None:
    assert (await sms.read_reply.function(text)).outcome_name == outcome


@pytest.mark.parametrize(
    ("at", "state", "outcome", "opens"),
    [
        ("2026-11-23T15:00Z", None, "open", "2026-11-23T15:00Z"),
        ("2026-11-23T12:59Z", None, "closed", "2026-11-23T13:00Z"),
        ("2026-11-24T02:00Z", "Ohio", "closed", "2026-11-24T13:00Z"),
        ("2026-11-23T14:00Z", "KY", "closed", "2026-11-23T16:00Z"),
    ],
)
async def test_the_gate_keeps_quiet_hours(
    context: StepContext, at: str, state: str | None, outcome: str, opens: str
) -> None:
    now = datetime.fromisoformat(at)
    found = await hours.gate.function(replace(context, now=now), PHONE, state)
    assert (found.outcome_name, found.opens_at) == (outcome, datetime.fromisoformat(opens))
    assert PHONE not in found.reason


async def test_a_state_that_is_none_is_bad_input(context: StepContext) -> None:
    with pytest.raises(StepError) as raised:
        await hours.gate.function(context, PHONE, "Atlantis")
    assert raised.value.type == "bad_input"

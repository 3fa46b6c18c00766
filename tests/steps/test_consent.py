from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from auterity_sdk.dealership.consent import ConsentRecord
from auterity_sdk.dealership.customer import Customer
from auterity_sdk.dealership.lead import Lead
from auterity_sdk.errors import StepError
from auterity_sdk.steps.builtin import consent
from auterity_sdk.steps.builtin.consent import Checked
from auterity_sdk.steps.context import StepContext
from auterity_sdk.workflow.duration import Duration

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
DAY = timedelta(days=1)
PHONE = "+14195550188"


def grant(at: datetime, purpose: Any = "conversational", **more: Any) -> ConsentRecord:
    return ConsentRecord(channel="sms", purpose=purpose, granted_at=at, **more)


def customer(*consents: ConsentRecord) -> Customer:
    return Customer(first_name="Jo", phone=PHONE, email="Jo@example.com", consents=consents)


def asked(days_ago: int, who: Customer | None = None) -> Lead:
    at = NOW - days_ago * DAY
    return Lead(received_at=NOW, requested_at=at, customer=who or customer())


async def check(context: StepContext, *args: Any, **more: Any) -> tuple[str | None, str]:
    found: Checked = await consent.check.function(context, *args, **more)
    return found.outcome_name, found.basis


async def record(context: StepContext, said: str, at: datetime, **more: Any) -> None:
    told = replace(context, now=at, idempotency_key=f"{said}{at}")
    await consent.record.function(
        told, **{"channel": "sms", "address": PHONE, "said": said, **more}
    )


async def test_without_a_word_it_is_denied(context: StepContext) -> None:
    assert await check(context, "sms", customer()) == ("denied", "none")


async def test_without_an_address_it_is_denied(context: StepContext) -> None:
    nobody = Customer(first_name="Jo")
    assert await check(context, "sms", nobody, lead=asked(0, nobody)) == ("denied", "none")


async def test_a_customers_own_record_grants_its_purpose(context: StepContext) -> None:
    jo = customer(grant(NOW - DAY))
    assert await check(context, "sms", jo) == ("granted", "record")
    assert await check(context, "sms", jo, "marketing") == ("denied", "none")
    assert await check(context, "email", jo) == ("denied", "none")


async def test_records_expire(context: StepContext) -> None:
    jo = customer(grant(NOW - 2 * DAY, expires_at=NOW - DAY))
    assert await check(context, "sms", jo) == ("denied", "expired")


@pytest.mark.parametrize(
    ("days_ago", "purpose", "found"),
    [
        (0, "conversational", ("granted", "inquiry")),
        (90, "transactional", ("granted", "inquiry")),
        (91, "conversational", ("denied", "none")),
        (-1, "conversational", ("denied", "none")),
        (0, "marketing", ("denied", "none")),
    ],
)
async def test_a_question_may_be_answered(
    context: StepContext, days_ago: int, purpose: str, found: tuple[str, str]
) -> None:
    assert await check(context, "sms", customer(), purpose, asked(days_ago)) == found


async def test_a_question_covers_the_address_it_gave(context: StepContext) -> None:
    other = Customer(first_name="Jo", phone="+14195550189")
    assert await check(context, "sms", other, lead=asked(0)) == ("denied", "none")
    assert await check(context, "email", customer(), lead=asked(0)) == ("granted", "inquiry")


async def test_what_was_written_down_counts_in_later_runs(context: StepContext) -> None:
    await record(context, "yes", NOW - DAY, purpose="marketing", evidence="ticked \x1b[1mbox")
    assert await check(context, "sms", customer(), "marketing") == ("granted", "record")


async def test_a_yes_may_expire(context: StepContext) -> None:
    lasting = {"purpose": "marketing", "expires": Duration.parse("2d")}
    await record(context, "yes", NOW - 2 * DAY, **lasting)
    assert await check(context, "sms", customer(), "marketing") == ("denied", "expired")


@pytest.mark.parametrize("purpose", ["marketing", "conversational", "transactional"])
async def test_an_opt_out_wins_over_everything_before_it(
    context: StepContext, purpose: str
) -> None:
    await record(context, "yes", NOW - 2 * DAY, purpose="marketing")
    await record(context, "stop", NOW - DAY)
    jo = customer(grant(NOW - 2 * DAY, "marketing"))
    assert await check(context, "sms", jo, purpose, asked(0)) == ("denied", "opt_out")


async def test_what_a_document_states_does_not_overrule_an_opt_out(context: StepContext) -> None:
    await record(context, "stop", NOW - DAY)
    assert await check(context, "sms", customer(grant(NOW, "marketing"))) == ("denied", "opt_out")


async def test_a_question_does_not_overrule_an_opt_out_from_marketing(
    context: StepContext,
) -> None:
    await record(context, "stop", NOW - DAY, purpose="marketing")
    found = await check(context, "sms", customer(), "conversational", asked(0))
    assert found == ("denied", "opt_out")


async def test_a_later_yes_on_record_overrules_an_opt_out(context: StepContext) -> None:
    await record(context, "stop", NOW - 2 * DAY)
    await record(context, "yes", NOW - DAY, purpose="conversational")
    assert await check(context, "sms", customer()) == ("granted", "record")


async def test_an_opt_out_on_one_channel_leaves_another(context: StepContext) -> None:
    await record(context, "stop", NOW - DAY)
    assert await check(context, "email", customer(), lead=asked(0)) == ("granted", "inquiry")


async def test_addresses_of_mail_are_the_same_in_any_case(context: StepContext) -> None:
    await record(context, "stop", NOW - DAY, channel="email", address=" jo@EXAMPLE.com")
    assert await check(context, "email", customer(), lead=asked(0)) == ("denied", "opt_out")


async def test_a_yes_without_purpose_is_bad_input(context: StepContext) -> None:
    with pytest.raises(StepError) as raised:
        await record(context, "yes", NOW)
    assert raised.value.type == "bad_input"


async def test_the_reason_names_no_person(context: StepContext) -> None:
    found = await consent.check.function(context, "sms", customer(grant(NOW - DAY)))
    assert PHONE not in found.reason
    assert "Jo" not in found.reason

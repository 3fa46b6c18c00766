"""The things of the trade as data: what they refuse, what they complete, and that nothing is lost in JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from auterity_sdk.dealership.address import Address, plausible_email
from auterity_sdk.dealership.adf import parse_adf
from auterity_sdk.dealership.appointment import Appointment
from auterity_sdk.dealership.customer import Customer, split_name
from auterity_sdk.dealership.lead import Lead
from auterity_sdk.dealership.money import Money
from auterity_sdk.dealership.plain_text import clean_line, clean_text
from auterity_sdk.dealership.us_states import STATE_ZONES, state_code
from auterity_sdk.dealership.vehicle import Vehicle

NOW = datetime(2026, 11, 23, 15, 42, tzinfo=UTC)
DATA = Path(__file__).parents[2] / "examples" / "data"


def lead(**fields: Any) -> Lead:
    customer = fields.pop("customer", {"full_name": "Jordan Rivera", "phone": "+14195550188"})
    return Lead.model_validate({"received_at": NOW, "customer": customer, **fields})


def test_the_example_data_fits_the_models() -> None:
    appointment = json.loads((DATA / "appointment.json").read_text(encoding="utf-8"))
    trade_in = json.loads((DATA / "trade-in.json").read_text(encoding="utf-8"))
    assert (
        Appointment.model_validate(appointment["appointment"]).customer.full_name == "Sam O'Neill"
    )
    assert Customer.model_validate(trade_in["customer"]).phone == "+14195550188"
    vehicle = Vehicle.model_validate(trade_in["vehicle"])
    assert vehicle.is_trade
    assert vehicle.finance is not None
    assert vehicle.finance.payoff == Money(minor=841255, currency="USD")
    clean = parse_adf((DATA / "lead.xml").read_bytes(), received_at=NOW)
    assert clean.repairs == ()
    assert clean.leads[0].vehicle is not None
    assert (clean.leads[0].vehicle.year, clean.leads[0].trade_ins[0].year) == (2026, 2018)
    assert [c.channel for c in clean.leads[0].customer.consents] == ["sms", "email"]
    messy = parse_adf((DATA / "lead-dialect.xml").read_bytes(), received_at=NOW)
    assert len(messy.repairs) > 10
    assert messy.leads[0].vehicle is not None
    assert (messy.leads[0].vehicle.year, messy.leads[0].trade_ins[0].year) == (2026, 2018)


def test_json_round_trip_keeps_derived_ids() -> None:
    made = lead(vehicle={"model": "CR-V"}, extras=[{"path": "x", "attributes": {"a": "b"}}])
    again = Lead.model_validate(made.model_dump(mode="json"))
    assert again == made
    assert Lead.model_validate_json(made.model_dump_json()) == made
    assert made.id.startswith("lead-")
    assert made.customer.id.startswith("c-")
    assert "4195550188" not in made.customer.id


@pytest.mark.parametrize(
    ("model", "data", "message"),
    [
        (Customer, {"frist_name": "Jo"}, "Extra inputs are not permitted"),
        (Customer, {"phone": "419-555-0188"}, "String should match pattern"),
        (Customer, {"email": "jordan at example"}, "not an e-mail address"),
        (Vehicle, {"year": "2026"}, "valid integer"),
        (Vehicle, {"vin": "123"}, "17 letters and digits"),
        (Vehicle, {"make": "  "}, "must not be blank"),
        (Vehicle, {"interest": "cpo"}, "Input should be"),
        (Money, {"minor": 1.5, "currency": "USD"}, "valid integer"),
        (Money, {"minor": 1, "currency": "ZZZ"}, "no currency code"),
        (Money, {"amount": "1.005", "currency": "USD"}, "more decimals"),
        (Money, {"amount": "1e5", "currency": "USD"}, "digits with at most one decimal point"),
        (Money, {"amount": 10, "currency": "USD"}, "decimal string"),
        (Lead, {"received_at": "2026-11-23T10:00:00", "customer": {}}, "timezone"),
        (Lead, {"received_at": NOW, "customer": {}, "vehicle": {"interest": "sell"}}, "vehicle of interest"),
        (Lead, {"received_at": NOW, "customer": {}, "trade_ins": [{"model": "x"}]}, "needs the interest"),
        (Appointment, {"id": "1", "starts_at": NOW, "ends_at": NOW, "customer": {}}, "ends after it starts"),
        (Appointment, {"id": " ", "starts_at": NOW, "customer": {}}, "must not be blank"),
    ],
)  # fmt: skip
def test_what_is_refused_is_said_clearly(model: Any, data: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        model.model_validate(data)


def test_errors_do_not_show_what_was_put_in() -> None:
    with pytest.raises(ValidationError) as caught:
        Customer.model_validate({"email": "private words", "phone": "private number"})
    assert "private" not in str(caught.value)


def test_a_lead_does_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        lead().comments = "x"  # type: ignore[misc]


def test_the_first_vehicle_of_interest_is_the_vehicle() -> None:
    assert lead(vehicles_of_interest=[{"model": "A"}, {"model": "B"}]).vehicle == Vehicle(model="A")
    assert lead(vehicle={"model": "A"}).vehicles_of_interest == (Vehicle(model="A"),)
    assert lead().vehicle is None


def test_ids_follow_what_identifies() -> None:
    assert lead().id != lead(comments="x").id
    assert lead().id != lead(vehicle={"model": "CR-V"}).id
    assert lead().id == lead(extras=[{"path": "x"}]).id
    assert lead(id="crm:1").id == "crm:1"
    one = Customer(full_name="Jo Fox", phone="+14195550188")
    assert one.id == Customer(full_name="J. Fox", phone="+14195550188", email="jo@fox.example").id
    assert Customer(email="Jo@fox.example").id == Customer(email="jo@FOX.example").id
    assert Customer(full_name="Jo Fox").id != Customer(full_name="Al Fox").id


@pytest.mark.parametrize(
    ("full", "parts"),
    [
        ("Jordan Rivera", ("Jordan", "", "Rivera", "")),
        ("Rivera, Jordan Q", ("Jordan", "Q", "Rivera", "")),
        ("de la Cruz, Ana", ("Ana", "", "de la Cruz", "")),
        ("Dr. Sam McKay Jr.", ("Sam", "", "McKay", "Jr.")),
        ("Sam O'Neill, III", ("Sam", "", "O'Neill", "III")),
        ("Cher", ("Cher", "", "", "")),
        ("Mr & Mrs Fox", ("", "", "", "")),
        ("Ana and Luis Cruz", ("", "", "", "")),
        ("jo@fox.example", ("", "", "", "")),
        ("", ("", "", "", "")),
        (",", ("", "", "", "")),
    ],
)
def test_names(full: str, parts: tuple[str, ...]) -> None:
    found = split_name(full)
    names = ("first_name", "middle_name", "last_name", "suffix")
    assert tuple(found.get(name, "") for name in names) == parts


def test_full_names_and_parts_complete_each_other() -> None:
    assert Customer(first_name="Jo", last_name="Fox").full_name == "Jo Fox"
    assert Customer(full_name="Jo Fox").first_name == "Jo"
    assert Customer(full_name="Fox Brothers", kind="business").first_name == ""


def test_the_number_to_use_is_a_mobile_and_never_a_fax() -> None:
    def phone(last: int, kind: str) -> dict[str, str]:
        return {"number": f"+141955501{last}", "kind": kind}

    def chosen(*phones: dict[str, str]) -> str | None:
        return Customer.model_validate({"phones": phones}).phone

    assert chosen(phone(10, "voice"), phone(11, "cellphone")) == "+14195550111"
    assert chosen(phone(10, "fax"), phone(11, "voice")) == "+14195550111"
    assert chosen(phone(10, "fax"), phone(11, "pager")) is None


@given(st.integers(-(2**53) + 1, 2**53 - 1), st.sampled_from(["USD", "JPY", "KWD", "CLF"]))
def test_money_is_exact_at_its_border(minor: int, currency: str) -> None:
    money = Money(minor=minor, currency=currency)
    assert Money.from_decimal(money.decimal_text, currency) == money
    assert Money.model_validate(money.model_dump(mode="json")) == money


def test_money_is_written_with_all_its_decimals() -> None:
    texts = [Money(minor=5, currency=c).decimal_text for c in ("USD", "JPY", "KWD", "CLF")]
    assert texts == ["0.05", "5", "0.005", "0.0005"]


@given(st.text())
def test_clean_text_is_harmless_and_clean_for_good(text: str) -> None:
    clean = clean_text(text)
    assert clean_text(clean) == clean
    assert clean_line(clean_line(text)) == clean_line(text)
    assert not any(ord(c) < 32 and c not in "\n\t" for c in clean)
    assert not set(clean) & set("\x1b\x7f\x9b\u202e\u2066\u200b\ufeff\r\u2028\U000e0041")
    assert "\n" not in clean_line(text)
    clean.encode("utf-8")


def test_clean_text_keeps_what_people_write() -> None:
    assert clean_text(" Zoë\r\n\tçà 日本 👩‍🔧 \x1b[1mx ") == "Zoë\n\tçà 日本 👩‍🔧 [1mx"


@pytest.mark.parametrize(
    "text", ["a@b.example", "O'Neill+x@mail.example.co.uk", "ü@bücher.example"]
)
def test_mailboxes(text: str) -> None:
    assert plausible_email(text)


@pytest.mark.parametrize(
    "text",
    ["", "a", "a@b", "@b.example", "a b@c.example", "a@b@c.example", "a@b..example", "a@b.example\nBcc: x", "a,b@c.example"]
)  # fmt: skip
def test_no_mailboxes(text: str) -> None:
    assert not plausible_email(text)


def test_states_have_zones_that_exist() -> None:
    from zoneinfo import ZoneInfo

    assert len(STATE_ZONES) == 51
    for zones in STATE_ZONES.values():
        assert zones
        assert all(ZoneInfo(zone).key == zone for zone in zones)
    assert [
        state_code(t) for t in ("OH", "oh", "US-OH", "Ohio", "new  york", "D.C.", "Ontario")
    ] == (["OH", "OH", "OH", "OH", "NY", "DC", None])
    assert Address(region="CA", country="CA").us_state is None
    assert Address(region="CA").us_state == "CA"

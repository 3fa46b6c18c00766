"""What is written reads back as the same lead, without a repair."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from auterity_sdk.dealership.adf import AdfNotWritable, parse_adf, write_adf
from auterity_sdk.dealership.adf.prospect import zones_of
from auterity_sdk.dealership.consent import stated_consents
from auterity_sdk.dealership.lead import Lead
from auterity_sdk.dealership.plain_text import clean_line, clean_text

RECEIVED_AT = datetime(2026, 11, 23, 15, 42, tzinfo=UTC)

words = st.text(
    st.characters(exclude_categories=["Cs", "Cn", "Co"]) | st.sampled_from("&<>\"';:]"), max_size=30
).map(clean_line)
# Letters and marks of markup, without what a reader takes for a form's placeholder or for HTML in comments.
names = st.text(st.sampled_from("ABZabz 0189&<>\"';:]é日"), min_size=1, max_size=20).map(
    lambda text: clean_line("Q" + text)
)
comments = st.text(
    st.characters(exclude_categories=["Cs", "Cn", "Co"]) | st.sampled_from("&<>\n\t"), max_size=80
).map(clean_text)
money = st.fixed_dictionaries(
    {
        "minor": st.integers(1, 10**9),
        "currency": st.sampled_from(["USD", "CAD", "JPY", "KWD"]),
    }
)
phones = st.integers(0, 99).map(lambda n: f"+141955501{n:02}")
emails = st.sampled_from(["jordan@example.com", "O'Neill+cars@mail.example.co.uk"])


def _optional(**fields: st.SearchStrategy[Any]) -> dict[str, st.SearchStrategy[Any]]:
    return fields


def vehicles(*interests: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "year": st.integers(1981, 2027),
            "make": names,
            "model": names,
            "interest": st.sampled_from(interests),
        },
        optional=_optional(
            vin=st.sampled_from(["5FNYF5H59HB011946", "VF1LM1B0H36666155"]),
            trim=names,
            stock=names,
            status=st.sampled_from(["new", "used"]),
            condition=st.sampled_from(["excellent", "unknown"]),
            odometer=st.fixed_dictionaries(
                {"value": st.integers(0, 9_999_999), "unit": st.sampled_from(["mi", "km"])},
                optional={"status": st.sampled_from(["original", "replaced"])},
            ),
            exterior_color=names,
            interior_color=names,
            options=st.lists(names, max_size=3),
            comments=comments,
            finance=st.fixed_dictionaries({"payoff": money}, optional={"monthly": money}),
        ),
    )


priced = st.fixed_dictionaries(
    {"price": money}, optional={"price_type": st.sampled_from(["quote", "msrp", "asking"])}
)
addresses = st.fixed_dictionaries(
    {"city": names},
    optional=_optional(
        street=st.lists(names, max_size=5),
        region=st.sampled_from(["OH", "FL", "Ontario"]),
        postal_code=st.sampled_from(["43604", "K1A 0B1"]),
        country=st.sampled_from(["US", "CA"]),
    ),
)
customers = st.fixed_dictionaries(
    {"first_name": names, "email": emails},
    optional=_optional(
        id=st.sampled_from(["crm:77", "plain", "auterity:x", ":odd", "a: b"]),
        last_name=names,
        middle_name=names,
        suffix=names,
        full_name=names,
        kind=st.sampled_from(["individual", "business"]),
        phones=st.lists(
            st.fixed_dictionaries(
                {"number": phones, "kind": st.sampled_from(["voice", "cellphone", "fax"])},
                optional={"best_time": st.sampled_from(["morning", "day"])},
            ),
            max_size=3,
            unique_by=lambda phone: phone["number"],
        ),
        address=addresses,
    ),
)
contacts = st.fixed_dictionaries(
    {"name": names}, optional=_optional(email=emails, phone=phones, address=addresses)
)
offsets = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))


@st.composite
def leads(draw: st.DrawFn) -> Lead:
    wanted = draw(st.lists(vehicles("buy", "lease", "test-drive"), min_size=1, max_size=3))
    provider = draw(st.none() | st.fixed_dictionaries({"name": names}, optional={"service": names}))
    said = draw(comments)
    lead = Lead.model_validate(
        {
            "id": draw(st.sampled_from(["", "src:1", "no-source", "x:y:z", ":"])),
            "received_at": RECEIVED_AT,
            "requested_at": draw(
                st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=offsets)  # noqa: DTZ001
            ).replace(microsecond=0),
            "status": draw(st.sampled_from(["new", "resend"])),
            "customer": draw(customers),
            "vehicles_of_interest": [v | draw(priced | st.just({})) for v in wanted],
            "trade_ins": draw(st.lists(vehicles("trade-in", "sell"), max_size=2)),
            "comments": said,
            "vendor": draw(
                st.fixed_dictionaries(
                    {"name": names},
                    optional=_optional(id=names, url=names, contact=contacts),
                )
            ),
            "provider": provider,
        }
    )
    return as_read(lead)


def as_read(lead: Lead) -> Lead:
    """The lead with what a reader derives, and ADF has no word for, as a reader derives it."""
    source, _, text = lead.id.partition(":")
    own = not source or not text or lead.id.startswith("auterity:") or text != text.strip()
    named = lead.provider.name if lead.provider else ""
    customer = lead.customer.model_copy(
        update={
            "time_zones": zones_of(lead.customer),
            "consents": stated_consents(
                lead.comments, min(lead.requested_at or RECEIVED_AT, RECEIVED_AT)
            ),
        }
    )
    return lead.model_copy(
        update={"source": named or ("" if own else source), "customer": customer}
    )


@given(leads())
@settings(max_examples=150, deadline=None)
def test_write_then_parse_is_the_identity(lead: Lead) -> None:
    assume("<" not in lead.comments or ">" not in lead.comments)
    result = parse_adf(write_adf(lead), received_at=RECEIVED_AT)
    assert result.leads == (lead,)
    assert not result.repairs


def test_hostile_text_stays_text() -> None:
    hostile = "</comments></customer><vehicle/> ]]> <!-- & --> \x1b[31m ${run.id}"
    lead = Lead.model_validate(
        {
            "received_at": RECEIVED_AT,
            "requested_at": RECEIVED_AT,
            "customer": {"full_name": 'Eve "<b>" O\'Neill', "email": "eve@example.com"},
            "vehicle": {"year": 2026, "make": "<make>", "model": "&amp;"},
            "vendor": {"name": "A & B"},
            "comments": hostile,
        }
    )
    (read,) = parse_adf(write_adf(lead), received_at=RECEIVED_AT).leads
    assert read.vehicle == lead.vehicle
    assert read.customer.full_name == lead.customer.full_name
    assert len(read.vehicles_of_interest) == 1
    assert "\x1b" not in read.comments


def test_a_lead_that_lacks_what_adf_demands_is_not_written() -> None:
    lead = Lead.model_validate({"received_at": RECEIVED_AT, "customer": {}})
    with pytest.raises(AdfNotWritable) as caught:
        write_adf(lead)
    assert "a vehicle" in caught.value.message
    assert "the customer's name" in caught.value.message
    assert "a phone number or e-mail address" in caught.value.message
    assert "the vendor's name" in caught.value.message


def test_elements_stand_in_the_order_of_the_document_type() -> None:
    lead = Lead.model_validate(
        {
            "received_at": RECEIVED_AT,
            "customer": {"full_name": "Jordan Rivera", "phone": "+14195550188"},
            "vehicle": {
                "year": 2026,
                "make": "Honda",
                "model": "CR-V",
                "vin": "5FNYF5H59HB011946",
                "trim": "EX",
                "price": {"amount": "38450.00", "currency": "USD"},
                "odometer": {"value": 3},
            },
            "vendor": {"name": "Maumee Bay Motors"},
        }
    )
    written = write_adf(lead).decode()
    order = [
        "<?xml",
        "<?adf",
        "<adf>",
        "<prospect",
        "<id",
        "<requestdate",
        "<vehicle",
        "<year",
        "<make",
        "<model",
    ]
    order += [
        "<vin",
        "<trim",
        "<odometer",
        "<price",
        "<customer",
        "<contact",
        "<name",
        "<phone",
        "<id",
        "<vendor",
    ]
    position = 0
    for mark in order:
        position = written.index(mark, position)
    assert '<price currency="USD">38450.00</price>' in written

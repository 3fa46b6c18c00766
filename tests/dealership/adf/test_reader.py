"""What the reader refuses, what it never does, and each rung of its ladder."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auterity_sdk.dealership.adf import AdfRefused, AdfUnreadable, parse_adf
from auterity_sdk.dealership.adf.tokens import tokens
from auterity_sdk.dealership.consent import ConsentRecord, decide
from auterity_sdk.errors import UsageError

AT = datetime(2026, 11, 23, 15, 42, tzinfo=UTC)
BODY = "<adf><prospect><customer><contact><name>Jo Fox</name><phone>4195550188</phone>{}</contact></customer></prospect></adf>"


@pytest.mark.parametrize(
    "document",
    [
        '<!DOCTYPE adf [<!ENTITY x "y">]>' + BODY.format("&x;"),
        '<?xml version="1.0"?><!DOCTYPE adf SYSTEM "file:///etc/passwd">' + BODY.format(""),
        '\n\n<?xml version="1.0"?><!doctype adf [<!entity x SYSTEM "file:///etc/passwd">]>' + BODY.format("&x; & y"),
        '<!DOCTYPE html [<!ENTITY x "y">]><html>' + BODY.format("&x;") + "</html>",
        "text " + BODY.format('<!ENTITY x "y"> & more'),
        "<a>" * 50_000,
        "<adf>" + "<a>" * 100 + "</a>" * 100 + "</adf>",
        "<" * 300_000,
        b"x" * 5_000_001,
        "From: a@b.example\nMIME-Version: 1.0\n" + 'Content-Type: multipart/mixed; boundary="x"\n\n--x\n' * 40,
    ],
    ids=lambda document: repr(document[:40]),
)  # fmt: skip
def test_dangerous_documents_are_refused(document: str | bytes) -> None:
    with pytest.raises(AdfRefused):
        parse_adf(document, received_at=AT)


@pytest.mark.parametrize(
    "document", ["", b"\x00\xff", "hello", "<adf></adf>", "<html><body>x</body></html>"]
)
def test_a_document_without_anybody_is_unreadable(document: str | bytes) -> None:
    with pytest.raises(AdfUnreadable) as caught:
        parse_adf(document, received_at=AT)
    assert caught.value.help


def test_the_time_of_receipt_needs_a_zone() -> None:
    with pytest.raises(UsageError):
        parse_adf(BODY, received_at=datetime(2026, 11, 23))  # noqa: DTZ001  # what is refused


@pytest.mark.parametrize(
    ("written", "code"),
    [
        (BODY.format("<email>a@b.example</email>"), "ADF104"),
        (BODY.format("<email kind=x>a@b.example</email>"), "ADF003"),
        (BODY.format("<email kind=\u201cx\u201d>a@b.example</email>"), "ADF004"),
        (BODY.format("<city>A & B</city>"), "ADF005"),
        (BODY.format("<city>A&nbsp;B</city>"), "ADF006"),
        (BODY.format("<city>A"), "ADF007"),
        (BODY.format("<city>A</city>").replace("<adf>", "").replace("</adf>", ""), "ADF009"),
        ("\n" + BODY.format(""), "ADF001"),
        ("\ufeff" + BODY.format(""), "ADF001"),
        (BODY.format("<city>\u202eA</city>"), "ADF014"),
    ],
)
def test_each_repair_is_told(written: str, code: str) -> None:
    result = parse_adf(written, received_at=AT)
    assert code in [repair.code for repair in result.repairs]
    assert result.leads[0].customer.phone == "+14195550188"
    assert result.leads[0].customer.first_name == "Jo"


def test_repairs_never_quote_what_a_person_wrote() -> None:
    document = BODY.format(
        "<email>secret at home</email><phone>12</phone><birthday>1980</birthday>"
    )
    result = parse_adf(document, received_at=AT)
    assert {"ADF303", "ADF305", "ADF402"} <= {repair.code for repair in result.repairs}
    for repair in result.repairs:
        assert "secret" not in repair.message
        assert "1980" not in repair.message


def test_a_repair_knows_its_line() -> None:
    document = BODY.format("\n\n<email>nobody</email>")
    lines = {repair.code: repair.line for repair in parse_adf(document, received_at=AT).repairs}
    assert lines["ADF305"] == 3


def test_the_same_document_gives_the_same_ids_at_any_time() -> None:
    document = BODY.format("<email>a@b.example</email>")
    early, late = (
        parse_adf(document, received_at=AT.replace(hour=hour)).leads[0] for hour in (1, 23)
    )
    other = parse_adf(document.replace("0188", "0189"), received_at=AT).leads[0]
    assert early.id == late.id != other.id
    assert early.customer.id == late.customer.id != other.customer.id


def test_a_stray_end_tag_does_not_end_the_vehicle() -> None:
    document = BODY.format("").replace(
        "<prospect>",
        "<prospect><vehicle><model>CR-V</name><option><optionname>Roof</name></option></customer><trim>EX</trim></vehicle>",
    )
    vehicle = parse_adf(document, received_at=AT).leads[0].vehicle
    assert vehicle is not None
    assert (vehicle.model, vehicle.trim, vehicle.options) == ("CR-V", "EX", ("Roof",))


def test_a_mail_with_the_lead_in_two_parts_is_one_lead() -> None:
    part = "--x\nContent-Type: text/plain\n\n" + BODY.format("") + "\n"
    mail = f"From: a@b.example\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=x\n\n{part}{part}--x--\n"
    assert len(parse_adf(mail, received_at=AT).leads) == 1


def test_two_prospects_that_share_an_id_are_both_kept() -> None:
    one = "<prospect><id source='s'>0</id><customer><contact><name>{}</name><phone>{}</phone></contact></customer></prospect>"
    document = f"<adf>{one.format('A B', '4195550101')}{one.format('C D', '4195550102')}</adf>"
    assert len(parse_adf(document, received_at=AT).leads) == 2


def test_null_is_a_surname_and_not_a_make() -> None:
    document = BODY.format("<name part='last'>Null</name>").replace(
        "<prospect>", "<prospect><vehicle><make>null</make><model>CR-V</model></vehicle>"
    )
    lead = parse_adf(document, received_at=AT).leads[0]
    assert lead.customer.last_name == "Null"
    assert lead.vehicle is not None
    assert lead.vehicle.make is None


def test_canada_writes_kilometres_and_its_own_dollars() -> None:
    document = BODY.format("").replace(
        "<prospect>",
        "<prospect><vehicle><model>CR-V</model><odometer>42k</odometer><price>18,995</price></vehicle>",
    )
    vehicle = parse_adf(document, received_at=AT, region="CA").leads[0].vehicle
    assert vehicle is not None
    assert vehicle.odometer is not None
    assert vehicle.price is not None
    assert (vehicle.odometer.value, vehicle.odometer.unit) == (42_000, "km")
    assert (vehicle.price.decimal_text, vehicle.price.currency) == ("18995.00", "CAD")


@given(st.text(st.sampled_from("<>!-[]CDATA?/a=\"' \n&;"), max_size=80))
@settings(max_examples=300)
def test_tokens_joined_are_the_text(text: str) -> None:
    assert "".join(token.source for token in tokens(text)) == text


@pytest.mark.parametrize(
    ("date", "status", "outcome"),
    [
        ("<requestdate>2026-11-20T10:00:00-05:00</requestdate>", "resend", "denied"),
        ("<requestdate>2026-11-20T10:00:00-05:00</requestdate>", "new", "denied"),
        ("", "resend", "denied"),
        ("<requestdate>2026-11-22T10:00:00-05:00</requestdate>", "new", "granted"),
    ],
)
def test_a_lead_sent_again_after_a_stop_grants_nothing_new(
    date: str, status: str, outcome: str
) -> None:
    document = BODY.format("<comments>SMS Opt-In: Yes</comments>").replace(
        "<prospect>", f"<prospect status='{status}'>{date}"
    )
    stop = ConsentRecord(channel="sms", revoked_at=datetime(2026, 11, 21, tzinfo=UTC))
    consents = parse_adf(document, received_at=AT).leads[0].customer.consents
    assert decide([*consents, stop], "sms", "marketing", AT).outcome == outcome

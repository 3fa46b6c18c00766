"""A draft passes where each of its numbers equals a fact, in whatever form, and in no other case."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spelling import CENTS, DATES, DAYS, MONTHS, PRICES, TIMES

from auterity_sdk.ai.statements.facts import (
    DateFact,
    Fact,
    MoneyFact,
    NumberFact,
    TextFact,
    facts_of,
)
from auterity_sdk.ai.statements.unfounded import unfounded

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)  # a Tuesday
PRICE = 21499
DAY = date(2026, 12, 3)
FACTS: tuple[Fact, ...] = (
    MoneyFact(Decimal(PRICE)),
    MoneyFact(Decimal(250)),
    DateFact(DAY, 17, 30),
    NumberFact(Decimal(48210), "mi"),
    NumberFact(Decimal("3.9"), "percent"),
    NumberFact(Decimal(60), "month"),
    TextFact("2021 Toyota Camry SE, stock U1139, VIN 1ZZAB1C22TA100001, an F-150 too"),
    TextFact("419-555-0140, 1200 Ridge Road. Open Monday to Friday 8:00-18:00, Saturday to 14:00"),
)

PRICE_TEMPLATES = (
    "The total price is {}.",
    "It is yours for {}!",
    "We can do {} out the door, taxes included.",
    "Hi Jordan, thanks for asking: our price is {}, fees included. Shall we set up a drive?",
    "{} is what it costs; call us with questions.",
    "(total: {})",
    "Great news - {} and no haggling",
    "El precio total es {}.",
    "Price:\n{}\nSee you soon",
    "You asked for our best number. That would be {}, and it holds until we sell the car.",
)
DATE_TEMPLATES = (
    "Your appointment is on {}.",
    "See you {}!",
    "We have you down for {}; reply to change it.",
    "Hi Jordan, {} works for us.",
    "Su cita es el {}.",
    "The offer ends {}",
    "({})",
    "Delivery: {}\nBring your licence.",
    "How about {}? The shop is quiet that day.",
    "Nos vemos el {}, gracias.",
)


def wrong_prices() -> Iterator[int]:
    yield from (21500, 21000, 22000, 21400, 21490, 21450, 20000)  # rounded
    yield from (PRICE + 1, PRICE - 1, PRICE + 100, PRICE - 1000)  # beside it
    yield from (24199, 12499, 21949, 2149, 214990, 21498)  # typed wrongly


def wrong_days() -> Iterator[date]:
    for days in (-1, 1, 2, -2, 7, -7, 10):
        yield DAY + timedelta(days=days)
    yield date(2026, 3, 12)
    yield date(2027, 1, 3)
    yield date(2026, 11, 3)


def wrong_drafts() -> list[str]:
    """Two hundred drafts: each wrong price in each form, and each wrong day, in sentences by turns."""
    prices = [form(price) for price, form in product(wrong_prices(), PRICES.values())]
    days = [form(day) for day, form in product(wrong_days(), DATES.values())]
    years = [
        DATES[form](DAY.replace(year=year))
        for form in ("American", "suffix", "British", "slashes", "short slashes", "ISO")
        for year in (2025, 2027)
    ]
    weekdays = [f"{DAYS[day]}, {MONTHS[11]} 3" for day in range(7) if day != DAY.weekday()]
    chosen = random.Random(5)
    drafts = []
    for stated, templates, number in (
        (prices, PRICE_TEMPLATES, 100),
        (days, DATE_TEMPLATES, 82),
        (years, DATE_TEMPLATES, 12),
        (weekdays, DATE_TEMPLATES, 6),
    ):
        some = chosen.sample(sorted(set(stated)), number)
        drafts += [templates[i % len(templates)].format(each) for i, each in enumerate(some)]
    return drafts


def right_drafts() -> list[str]:
    prices = [
        template.format(form(PRICE)) for template, form in product(PRICE_TEMPLATES, PRICES.values())
    ]
    days = [
        template.format(form(DAY)) for template, form in product(DATE_TEMPLATES, DATES.values())
    ]
    return prices + days


def told(text: str, facts: tuple[Fact, ...] = FACTS, language: str = "en") -> list[str]:
    return [each.text for each in unfounded(text, facts, NOW, language=language)]


def test_none_of_two_hundred_wrong_drafts_passes() -> None:
    drafts = wrong_drafts()
    assert len(set(drafts)) == 200
    assert [draft for draft in drafts if not told(draft)] == []


def test_every_right_draft_passes() -> None:
    drafts = right_drafts()
    assert len(drafts) > 400
    assert [(draft, told(draft)) for draft in drafts if told(draft)] == []


RIGHT = """
$21,499 | $21 499 | 21,499 bucks | twenty-one four ninety-nine | 21 thousand 499 | 21.499k | (21,499)
Twenty one thousand, four hundred and ninety nine dollars | $21,499.00 | $21,499, fees included
twenty-one thousand four hundred ninety-nine dollars and zero cents | 21 thousand 499 dollars
$250 a month | $250/mo | two-fifty a month | two hundred fifty a month | 250 dollars monthly | a hundred and fifty plus a hundred is no number of ours
next Thursday | on the 3rd | on the third. | in nine days | 9 days from now | the third of December, 2026
5:30 pm | 17:30 | at 5:30 | half past five | five thirty p.m. | at five thirty | 5:30 PM ET | 5:30p
a las cinco y media de la tarde | las 5:30 de la tarde | 17h30
48,210 miles | 48,210mi | 48.21k miles | forty-eight thousand two hundred ten miles | 48,210-mile
3.9% | 3.9 percent | three point nine percent | 3,9 % | 3.90% APR | tres punto nueve por ciento
60 months | five years | 60-month | 60mo | sixty months | a five-year loan | 5 yrs
a 2021 Toyota Camry | stock U1139 | STOCK u1139 | (419) 555-0140 | +1 419 555 0140 | 419.555.0140 | 4195550140
VIN 1ZZAB1C22TA100001 | 1zzab1c22ta100001 | 1200 Ridge Road | F-150 | the F150
Monday through Friday | Mon-Fri | every Friday | Fridays | from 8 am to 6 pm | 8:00 to 18:00 | until 2 p.m.
One of our advisors will call | this one is nice | no one | Thanks for your visit today | Call us today
feel free to call | once you arrive | First, park outside | a second key | May I help you? | march in | Sunroof
Grand Cherokee | double-check it | ten en cuenta | Hola | the CR-V | a half-ton truck | hands-free | 100 years ago is no fact
"""
REFUSED_ALL_THE_SAME = ("a hundred and fifty", "100 years")


@pytest.mark.parametrize("text", [each.strip() for row in RIGHT.strip().split("\n") for each in row.split("|")])  # fmt: skip
def test_a_right_form_is_not_refused(text: str) -> None:
    language = "es" if text.startswith("ten en") else "en"
    if any(text.startswith(each) for each in REFUSED_ALL_THE_SAME):
        assert told(text)
    else:
        assert told(text, language=language) == []


PROSE = """
Hi Jordan, thanks for your interest in the 2021 Toyota Camry SE! It's still available for $21,499 with 48,210 miles. Would you like to come see it this week or schedule a video walkaround?
Good morning! Your service appointment is confirmed for Thursday, December 3 at 5:30 PM. Please reply C to confirm or call us at 419-555-0140.
Hello, one quick note: the total is **$21,499**, and payments start at **$250/month** for 60 months at 3.9% APR with approved credit.
Thank you for stopping by today. As promised: the out-the-door price is $21,499.00. One of our finance specialists will reach out shortly.
¡Hola! El Camry SE 2021 cuesta $21,499 y tiene 48,210 millas. ¿Le gustaría pasar el jueves 3 de diciembre a las 5:30 de la tarde?
We are open Monday to Friday from 8 am to 6 pm, and Saturday to 2 pm. We're at 1200 Ridge Road.
I understand that price matters. The best I can do is $21,499, and that's our final number. Let me know either way!
First, we check the brakes. Second, we call you. Then we fix what you approve. No pressure at all.
Just one more thing: could you send a photo of the odometer? If you have questions, I'm here to help.
See you December 3 (Thursday) around half past five!
Your appointment is on Dec. 3 at 5:30 p.m. Eastern; please arrive a little early.
Great choice! Both the Camry and the F-150 are on the lot. Which one would you like to drive first?
Payments of two hundred fifty dollars a month over five years, as we discussed.
The price is ~~$21,499~~ _$21,499_, `$21,499`
"""


@pytest.mark.parametrize("text", PROSE.strip().split("\n"))
def test_a_right_draft_as_models_write_it_passes(text: str) -> None:
    assert told(text, language="es" if text.startswith("¡") else "en") == []


WRONG = """
about twenty-one thousand | 21k | 21 grand | $2l,499 | $2O,499 | low twenties | half off | half price | €21,499 | £21,499
$21.499 | $21,499.99 | $21,499.50 | two-sixty a month | $25 | a dozen | hundreds of dollars | double | triple | twice the value
21,499 miles | 48,210 dollars | 48,210 km | 4.9% | 3.9 dollars | $60 | 60 years | nineteen ninety-five | 21,49,9
veintiún mil quinientos | once mil dólares | \uff14\uff19 | Ⅻ | 二万 | ⑨ | ½ | between twenty and thirty thousand
$21,499-$22,000 | between two hundred and three hundred | th\u043eusands | 2x | a couple hundred | free of charge | sin costo
Friday | this Friday | tomorrow | in three days | December 2026 | in December | the 4th | mañana | see you today | next week
13/13/2026 | February 30 | Thursday, December 4 | Friday, December 3 | on Monday | end of the month | pasado mañana
5:30 am | at 5:30 am | at 2 am | to 2 am | at five thirty in the morning | 7 pm | 18:30 | noon | midnight | five thirty-one p.m. | at 4 | 25:00 | 5:75 pm | las seis y media de la tarde
U1138 | 419-555-0141 | 555-0140 | 1ZZAB1C22TA100002 | F-250 | 24/7 | 50/50 | 1-800-CARS-4U | one owner | Model 3 | 2020
two keys | $0 down | zero down | 99 cents | 1/2 | https://example.com/offer/999 | deal77@example.com | 3rd row | V8 | a third off
$**48,210** | $  48,210 | 48,210 pesos | 21,499 pesos | 48,210 US dollars | 21,499 Canadian dollars at 5:30 | 21,499 %
December 3 (Friday) | Dec 3, a Friday | The sale ends this week. | Friday at 5:30 | Saturday at 5:30 | the price is _$21,500_
21499214992149921499 | 21,499.000000000000000000000001 | 1. $5 | minus 5 | the fifth | 4x4 | 150kW | #7
"""


@pytest.mark.parametrize("text", [each.strip() for row in WRONG.strip().split("\n") for each in row.split("|")])  # fmt: skip
def test_what_no_fact_says_is_refused(text: str) -> None:
    assert told(text)


def test_the_statement_is_shown_where_it_stands() -> None:
    (found,) = unfounded("Só: \uff12\uff11,\uff15\uff10\uff10 dollars.", FACTS, NOW)
    assert (found.start, found.end, found.text) == (
        4,
        18,
        "\uff12\uff11,\uff15\uff10\uff10 dollars",
    )
    assert (found.kind, found.why) == ("money", "no fact says it")


def test_a_weekday_that_is_not_the_days_own_says_so() -> None:
    (found,) = unfounded("Friday, December 3", FACTS, NOW)
    assert found.why == "that day is another day of the week"


def test_the_language_settles_the_order_of_day_and_month() -> None:
    assert told("3/12/2026") == ["3/12/2026"]
    assert told("3/12/2026", language="es-US") == []
    assert told("$21.499", language="es") == []


def test_numbers_of_a_list_state_nothing_and_others_do() -> None:
    assert told("1. Bring the title\n2. Bring both keys\n3. Smile") == []
    assert told("1. Bring the title\n3. Bring both keys") == ["1", "3"]
    assert told("Bring\n1. keys\n2. 14 forms") == ["14"]


def test_facts_out_of_plain_data_know_prices_units_and_moments() -> None:
    values = {
        "price": {"minor": 2149900, "currency": "USD"},
        "monthly_payment": 250.0,
        "apr": 3.9,
        "car": {"mileage": 48210, "name": "2021 Camry", "sold": False},
        "when": "2026-12-03T23:30:00Z",
        "days": ["2026-12-04"],
    }
    facts = tuple(facts_of(values, ZoneInfo("America/Chicago")))
    right = "The 2021 Camry with 48,210 miles is $21,499 or $250 a month at 3.9%: Dec 3 at 5:30 pm or Dec 4?"
    assert told(right, facts) == []
    assert told("$48,210, 250%, 3.9 miles, at 11:30 pm", facts) == [
        "$48,210",
        "250%",
        "3.9",
        "11:30 pm",
    ]


@given(st.integers(1, 999_999), st.integers(1, 999_999), st.sampled_from(sorted(PRICES)))
def test_a_price_passes_in_every_form_and_no_other_price_does(
    right: int, other: int, form: str
) -> None:
    facts = (MoneyFact(Decimal(right)),)
    assert told(PRICES[form](right), facts) == []
    assert bool(told(PRICES[form](other), facts)) == (other != right)


days = st.dates(date(2026, 1, 1), date(2027, 9, 30))


@given(days, days, st.sampled_from(sorted(DATES)))
def test_a_day_passes_in_every_form_and_no_other_day_does(
    right: date, other: date, form: str
) -> None:
    facts = (DateFact(right),)
    assert told(DATES[form](right), facts) == []
    same = DATES[form](right) == DATES[form](other)
    assert bool(told(DATES[form](other), facts)) == (not same)


clocks = st.tuples(st.integers(0, 23), st.integers(0, 59))


@given(clocks, clocks, st.sampled_from(sorted(TIMES)))
def test_a_time_passes_in_every_form_and_no_other_time_does(
    right: tuple[int, int], other: tuple[int, int], form: str
) -> None:
    facts = (DateFact(DAY, *right),)
    assert told(f"See you {TIMES[form](*right)}.", facts) == []
    assert bool(told(f"See you {TIMES[form](*other)}.", facts)) == (other != right)


amounts = st.integers(100, 9_999_999).map(lambda cents: Decimal(cents) / 100)


@given(amounts, amounts, st.sampled_from(sorted(CENTS)))
def test_an_amount_passes_to_the_cent_and_no_other_does(
    right: Decimal, other: Decimal, form: str
) -> None:
    facts = (MoneyFact(right),)
    assert told(CENTS[form](right), facts) == []
    assert bool(told(CENTS[form](other), facts)) == (other != right)


@given(st.text(st.characters(codec="utf-8"), max_size=80))
def test_no_digit_of_any_text_goes_by_unseen(text: str) -> None:
    covered = {place for each in unfounded(text, (), NOW) for place in range(each.start, each.end)}
    digits = [place for place, character in enumerate(text) if character.isdecimal()]
    assert [place for place in digits if place not in covered] == []


ROW = (
    "one two twenty hundred thousand and a half point mil y 21 ,499 $ k % $5 . , - / : 3rd dec may friday next at"
    " pm the on in days 12/3 noon once oh dozen 1 2 \n"
)
PARTS = st.sampled_from(ROW.split(" "))


@given(st.lists(PARTS, max_size=12))
def test_any_row_of_number_words_is_read_in_order(parts: list[str]) -> None:
    text = " ".join(parts)
    place = 0
    for each in unfounded(text, (), NOW):
        assert place <= each.start < each.end <= len(text)
        assert text[each.start : each.end] == each.text
        place = each.end


@pytest.mark.parametrize("piece", ["1", "1,", "1,1", "one ", "$", "a", "1.", "1/", "+1 ", "the 3rd "])  # fmt: skip
def test_a_long_hostile_text_is_read_in_no_more_than_its_length(piece: str) -> None:
    assert isinstance(told(piece * (20_000 // len(piece))), list)

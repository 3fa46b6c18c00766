"""What a VIN tells by itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auterity_sdk.dealership.vin import (
    check_digit,
    check_digit_ok,
    manufacturer,
    model_year,
    na_market,
    normalise,
    read_vin,
    valid_format,
)
from auterity_sdk.errors import UsageError

ALPHABET = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"
vins = st.text(st.sampled_from(ALPHABET), min_size=17, max_size=17)

REAL = {
    "1M8GDM9AXKP042788": 1989,
    "1HGCM82633A004352": 2003,
    "1FTMW1T88MFA00001": 2021,
    "5FNYF5H59HB011946": 2017,
    "3FAHP0JA0AR281181": 2010,
    "4T1BE46K19U856421": 2009,
    "JM3KE4BY6G0636881": 2016,
    "5YFB4MDE8PP030258": 2023,
    "WBA3A5G59DNP26082": 2013,
    "2C3CDXGJ6LH120446": 2020,
    "1FADP5AU6DL536022": 2013,
    "2GTEK19R7V1511644": 1997,
    "1ZZAB1C26TA000001": 2026,
    "1ZZAB1122TA000001": 1996,
    "1HD1ZH110PB311358": 2023,  # a motorcycle: position 7 is a digit, and it is no car of 1993
}
WRONG = """1HGCM82633A123456 5YJ3E1EA1KF131548 1FTFW1ET5DFC10312 1FMCU0F75JUC12345 1HD1KRM12PB600001
1XPWD40X1ED215308 1HGCV1F30LA012345""".split()  # noqa: SIM905


@pytest.mark.parametrize(("vin", "year"), REAL.items())
def test_real_vins(vin: str, year: int) -> None:
    facts = read_vin(vin, current_year=2026)
    assert facts.valid_format
    assert facts.check_digit_ok
    assert facts.model_year == year


@pytest.mark.parametrize("vin", WRONG)
def test_vins_that_only_look_right(vin: str) -> None:
    facts = read_vin(vin, current_year=2026)
    assert facts.valid_format
    assert facts.na_market
    assert not facts.check_digit_ok
    assert facts.check_digit != vin[8]


@pytest.mark.parametrize(
    ("vin", "country"), [("XTAGFK330JY144213", "RU"), ("VF1LM1B0H36666155", "FR")]
)
def test_home_market_vins_of_europe_need_no_check_digit(vin: str, country: str) -> None:
    facts = read_vin(vin, current_year=2026)
    assert (facts.valid_format, facts.check_digit_ok, facts.na_market) == (True, False, False)
    assert (facts.region, facts.country) == ("Europe", country)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1HGCM82633A00435",
        "1HGCM82633A0043522",
        "IHGCM82633A004352",
        "OHGCM82633A004352",
        "QHGCM82633A004352",
        "1HGCM82633A00435\u0662",
        "\uff11HGCM82633A004352",
        "1HGCM82633A004352\n\n1",
    ],
)
def test_wrong_shapes(text: str) -> None:
    facts = read_vin(text, current_year=2026)
    assert not facts.valid_format
    assert facts.model_year is None
    assert not check_digit_ok(text)
    with pytest.raises(UsageError):
        check_digit(text)


def test_normalise_drops_blanks_and_dashes_and_guesses_nothing() -> None:
    assert normalise(" 1hgcm-8263 3a004352\n") == "1HGCM82633A004352"
    assert normalise("1HGCM82633AOO4352") == "1HGCM82633AOO4352"


@given(vins)
def test_one_check_digit_fits_and_it_is_the_computed_one(vin: str) -> None:
    fitting = [d for d in "0123456789X" if check_digit_ok(vin[:8] + d + vin[9:])]
    assert fitting == [check_digit(vin)]


@given(vins, st.integers(0, 16), st.sampled_from("0123456789"))
def test_one_wrong_digit_is_always_noticed(vin: str, position: int, digit: str) -> None:
    right = vin[:8] + check_digit(vin) + vin[9:]
    wrong = right[:position] + digit + right[position + 1 :]
    if right[position].isdigit() and wrong != right:
        assert not check_digit_ok(wrong)


@given(vins, st.integers(1995, 2038))
def test_a_model_year_is_never_beyond_next_year_unless_the_code_has_no_other(
    vin: str, now: int
) -> None:
    year = model_year(vin, current_year=now)
    if vin[9] in "0UZ":
        assert year is None
    else:
        assert year is not None
        assert year <= now + 1 or year - 30 < 1980


@pytest.mark.parametrize(
    ("position_10", "year"),
    [("A", 2010), ("Y", 2000), ("1", 2001), ("9", 2009), ("T", 2026), ("V", 2027), ("W", 1998)],
)
def test_without_the_rule_of_position_7_the_latest_year_counts(position_10: str, year: int) -> None:
    vin = f"1HD1ZH110{position_10}B311358"
    assert model_year(vin, current_year=2026) == year


def test_the_caller_may_know_that_it_is_no_light_vehicle() -> None:
    vin = "1ZZAB1122TA000001"
    assert model_year(vin, current_year=2026) == 1996
    assert model_year(vin, current_year=2026, light=False) == 2026


def test_a_small_maker_is_known_by_six_characters() -> None:
    assert manufacturer("1A9ZZ112XTA123001") == "1A9123"
    assert manufacturer("1HGCM82633A004352") == "1HG"


@pytest.mark.parametrize("first", ["1", "2", "3", "4", "5"])
def test_north_america(first: str) -> None:
    vin = first + "AGCM82633A004352"
    assert valid_format(vin)
    assert na_market(vin)
    assert read_vin(vin, current_year=2026).region == "North America"
    assert na_market("7SAYGDEE0NF000001")
    assert not na_market("7AT0H60X000000001")

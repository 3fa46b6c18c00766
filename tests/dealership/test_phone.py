"""Phone numbers as people write them."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auterity_sdk.dealership.phone import parse_phone, time_zones


@pytest.mark.parametrize(
    "text",
    [
        "4195550188",
        "419-555-0188",
        "(419) 555-0188",
        "+1 419 555 0188",
        "1.419.555.0188",
        "419-555-0188 ext 12",
    ],
)
def test_usual_ways_to_write_a_number(text: str) -> None:
    parsed = parse_phone(text)
    assert parsed is not None
    assert (parsed.e164, parsed.region, parsed.valid) == ("+14195550188", "US", True)
    assert parsed.time_zones == ("America/New_York",)


@pytest.mark.parametrize("text", ["", "555", "call me", "0" * 500, "+", "12345678901234567890"])
def test_no_numbers(text: str) -> None:
    assert parse_phone(text) is None


def test_a_possible_number_need_not_be_valid() -> None:
    parsed = parse_phone("555-555-0188")
    assert parsed is not None
    assert not parsed.valid
    assert parsed.time_zones == ()


def test_the_region_is_the_country_of_a_number_without_plus() -> None:
    parsed = parse_phone("020 7946 0018", region="GB")
    assert parsed is not None
    assert parsed.e164 == "+442079460018"


def test_one_area_code_may_have_two_zones_and_toll_free_has_dozens() -> None:
    assert time_zones("+12085550188") == ("America/Boise", "America/Los_Angeles")
    assert len(time_zones("+18005550188")) > 20


@given(st.text(max_size=80))
def test_any_text_is_a_number_or_none(text: str) -> None:
    parsed = parse_phone(text)
    assert parsed is None or parsed.e164.startswith("+")


def test_phonenumbers_is_loaded_when_used() -> None:
    code = "import sys, auterity_sdk.dealership.adf; sys.exit('phonenumbers' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

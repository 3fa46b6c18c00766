from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from auterity_sdk.ai.offline.writing.draft import draft
from auterity_sdk.ai.request import Draft
from auterity_sdk.ai.statements.facts import facts_of
from auterity_sdk.ai.statements.unfounded import unfounded

FACTS = {
    "first_name": "Ana",
    "price": '{"minor": 2149900, "currency": "USD"}',
    "vehicle": '{"year": 2021, "make": "Honda", "model": "CR-V"}',
    "mileage": "48210",
    "dealership": "Springfield Motors",
}


def test_it_greets_states_the_facts_and_asks_what_it_is_told_to_ask() -> None:
    text = draft(Draft("Answer the question and ask when they can come by.", FACTS))
    assert text.splitlines()[0] in ("Hi Ana,", "Hello Ana,")
    assert "the 2021 Honda CR-V" in text
    assert "$21,499" in text
    assert text.splitlines()[-1] == "Springfield Motors"
    assert any(asked in text for asked in ("When can you come by?", "What time suits you"))


def test_it_follows_what_it_is_told() -> None:
    text = draft(
        Draft(
            "Thank them. Do not mention the price or the mileage. Ask for a good time to call.",
            FACTS,
        )
    )
    assert any(thanks in text for thanks in ("Thank you", "Thanks"))
    assert "21,499" not in text
    assert "48210" not in text
    assert "call" in text
    assert draft(Draft("Apologize, no greeting, no question.", {})) in (
        "We are sorry about the trouble.",
        "We apologize for the trouble.",
    )


def test_what_is_asked_for_comes_first() -> None:
    facts = {"hours": "9 to 8", "price": "$20,000"}
    by_question = draft(Draft("Answer.", facts, text="What is the price?"))
    assert by_question.index("$20,000") < by_question.index("9 to 8")
    assert draft(Draft("Answer.", facts)).index("9 to 8") < draft(Draft("Answer.", facts)).index(
        "$20,000"
    )


def test_in_spanish() -> None:
    text = draft(
        Draft("Agradece y confirma la cita.", {"day": "2026-11-27", "time": "16:30"}, "es-MX")
    )
    assert "El día es viernes 27 de noviembre de 2026." in text
    assert "La hora es 16:30." in text
    assert "¿" in text


def test_different_questions_are_not_answered_with_one_sentence() -> None:
    texts = {draft(Draft("Thank them.", {"price": f"${price}"})) for price in range(20_000, 20_020)}
    assert len(texts) == 20
    assert len({text.replace(text[text.find("$") : text.find("$") + 6], "") for text in texts}) > 1


def test_days_and_times_are_said_as_people_say_them() -> None:
    text = draft(Draft("Confirm the visit.", {"day": "2026-11-27", "time": "16:30", "vin": "X1"}))
    assert "The day is Friday, November 27, 2026." in text
    assert "The time is 4:30 PM." in text
    assert "The VIN is X1." in text


@given(st.dates(date(2026, 11, 24), date(2027, 11, 20)), st.times(), st.sampled_from(("en", "es")))
def test_what_is_said_is_what_the_facts_say(day: date, at: time, language: str) -> None:
    """The reader of statements, which knows nothing of these phrases, finds nothing that no fact says."""
    facts = {"day": day.isoformat(), "time": f"{at:%H:%M}", "price": "$21,499", "mileage": "48210"}
    text = draft(Draft("Thank them and ask when they can come by.", facts, language))
    now = datetime(2026, 11, 24, 10, tzinfo=ZoneInfo("America/Chicago"))
    founded = facts_of(facts, now.tzinfo)
    assert unfounded(text, founded, now, language=language) == []


def test_lists_and_yes_as_they_are_said() -> None:
    text = draft(Draft("Answer.", {"available": "true", "colors": '["red", "blue", "white"]'}))
    assert "Available: yes." in text
    assert "red, blue and white" in text


@given(st.integers(1, 300))
def test_it_is_never_longer_than_it_may_be(longest: int) -> None:
    assert len(draft(Draft("Thank them, ask to call.", FACTS, "en", longest))) <= longest


@given(
    st.dictionaries(st.sampled_from(("price", "mileage", "apr")), st.integers(10, 99_999).map(str))
)
def test_every_number_is_one_of_the_facts(facts: dict[str, str]) -> None:
    text = draft(Draft("Offer 500 off until 12/31, thank them.", facts))
    said = {word.strip("$.,?") for word in text.split() if any(map(str.isdigit, word))}
    assert said == set(facts.values())

"""What a draft may not hold besides wrong numbers."""

from __future__ import annotations

import pytest

from auterity_sdk.ai.draft_faults import draft_faults

TOLD = "Write for a car dealership. State no number, price, date, time or promise that is not among the facts."
FACTS = (
    "Civic Sport",
    "Book at https://bayside.example/visit",
    "oil change is free with any service",
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Go to http://evil.example/win now", "http://evil.example/win"),
        ("Click bit.ly/xyz.", "bit.ly/xyz"),
        ("Write to boss@evil.example", "boss@evil.example"),
        ("That's a legally binding offer, no takesies backsies", "legally binding"),
        ("Your loan: you are approved!", "you are approved"),
        ("We guarantee the lowest price", "we guarantee"),
        ("The car is free.", "is free"),
        ("Le garantizamos el precio", "garantizamos"),
        ("Trato hecho", "trato hecho"),
        ("You are \uff41pproved", "approved"),
        ("We gu\u200barantee it", "guarantee"),
        (
            "I was told: state no number, price, date, time or promise that is not",
            "quotes its instructions",
        ),
    ],
)
def test_what_it_may_not_say_is_told(text: str, said: str) -> None:
    assert any(said in fault for fault in draft_faults(text, TOLD, FACTS)), list(
        draft_faults(text, TOLD, FACTS)
    )


@pytest.mark.parametrize(
    "text",
    [
        "The Civic Sport is here. When can you come by?",
        "Book at https://bayside.example/visit.",
        "The oil change is free with any service.",
        "Feel free to call us.",
        "Our hours: Mon-Fri. See you at the store on Main St.",
        "The manager has to approve it first.",
    ],
)
def test_what_it_may_say_is_not(text: str) -> None:
    assert list(draft_faults(text, TOLD, FACTS)) == []

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auterity_sdk.ai.offline.classify import classify
from tests.ai.offline.triage import LABELS

MESSAGES = [
    tuple(line.split("|", 1))
    for line in (Path(__file__).parent / "messages.txt").read_text().splitlines()
    if not line.startswith("#")
]


def test_messages_that_the_rules_were_tuned_on() -> None:
    wrong = [(label, text) for label, text in MESSAGES if classify(text, LABELS).label != label]
    assert len(wrong) <= 0.03 * len(MESSAGES), wrong
    assert [text for label, text in wrong if label == "opt_out"] == []


@pytest.mark.parametrize(
    ("text", "labels", "label"),
    [
        ("The horn does not honk", {"horn": "", "tires": "flat or worn"}, "horn"),
        ("one is worn and flat", {"horn": "", "tires": "flat or worn"}, "tires"),
        (
            "my brakes squeal",
            {"taller": "repair and maintenance", "ventas": "price of a car"},
            "taller",
        ),
        ("Quiero comprar hoy", {"hot": "listo para comprar hoy", "cold": "just looking"}, "hot"),
        ("do you take trades?", {"Trade-In": "", "Service Department": ""}, "Trade-In"),
        ("¿Cuánto me dan por mi Civic 2015?", {"trade_in": "", "service": ""}, "trade_in"),
    ],
)
def test_labels_of_ones_own(text: str, labels: dict[str, str], label: str) -> None:
    assert classify(text, labels).label == label


def test_what_is_denied_does_not_count() -> None:
    labels = {"trade": "", "finance": "", "price": ""}
    assert classify("No trade-in, no financing, just your best price", labels).label == "price"


def test_a_label_for_the_rest_is_taken_where_nothing_else_reaches() -> None:
    text = "My cousin plays the banjo"
    assert classify(text, {"price": "", "rest": "anything else"}).label == "rest"
    assert classify(text, {"price": "", "none": ""}).label == "none"
    none = classify(text, {"price": "", "service": ""})
    assert (none.label, none.confidence) == (None, 0.0)


def test_more_evidence_is_more_confidence() -> None:
    weak = classify("is that price firm", LABELS)
    strong = classify("What is your best out the door price? Please quote taxes and fees.", LABELS)
    assert weak.label == strong.label == "price"
    assert weak.confidence < strong.confidence < 1


@given(st.text(), st.dictionaries(st.text(min_size=1), st.text(), max_size=5))
def test_the_answer_is_a_label_or_none(text: str, labels: dict[str, str]) -> None:
    choice = classify(text, labels)
    assert choice.label is None or choice.label in labels
    assert 0 <= choice.confidence <= 1
    assert classify(text, labels) == choice

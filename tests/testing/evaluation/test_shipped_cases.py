"""How right the offline rules are on the cases that ship."""

from __future__ import annotations

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from auterity_sdk.ai.offline import OfflineModel
from auterity_sdk.ai.prices import Prices
from auterity_sdk.testing.evaluation.cases import read_cases
from auterity_sdk.testing.evaluation.evaluate import Subject, evaluate
from auterity_sdk.testing.evaluation.schema import schema_of_cases
from auterity_sdk.testing.rehearsal import Rehearsed

WORKFLOWS = Path(__file__).parents[3] / "workflows"
SHIPPED = sorted(WORKFLOWS.glob("*.cases.yaml"))


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_the_schema_takes_what_ships_and_nothing_else(file: Path) -> None:
    judge = Draft202012Validator(schema_of_cases("2020-12"))
    data = read_cases(file).data
    judge.validate(data)
    assert not judge.is_valid({**data, "casez": []})
    assert not judge.is_valid({**data, "cases": []})


def test_the_rules_are_right_on_the_cases_that_they_were_written_for() -> None:
    cases = read_cases(WORKFLOWS / "message-triage.cases.yaml")
    model = OfflineModel()
    of = Rehearsed.load(WORKFLOWS / "message-triage.yaml")
    found = evaluate(Subject("offline", of, lambda _: model, Prices()), cases)
    again = evaluate(Subject("offline", of, lambda _: model, Prices()), cases)
    intent, appointment = found.by_step["intent"], found.by_step["appointment"]
    assert intent.accuracy >= 0.95, intent.misses
    assert appointment.accuracy >= 0.95, appointment.misses
    assert [miss for miss in intent.misses if miss.expected == "opt_out"] == []
    assert (intent.usd, appointment.usd) == (0, 0)
    assert again.by_step["intent"].misses == intent.misses


def test_the_rules_are_right_on_cases_that_were_kept_apart() -> None:
    """Whoever changes a rule by one of these makes this test worthless: write other cases for that."""
    cases = read_cases(WORKFLOWS / "message-triage-kept-apart.cases.yaml")
    model = OfflineModel()
    of = Rehearsed.load(WORKFLOWS / "message-triage.yaml")
    found = evaluate(Subject("offline", of, lambda _: model, Prices()), cases)
    intent, appointment = found.by_step["intent"], found.by_step["appointment"]
    assert intent.accuracy >= 0.8, intent.misses
    assert appointment.accuracy >= 0.8, appointment.misses
    assert [miss for miss in intent.misses if miss.expected == "opt_out"] == []

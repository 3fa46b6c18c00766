"""What is known before a run of steps that may end `uncertain`."""

from __future__ import annotations

import pytest

from auterity_sdk.checks.check import check_document
from auterity_sdk.steps.registry import Registry
from auterity_sdk.steps.step_type import StepType, step
from auterity_sdk.workflow.declaration import declare, effect
from auterity_sdk.workflow.document import load_document
from auterity_sdk.workflow.uncertainty import may_be_uncertain
from tests.checks.registry import REGISTRY

HEAD = "auterity: 1\nname: demo\ninput: {way: string}\nsteps:\n"
PAY = "  pay: {uses: example.charge_card, with: {amount: 5}, timeout: 1m}\n"
UNUSED_INPUT = "AUT415"
HTTP = '  pay: {uses: http.request, with: {url: "https://x.example", %s}, timeout: 1m}\n'


def codes(text: str, registry: Registry = REGISTRY) -> list[str]:
    document = load_document((HEAD + text).encode(), file="example.yaml")
    found = check_document(document, registry).report.diagnostics
    return [each.code for each in found if each.code != UNUSED_INPUT]


def kind(**options: object) -> StepType[..., object]:
    @step(name="mine", **options)  # type: ignore[call-overload,untyped-decorator]
    def mine(how: str = "slow") -> None:
        """Do it."""

    return mine  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("options", "uncertain"),
    [
        ({}, False),
        ({"declares": declare(gives=[])}, False),
        ({"declares": declare(effects=[effect("write")])}, True),
        ({"declares": declare(effects=[effect("write")]), "idempotent": True}, False),
        ({"idempotent": False}, True),
        ({"idempotent": {"how": ("slow",)}}, False),
        ({"idempotent": {"how": ("fast",)}}, True),
    ],
)
def test_a_type_with_an_effect_that_says_nothing_of_the_key_is_not_idempotent(
    options: dict[str, object], uncertain: bool
) -> None:
    from auterity_sdk.workflow.step import UsesStep

    assert may_be_uncertain(UsesStep(uses="mine"), kind(**options).signature) is uncertain


def test_arguments_say_whether_an_attempt_may_be_repeated() -> None:
    look = "  look: {needs: pay.uncertain, wait: 1m}\n"
    for given, found in (
        ("method: GET", ["AUT319"]),
        ("method: PUT", ["AUT319"]),
        ("honours_key: true, method: POST", ["AUT319"]),
        ("method: POST", []),
        ('method: "${input.way}"', []),
    ):
        told = [code for code in codes(HTTP % given + look) if code in ("AUT319", "AUT308")]
        assert told == found, given


def test_an_edge_of_a_step_that_can_be_repeated_is_told_once() -> None:
    text = (
        '  text: {uses: task.assign, with: {role: bdc, title: "x", due: 5m}, timeout: 1m}\n'
        "  look: {needs: {any: [text, text.uncertain]}, wait: 1m}\n"
    )
    assert codes(text).count("AUT319") == 1
    assert codes(text.replace("any: [text, text.uncertain]", "any: [text.uncertain]")) == ["AUT319"]


def test_an_uncertain_end_needs_no_name_and_is_one_more_way_where_it_has_one() -> None:
    assert codes(PAY + "  after: {needs: pay, wait: 1m}\n") == []
    alone = PAY + "  after: {needs: pay, wait: 1m}\n  look: {needs: pay.uncertain, wait: 1m}\n"
    assert codes(alone + "ends: {paid: after, looked: look}\n") == []
    assert "AUT310" not in codes(alone)
    assert codes(alone + "ends: {paid: after}\n") != [], "an uncertain run would meet no end"


def test_a_reading_of_the_outcome_names_it() -> None:
    text = PAY + "  after: {when: \"outcome.pay == 'uncertain'\", wait: 1m}\n"
    assert codes(text) == ["AUT407"], "a step that is not reached has no outcome"
    get = 'http.request, with: {url: "https://x.example"}'
    reading = text.replace("example.charge_card, with: {amount: 5}", get)
    assert "AUT419" in codes(reading), "a GET never ends so"


def test_retrying_what_may_be_repeated_is_no_finding() -> None:
    for given, found in (("method: GET", []), ("method: POST", ["AUT602"])):
        text = (HTTP % given).replace("timeout: 1m", "timeout: 1m, retry: {attempts: 3}")
        assert [code for code in codes(text) if code == "AUT602"] == found

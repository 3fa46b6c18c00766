"""The check as a whole: what goes on after a fault, and where findings of a Python workflow stand."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auterity_sdk.checks.catalogue import rule_names
from auterity_sdk.checks.check import Checked, check_document, check_workflow
from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.schedule import cron_mistake, shortest_pause
from auterity_sdk.checks.schema_faults import rule_of
from auterity_sdk.checks.subject import SchemaError, Subject
from auterity_sdk.diagnostics import Location, Severity, Span
from auterity_sdk.workflow.builder import switch, wait, workflow
from auterity_sdk.workflow.document import load_document
from auterity_sdk.workflow.model import load

from .registry import REGISTRY


def check(text: str) -> Checked:
    return check_document(load_document(text, file="demo.yaml"), REGISTRY)


def codes(checked: Checked) -> list[str]:
    return [found.code for found in checked.report.diagnostics]


def test_a_broken_step_is_left_out_and_the_rest_is_checked() -> None:
    checked = check(
        "auterity: 1\nname: demo\nsteps:\n"
        "  a: {wait: soon}\n  b: {needs: a.any_outcome, wait: 1h}\n  c: {needs: bb, wait: 1h}\n"
    )
    assert codes(checked) == ["AUT211", "AUT301"]
    assert checked.workflow is not None
    assert set(checked.workflow.steps) == {"b", "c"}
    assert checked.subject.broken == {"a": ("steps", "a")}


def test_a_text_keeps_its_letters() -> None:
    checked = check(
        "auterity: 1\nname: demo\ndescription: 1.10\nlabels: {zip: 02134, on: no}\n"
        "steps: {a: {wait: 1h}}\n"
    )
    assert codes(checked) == []
    assert checked.workflow is not None
    assert checked.workflow.description == "1.10"
    assert checked.workflow.labels == {"zip": "02134", "on": "no"}


def test_a_broken_input_type_is_any_to_those_who_read_it() -> None:
    checked = check(
        "auterity: 1\nname: demo\ninput: {lead: 5}\n"
        "steps: {a: {when: input.lead.x == 1, wait: 1h}}\n"
    )
    assert codes(checked) == ["AUT203"]


@pytest.mark.parametrize("top", ["name", "auterity", "concurrency", "ends", "triggers"])
def test_a_broken_top_key_leaves_the_steps_to_be_checked(top: str) -> None:
    data = {"auterity": 1, "name": "demo", "steps": {"a": {"needs": "b", "wait": "1h"}}, top: 3.5}
    assert "AUT301" in codes(check(json.dumps(data)))


@given(st.text(), st.lists(st.text() | st.integers()))
def test_each_finding_of_the_model_belongs_to_a_rule_that_there_is(
    kind: str, path: list[str | int]
) -> None:
    assert rule_of(SchemaError(kind, tuple(path), "", None)) in rule_names()


@rule("AUT999", Severity.INFO)
def always_there(subject: Subject) -> Found:
    """A rule of a project's own."""
    yield Finding("it is there", Location(("name",)))


def test_other_rules_may_take_the_place_of_all() -> None:
    document = load_document(
        "auterity: 1\nname: demo\nsteps: {a: {needs: b, wait: 1h}}\n", file="x"
    )
    checked = check_document(document, REGISTRY, rules=[always_there])
    assert [(found.code, found.name) for found in checked.report.diagnostics] == [
        ("AUT999", "always-there")
    ]
    assert checked.report.ok


@workflow(name="built")
def built(score: float) -> None:
    route = switch(hot=score > 80, warm=score > 50, cold=True)
    with route.hot:
        first = wait("1h")
    with route.warm:
        second = wait("1h")
    with first.ok, second.ok:
        both = wait("1h")  # noqa: F841 - the name is the step's id


def test_a_python_workflow_is_checked_at_its_own_lines() -> None:
    checked = check_workflow(built.workflow, built.source, REGISTRY)
    assert codes(checked) == ["AUT308", "AUT311"]
    source = checked.report.source
    assert Path(source.file).name == "test_check.py"
    lines = [source.line(source.span(found.location).line) for found in checked.report.diagnostics]
    assert "switch(" in lines[0]
    assert "wait(" in lines[1] or "with first.ok" in lines[1]


@dataclass(frozen=True)
class NoSource:
    """A source for workflows made by a test."""

    file: str = "generated"

    def span(self, location: Location) -> Span:
        return Span(self.file, 1, 1, 1, 1)

    def line(self, number: int) -> str:
        return ""


def test_a_chain_of_twenty_thousand_steps_needs_no_deep_stack() -> None:
    steps = {"s0": {"wait": "1s"}}
    steps |= {f"s{at}": {"needs": f"s{at - 1}", "wait": "1s"} for at in range(1, 20_000)}
    made = load({"auterity": 1, "name": "long", "steps": steps})
    assert check_workflow(made, NoSource(), REGISTRY).report.diagnostics == ()


@pytest.mark.parametrize(
    ("line", "minutes"),
    [
        ("0 8 * * mon-sat", 60),
        ("*/15 * * * *", 15),
        ("0,58 * * * *", 2),
        ("0,58 8 * * *", 58),
        ("55 23 * * *", 60),
        ("5/20 9-17 1,15 jan-jun *", 20),
    ],
)
def test_the_shortest_pause_of_a_schedule(line: str, minutes: int) -> None:
    assert cron_mistake(line) is None
    assert shortest_pause(line) == minutes


@pytest.mark.parametrize(
    "line",
    [
        *("", "* * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8"),
        *("a * * * *", "5-1 * * * *", "*/0 * * * *", "0 0 31 feb *", "0 0 31 4,6 *"),
        *("1,, * * * *", "² * * * *"),
    ],
)
def test_a_wrong_schedule_is_seen(line: str) -> None:
    assert cron_mistake(line) is not None


def test_a_file_of_faults_is_answered_without_a_long_look_for_each() -> None:
    lines = [f"  step{at}: {{needs: stip{at}, wait: 1h}}\n" for at in range(600)]
    checked = check("auterity: 1\nname: demo\nsteps:\n" + "".join(lines))
    advice = [found.help[0] for found in checked.report.diagnostics]
    assert len(advice) == 600
    assert advice[0] == "a step with a similar name exists: `step0`"
    assert advice[-1] == "write the id of a step"


def test_many_cases_of_a_switch_are_read_once_each() -> None:
    cases = "".join(f"      c{at}: run.id == '{at}'\n" for at in range(3_000))
    checked = check(f"auterity: 1\nname: demo\nsteps:\n  s:\n    switch:\n{cases}")
    assert set(codes(checked)) == {"AUT308", "AUT321"}

"""Comments that allow findings: where they may stand, what they need, and what they cannot do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auterity_sdk.checks.catalogue import all_rules
from auterity_sdk.checks.check import check_document
from auterity_sdk.checks.policy import Policy, levels
from auterity_sdk.diagnostics import Report, Severity
from auterity_sdk.errors import ConfigurationError
from auterity_sdk.runs.compile_plan import compile_plan
from auterity_sdk.runtime.loader import check_file
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.settings import Settings
from auterity_sdk.workflow.document import load_document

from .registry import REGISTRY

ALLOW = '# auterity: allow AUT601 reason="the desk closes each lead" until=2027-03-01'
DAY = date(2026, 11, 23)


def report(text: str, policy: Policy | None = None) -> Report:
    document = load_document(text, file="demo.yaml")
    return check_document(document, REGISTRY, policy=policy or Policy(as_of=DAY)).report


def flow(*steps: str) -> str:
    return "\n".join(["auterity: 1", "name: demo", "steps:", *steps, "ends: {done: a.received}\n"])


PLACES = {
    "on its line": flow("  a:", f"    receive: {{event: x}} {ALLOW}"),
    "above its line": flow("  a:", f"    {ALLOW}", "    receive: {event: x}"),
    "on the key of the step": flow(f"  a: {ALLOW}", "    receive: {event: x}"),
    "above the step": flow(f"  {ALLOW}", "  # and more", "", "  a:", "    receive: {event: x}"),
}


@pytest.mark.parametrize("text", PLACES.values(), ids=PLACES)
def test_a_comment_may_stand(text: str) -> None:
    found = report(text)
    assert found.diagnostics == ()
    assert [each.diagnostic.code for each in found.suppressed] == ["AUT601"]
    assert found.suppressed[0].reason == "the desk closes each lead"


def test_a_comment_at_the_whole_file_allows_nothing() -> None:
    text = flow("  a:", "    receive: {event: x}").replace("steps:", f"steps: {ALLOW}")
    assert {each.code for each in report(text).diagnostics} == {"AUT601", "AUT004"}


def test_a_text_is_no_comment() -> None:
    text = flow("  a:", "    description: |", f"      {ALLOW}", "    receive: {event: x}")
    assert [each.code for each in report(text).diagnostics] == ["AUT601"]


@pytest.mark.parametrize(("day", "holds"), [("2027-03-01", True), ("2027-03-02", False)])
def test_the_day_it_ends_is_its_last(day: str, holds: bool) -> None:
    found = report(PLACES["on its line"], Policy(as_of=date.fromisoformat(day)))
    codes = {each.code for each in found.diagnostics}
    assert codes == (set() if holds else {"AUT601", "AUT007"})


def test_without_a_day_nothing_expires() -> None:
    text = PLACES["on its line"].replace("2027", "1999")
    assert report(text, Policy()).diagnostics == ()


def test_suppressions_can_be_left_out() -> None:
    found = report(PLACES["on its line"], Policy(as_of=DAY, suppressions=False))
    assert [each.code for each in found.diagnostics] == ["AUT601"]
    assert found.suppressed == ()


@pytest.mark.parametrize(
    ("comment", "code"),
    [
        ('# auterity: allow AUT601 reason="" until=2027-03-01', "AUT005"),
        ("# auterity: allow AUT601 until=2027-03-01", "AUT005"),
        ('# auterity: allow AUT601 reason="x"', "AUT008"),
        ('# auterity: allow AUT601 reason="x" until=2027-02-30', "AUT008"),
        ('# auterity: allow AUT601 reason="x" until=2027-03-01 by=me', "AUT008"),
        ('# auterity: allow reason="x" until=2027-03-01', "AUT008"),
        ('# auterity: allow * reason="x" until=2027-03-01', "AUT008"),
        ("# auterity: off", "AUT008"),
        ('# auterity: allow AUT9999 reason="x" until=2027-03-01', "AUT003"),
    ],
)
def test_a_comment_without_effect_is_a_finding(comment: str, code: str) -> None:
    found = report(flow("  a:", f"    receive: {{event: x}} {comment}"))
    assert {each.code for each in found.diagnostics} == {"AUT601", code}


def test_a_misspelt_rule_has_a_proposal() -> None:
    text = flow("  a:", f"    receive: {{event: x}} {ALLOW}").replace("AUT601", "unused-imput")
    (found,) = (each for each in report(text).diagnostics if each.code == "AUT003")
    assert found.help == ("a rule with a similar name exists: `unused-input`",)


def test_more_rules_than_anybody_means() -> None:
    names = ", ".join(["AUT601"] * 21)
    text = flow("  a:", f"    receive: {{event: x}} {ALLOW}").replace("AUT601", names)
    assert {each.code for each in report(text).diagnostics} == {"AUT601", "AUT008"}


@given(st.text(st.sampled_from('allow rsn=",-*#AUT601\t:until2027') | st.characters(), max_size=60))
def test_any_comment_is_read(text: str) -> None:
    line = "".join(text.splitlines())
    found = report(flow("  a:", f"    receive: {{event: x}} # auterity:{line}"))
    assert found.diagnostics


def test_what_cannot_be_carried_out_cannot_be_suppressed() -> None:
    comment = ALLOW.replace("AUT601", "unknown-step-type")
    text = flow("  a:", "    receive: {event: x, timeout: 1d}", f"  b: {{uses: no.such}} {comment}")
    codes = [each.code for each in report(text).diagnostics]
    assert codes.count("AUT501") == codes.count("AUT008") == 1


def test_an_unused_one_is_not_reported_where_the_file_cannot_be_read() -> None:
    text = flow("  a:", f"    receive: {{event: x, timeout: 1d}} {ALLOW}")
    assert "AUT004" in {each.code for each in report(text).diagnostics}
    assert "AUT004" not in {each.code for each in report(text + "extra: 1\n").diagnostics}


def test_an_unused_one_is_not_reported_where_its_rule_is_off() -> None:
    text = flow("  a:", f"    receive: {{event: x, timeout: 1d}} {ALLOW}").replace(
        "a.received", "[a.received, a.timeout]"
    )
    off = Policy(levels({"AUT601": "off"}, "x"))
    assert "AUT004" not in {each.code for each in report(text, off).diagnostics}


def test_levels_are_set_by_code_or_name() -> None:
    text = flow("  a:", "    receive: {event: x}")
    (found,) = report(text, Policy(levels({"AUT601": "error"}, "x"))).diagnostics
    assert found.severity is Severity.ERROR
    assert report(text, Policy(levels({"receive-without-timeout": "off"}, "x"))).diagnostics == ()


def test_a_setting_for_a_rule_that_there_is_not() -> None:
    with pytest.raises(ConfigurationError) as raised:
        levels({"receive-without-timeot": "off"}, "auterity.toml: [rules]")
    assert "AUT003 auterity.toml: [rules]: there is no rule" in raised.value.message
    assert "`receive-without-timeout`" in str(raised.value.help)


@pytest.mark.parametrize("level", ["off", "info", "warning"])
def test_a_firm_rule_stays_an_error(level: str) -> None:
    with pytest.raises(ConfigurationError, match="`syntax` is always an error"):
        levels({"syntax": level}, "auterity.toml")  # type: ignore[dict-item]


PYTHON = """\
from auterity_sdk import receive, workflow


@workflow()
def first():
    \"\"\"One.\"\"\"
    a = receive("x.happened")  # auterity: allow AUT601 reason="the desk" until=2027-03-01


@workflow()
def second():
    \"\"\"Two.\"\"\"
    # auterity: allow AUT601 reason="the desk" until=2027-03-01
    b = receive("y.happened")
    c = receive("z.happened")
"""


def test_a_python_workflow_has_its_comments(tmp_path: Path) -> None:
    file = tmp_path / "flows.py"
    file.write_text(PYTHON)
    project = Project(tmp_path, Settings(), True)
    one, two = (each.report for each in check_file(file, project, Policy(as_of=DAY)))
    assert [each.diagnostic.code for each in one.suppressed] == ["AUT601"]
    assert [each.diagnostic.code for each in two.suppressed] == ["AUT601"]
    assert [each.code for each in one.diagnostics if each.code != "AUT308"] == []
    left = [each for each in two.diagnostics if each.code == "AUT601"]
    assert [two.source.span(each.location).line for each in left] == [15]
    assert not {"AUT004", "AUT008"} & {each.code for each in two.diagnostics}


CORPUS = Path(__file__).parent.parent / "corpus" / "broken"
RULES = {rule.name: rule for rule in all_rules()}


def loosely_broken() -> Iterator[Path]:
    """Files with errors that may all be suppressed."""
    for path in sorted(CORPUS.glob("*.yaml")):
        document = load_document(path.read_bytes(), file=path.name)
        found = check_document(document, REGISTRY).report.diagnostics
        wrong = {each.name for each in found if each.severity is Severity.ERROR}
        if wrong and not any(RULES[name].firm for name in wrong):
            yield path


@pytest.mark.parametrize("path", list(loosely_broken()), ids=lambda path: path.stem)
def test_what_may_be_suppressed_can_be_carried_out(path: Path) -> None:
    document = load_document(path.read_bytes(), file=path.name)
    off = Policy({name: None for name, rule in RULES.items() if not rule.firm})
    checked = check_document(document, REGISTRY, policy=off)
    assert checked.report.ok
    assert checked.workflow is not None
    assert checked.graph is not None
    subject = checked.subject
    assert compile_plan(checked.workflow, checked.graph, subject.catalog, subject.scopes).graph

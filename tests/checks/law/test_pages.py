"""Every rule of law: its page, its bad example, on which it alone fires, and its good one."""

import re

import pytest

from auterity_sdk.checks.law.catalogue import law_names, law_rules
from auterity_sdk.checks.law.rule import LawRule

from .pages import Page

SECTIONS = ["What it checks", "Why it matters", "Example", "Instead"]
LOCAL = {"AUT315"}
"""Says that only a server fires triggers, which no example about triggers can help."""
RULES = [pytest.param(rule, id=rule.code) for rule in law_rules()]


@pytest.mark.parametrize("rule", RULES)
def test_the_page_has_its_sections(rule: LawRule) -> None:
    found = re.findall(r"^## (.+)$", rule.page, flags=re.MULTILINE)
    assert found[:4] == SECTIONS
    assert found[4:] in ([], ["Step types of the examples"])


@pytest.mark.parametrize("rule", RULES)
def test_the_bad_example_has_this_mistake_and_no_other(rule: LawRule) -> None:
    found = Page(rule).check("Example").report.diagnostics
    assert {each.code for each in found} - LOCAL == {rule.code}, found


@pytest.mark.parametrize("rule", RULES)
def test_the_good_example_is_clean(rule: LawRule) -> None:
    found = Page(rule).check("Instead").report.diagnostics
    assert [each for each in found if each.code not in LOCAL] == []


def test_each_rule_has_a_page_and_each_page_a_rule() -> None:
    assert sorted(rule.name for rule in law_rules()) == list(law_names())


@pytest.mark.parametrize("rule", RULES)
def test_what_was_not_looked_up_is_no_error(rule: LawRule) -> None:
    if rule.citations and not any(citation.certain for citation in rule.citations):
        assert all(grade.value != "error" for grade in rule.places.values())

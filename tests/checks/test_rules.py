"""Every rule's page: its two examples are its first test."""

import re
import textwrap
from datetime import date

import pytest

from auterity_sdk.checks.catalogue import all_rules
from auterity_sdk.checks.check import check_document
from auterity_sdk.checks.law.rule import LawRule
from auterity_sdk.checks.policy import Policy
from auterity_sdk.checks.rule import Rule
from auterity_sdk.diagnostics import Diagnostic
from auterity_sdk.workflow.document import load_document

from .registry import REGISTRY

DAY = Policy(as_of=date(2026, 11, 23))
SECTIONS = ["What it checks", "Why it matters", "Example", "Instead"]
OWN = [rule for rule in all_rules() if not isinstance(rule, LawRule)]
"""Those of law have pages of another form, and tests of their own."""


def sections(rule: Rule) -> dict[str, str]:
    _, *parts = re.split(r"^## (.+)$", rule.page, flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def example(rule: Rule, section: str) -> str:
    return textwrap.dedent(sections(rule)[section].strip("\n")) + "\n"


def findings(rule: Rule, section: str) -> tuple[Diagnostic, ...]:
    text = example(rule, section)
    # The one mistake that no text in a docstring can hold.
    content = text.encode("latin-1") if "Latin-1" in text else text.encode()
    document = load_document(content, file="example.yaml")
    return check_document(document, REGISTRY, policy=DAY).report.diagnostics


@pytest.mark.parametrize("rule", OWN, ids=lambda rule: rule.name)
def test_the_page_has_its_sections(rule: Rule) -> None:
    assert list(sections(rule)) == SECTIONS
    assert all(text.strip() for text in sections(rule).values())


@pytest.mark.parametrize("rule", OWN, ids=lambda rule: rule.name)
def test_the_bad_example_is_found(rule: Rule) -> None:
    found = findings(rule, "Example")
    assert rule.code in {each.code for each in found}, found


@pytest.mark.parametrize("rule", OWN, ids=lambda rule: rule.name)
def test_the_good_example_is_clean(rule: Rule) -> None:
    assert findings(rule, "Instead") == ()

"""The catalogue: rules by code and by name."""

import subprocess
import sys

import pytest

from auterity_sdk.checks.catalogue import all_rules, explain, find_rule, rule_names
from auterity_sdk.errors import UsageError
from auterity_sdk.workflow.document import YAML_RULES


def test_rules_are_in_order_of_their_codes_and_share_none() -> None:
    codes = [rule.code for rule in all_rules()]
    assert codes == sorted(set(codes))
    assert len(codes) >= 40


def test_the_names_are_known_without_a_rule_being_loaded() -> None:
    assert rule_names() == tuple(sorted(rule.name for rule in all_rules()))
    code = (
        "import sys; from auterity_sdk.checks.catalogue import find_rule; find_rule('cycle')\n"
        "print(sum(name.startswith('auterity_sdk.checks.rules.') for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1"


@pytest.mark.parametrize("asked", ["AUT302", "aut302", "cycle", "CYCLE", " cycle "])
def test_a_rule_is_found_by_code_and_name(asked: str) -> None:
    assert find_rule(asked).name == "cycle"


@pytest.mark.parametrize(
    ("asked", "near"),
    [("cicle", "`cycle`"), ("unknown_stp", "`unknown-step`"), ("AUT3O2", "`AUT302`")],
)
def test_a_misspelt_rule_has_a_proposal(asked: str, near: str) -> None:
    with pytest.raises(UsageError) as raised:
        find_rule(asked)
    assert near in str(raised.value.help)


def test_a_page_names_its_rule() -> None:
    page = explain(find_rule("AUT302"))
    assert page.startswith("# AUT302 cycle (error)\n\nSteps wait for each other in a circle.\n")
    assert "\n## Why it matters\n" in page


def test_each_rule_of_the_reader_has_its_page_with_its_name_and_severity() -> None:
    for code, known in YAML_RULES.items():
        rule = find_rule(code)
        assert (rule.name, rule.severity) == (known.name, known.severity)

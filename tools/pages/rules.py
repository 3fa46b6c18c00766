"""The pages of the rules, and the lists of what each can and cannot see."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from auterity_sdk.checks.catalogue import all_rules
from auterity_sdk.checks.law.rule import LawRule
from auterity_sdk.checks.rule import Rule
from auterity_sdk.diagnostics import Severity
from auterity_sdk.testing.cases.schema import schema_of_tests
from auterity_sdk.testing.evaluation.schema import schema_of_cases
from auterity_sdk.workflow.json_schema import DIALECTS, json_schema
from tools.pages.tables import table

GROUPS: Mapping[str, str] = {
    "AUT0": "The file",
    "AUT1": "YAML",
    "AUT2": "The form of a workflow",
    "AUT3": "The graph",
    "AUT4": "Expressions",
    "AUT5": "Step types and called workflows",
    "AUT6": "Reliability",
    "AUT7": "Security",
    "COM": "Messages and calls",
    "CRD": "Credit",
    "AML": "Money laundering and sanctions",
    "PRV": "Personal data",
    "ADV": "Advertising",
    "VEH": "Vehicles",
    "SVC": "Service work",
    "AIG": "Language models",
    "REL": "What a process loses, repeats or forgets",
}
"""The first letters of codes, and what their rules are about."""

ONLY_RULES_SEE: Mapping[str, str] = {
    "AUT210": "a name in a body is held against those around it",
    "AUT212": "a cron line has a grammar, and days that no month has",
    "AUT213": "the names of time zones are data that changes several times a year",
    "AUT215": "the pause between two ticks is computed",
    "AUT219": "the reserved words depend on the expression language",
    "AUT220": "which types are registered depends on the project",
    "AUT221": "a schema for schemas would have to know the names of registered types",
    "AUT222": "a default is held against the schema that stands beside it",
}
"""Rules on the form of a workflow that no JSON Schema can express, with the reason."""

_BLOCK = re.compile(r"^ {4}.*\n(?:^ {4}.*\n|^\n(?= {4}))*", re.MULTILINE)


def listed() -> str:
    """All rules in one table for each group."""
    parts = []
    for prefix, title in GROUPS.items():
        rows = [_row(rule) for rule in all_rules() if rule.code.startswith(prefix)]
        parts.append(f"## {title}\n\n{table(('code', 'name', 'severity', 'what is wrong'), rows)}")
    return "\n\n".join(parts)


def unseen() -> str:
    """What only the rules see, and no JSON Schema."""
    known = {rule.code: rule for rule in all_rules()}
    rows = [(code, _link(known[code]), why) for code, why in ONLY_RULES_SEE.items()]
    return table(("code", "rule", "why a schema cannot see it"), rows)


def files() -> Iterator[tuple[str, str]]:
    """Pages and schemas that are generated whole: their paths below `docs/`, and their texts."""
    for rule in all_rules():
        yield f"rules/{rule.name}.md", page(rule)
    for dialect in DIALECTS:
        yield f"schema/workflow.{dialect}.json", json.dumps(json_schema(dialect), indent=2) + "\n"
        yield f"schema/test.{dialect}.json", json.dumps(schema_of_tests(dialect), indent=2) + "\n"
        yield f"schema/cases.{dialect}.json", json.dumps(schema_of_cases(dialect), indent=2) + "\n"


def page(rule: Rule) -> str:
    """The page of one rule."""
    if isinstance(rule, LawRule):
        return _page_of_law(rule)
    summary, _, rest = rule.page.partition("\n")
    before, heading, after = rest.partition("## Instead")
    head = f"# {rule.code} {rule.name}\n\n{summary} Severity: {rule.severity}.\n"
    return f"{head}{_fenced(before, 'yaml broken')}{heading}{_fenced(after, 'yaml')}"


def _page_of_law(rule: LawRule) -> str:
    """A page that stands in a file, and where its duty stands."""
    summary, _, rest = rule.page.partition("\n")
    rows = [(place, str(grade)) for place, grade in rule.places.items()]
    shown = [(cited.text, cited.standing) for cited in rule.citations]
    parts = [f"# {rule.code} {rule.name}", f"{summary}{rest.partition('##')[0].rstrip()}"]
    parts.append(table(("where", "severity"), [(_PLACES.get(p, p), grade) for p, grade in rows]))
    if shown:
        parts.append(table(("source", "last looked at"), shown))
    if rule.since:
        before = "; a warning before" if rule.severity is Severity.ERROR else ""
        parts.append(f"In force from {rule.since.isoformat()}{before}.")
    parts.append(_SUBJECT_TO if shown else "")
    return "\n\n".join(filter(None, [*parts, f"##{rest.partition('##')[2]}"])) + "\n"


_PLACES = {"*": "everywhere"}

_SUBJECT_TO = (
    "This looks for one known mistake; a workflow without the finding is not called lawful by it. It is engineering,\n"
    "not legal advice."
)


def _fenced(text: str, language: str) -> str:
    def fence(block: re.Match[str]) -> str:
        lines = [line[4:] for line in block.group().rstrip("\n").split("\n")]
        return "\n".join([f"```{language}", *lines, "```"]) + "\n"

    return _BLOCK.sub(fence, text if text.endswith("\n") else f"{text}\n")


def _row(rule: Rule) -> tuple[str, str, str, str]:
    return (rule.code, _link(rule), str(rule.severity), rule.page.partition("\n")[0])


def _link(rule: Rule) -> str:
    return f"[{rule.name}](../rules/{rule.name}.md)"

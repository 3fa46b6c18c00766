"""The rules that reading a file itself can break, and how a finding of one is made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from auterity_sdk.diagnostics import Diagnostic, Fix, Location, Severity


class YamlRule(NamedTuple):
    """What the rule catalogue knows of a rule that the loader owns."""

    name: str
    severity: Severity
    summary: str


_ERROR, _WARNING = Severity.ERROR, Severity.WARNING

YAML_RULES: Mapping[str, YamlRule] = MappingProxyType(
    {
        "AUT002": YamlRule("unreadable-file", _ERROR, "the file is not UTF-8, or is too large"),
        "AUT101": YamlRule("syntax", _ERROR, "the file is not YAML"),
        "AUT102": YamlRule("duplicate-key", _ERROR, "a key stands twice in one mapping"),
        "AUT103": YamlRule("tab-indent", _ERROR, "a tab is used to indent"),
        "AUT104": YamlRule(
            "ambiguous-scalar", _WARNING, "YAML readers disagree on the type of a plain value"
        ),
        "AUT105": YamlRule("merge-key", _ERROR, "`<<` merges another mapping"),
        "AUT106": YamlRule("alias-budget", _ERROR, "aliases repeat too much, or themselves"),
        "AUT107": YamlRule("depth-limit", _ERROR, "values are nested too deeply"),
        "AUT108": YamlRule("unused-anchor", _WARNING, "no alias names an anchor"),
        "AUT109": YamlRule("custom-tag", _ERROR, "a tag is not one of YAML's core types"),
        "AUT110": YamlRule("multiple-documents", _ERROR, "the file holds a second document"),
        "AUT111": YamlRule("non-string-key", _ERROR, "a key is not text"),
        "AUT112": YamlRule(
            "unquoted-brace", _ERROR, "YAML takes a part of an expression for itself"
        ),
    }
)
"""Code → rule, for every code that `load_document` gives out."""


MOST_OF_ONE_CODE = 100
"""More findings of one code help nobody: a file of 5 MB can have a million of them."""


def first_of_each_code(findings: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """The findings, of each code only the first `MOST_OF_ONE_CODE`."""
    counts = Counter[str]()
    for finding in findings:
        counts[finding.code] += 1
        if counts[finding.code] <= MOST_OF_ONE_CODE:
            yield finding


def yaml_finding(
    code: str,
    message: str,
    location: Location,
    *help: str,
    related: tuple[Location, ...] = (),
    fixes: tuple[Fix, ...] = (),
) -> Diagnostic:
    """A finding of the rule `code`, with the name and severity of the table."""
    rule = YAML_RULES[code]
    return Diagnostic(
        code, rule.name, rule.severity, message, location, related, help=help, fixes=fixes
    )

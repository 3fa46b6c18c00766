"""Findings as a SARIF 2.1.0 log, within the limits of GitHub's code scanning."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, metadata
from typing import Any
from urllib.parse import quote

from auterity_cli.output.results import Found, Results, said
from auterity_sdk import __version__
from auterity_sdk.checks.catalogue import find_rule
from auterity_sdk.checks.rule import Rule
from auterity_sdk.diagnostics import Diagnostic, Fix, Location, Severity, Span
from auterity_sdk.workflow.document import YamlSource
from auterity_sdk.workflow.document.edits import Replacement, replacements

MOST_RESULTS = 25_000
MOST_LOCATIONS = 1_000
_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_PROBLEMS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "recommendation",
}
_SECURITY = {Severity.ERROR: "8.0", Severity.WARNING: "5.0", Severity.INFO: "2.0"}
_TAGS = {
    "AUT0": "file",
    "AUT1": "yaml",
    "AUT2": "model",
    "AUT3": "graph",
    "AUT4": "expressions",
    "AUT5": "step-types",
    "AUT6": "reliability",
    "AUT7": "security",
    "COM": "messages",
    "CRD": "credit",
    "AML": "money-laundering",
    "PRV": "privacy",
    "ADV": "advertising",
    "VEH": "vehicles",
    "SVC": "service",
    "AIG": "language-models",
    "REL": "reliability",
}
"""The first letters of codes, and the tag of their rules."""


def dumps(results: Results) -> str:
    """One run. Where there are too many findings for GitHub, the least grave are left out, and it is said."""
    found = list(results)
    left_out = len(found) - MOST_RESULTS
    if left_out > 0:
        found = list(results.gravest_first())[:MOST_RESULTS]
    names = sorted({each.diagnostic.name for each in found})
    rules = sorted(map(find_rule, names), key=lambda rule: rule.code)
    at = {rule.name: index for index, rule in enumerate(rules)}
    run = {
        "tool": {"driver": _driver(rules)},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(left_out)],
        "results": [_result(each, at[each.diagnostic.name]) for each in found],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2)


def _driver(rules: Sequence[Rule]) -> dict[str, Any]:
    pages = _pages()
    about = {"informationUri": pages} if pages else {}
    return {
        "name": "Auterity",
        "semanticVersion": __version__,
        **about,
        "rules": [_rule(rule, pages) for rule in rules],
    }


def _pages() -> str | None:
    """Where the pages of this version are published, if its package says so."""
    try:
        urls = metadata("auterity").get_all("Project-URL") or []
    except PackageNotFoundError:
        return None
    named = dict(url.split(", ", 1) for url in urls)
    return named.get("Documentation")


def _rule(rule: Rule, pages: str | None) -> dict[str, Any]:
    summary, _, rest = rule.page.partition("\n")
    tag = next((tag for code, tag in _TAGS.items() if rule.code.startswith(code)), "other")
    properties: dict[str, Any] = {
        "tags": [tag],
        "precision": "high",
        "problem.severity": _PROBLEMS[rule.severity],
    }
    if tag == "security":
        properties["security-severity"] = _SECURITY[rule.severity]
    link = {"helpUri": f"{pages.rstrip('/')}/rules/{rule.name}.md"} if pages else {}
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": summary},
        "fullDescription": {"text": _plain(rest.partition("## Example")[0])},
        "help": {"text": rule.page, "markdown": rule.page},
        **link,
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": properties,
    }


def _plain(text: str) -> str:
    """A part of a page on one line, without its headings."""
    return " ".join(re.sub(r"^## .*$", "", text, flags=re.MULTILINE).split())


def _invocation(left_out: int) -> dict[str, Any]:
    notes = []
    if left_out > 0:
        text = f"{left_out} findings of the least grave are left out"
        notes.append({"level": "warning", "message": {"text": text}})
    return {"executionSuccessful": True, "toolExecutionNotifications": notes}


def _result(found: Found, rule: int) -> dict[str, Any]:
    diagnostic, source = found.diagnostic, found.source
    made: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": rule,
        "level": _LEVELS[diagnostic.severity],
        "message": {"text": said(diagnostic)},
        "locations": [_location(found, diagnostic.location)],
        "partialFingerprints": {"auterity/v1": found.fingerprint},
    }
    if diagnostic.related:
        related = [_location(found, place) for place in diagnostic.related[: MOST_LOCATIONS - 1]]
        made["relatedLocations"] = [{"id": number, **place} for number, place in enumerate(related)]
    if diagnostic.trace:
        steps = [{"location": _location(found, step)} for step in diagnostic.trace[:MOST_LOCATIONS]]
        made["codeFlows"] = [{"threadFlows": [{"locations": steps}]}]
    if isinstance(source, YamlSource) and (fixes := list(_fixes(found, source, diagnostic))):
        made["fixes"] = fixes
    return made


def _location(found: Found, location: Location) -> dict[str, Any]:
    region = _region(found.source.span(location))
    artifact = {"uri": _uri(found.file)}
    place: dict[str, Any] = {"physicalLocation": {"artifactLocation": artifact, "region": region}}
    if location.label:
        place["message"] = {"text": location.label}
    return place


def _fixes(found: Found, source: YamlSource, diagnostic: Diagnostic) -> Iterator[dict[str, Any]]:
    for fix in diagnostic.fixes:
        changes = replacements(source, fix)
        if changes is not None:
            yield _fix(found.file, source, fix, changes)


def _fix(file: str, source: YamlSource, fix: Fix, changes: Sequence[Replacement]) -> dict[str, Any]:
    written = [
        {
            "deletedRegion": _region(source.at(change.start, change.end)),
            "insertedContent": {"text": change.text},
        }
        for change in changes
    ]
    change = {"artifactLocation": {"uri": _uri(file)}, "replacements": written}
    return {"description": {"text": fix.title}, "artifactChanges": [change]}


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _uri(file: str) -> str:
    # A colon in the first part of a relative path would be read as the end of a scheme.
    return quote(file, safe="/")

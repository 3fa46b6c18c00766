"""The check: from a document, or a workflow built in Python, to a report."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate

from msgspec import Struct
from msgspec.structs import replace

from auterity_sdk.checks.catalogue import all_rules
from auterity_sdk.checks.law.catalogue import said_once
from auterity_sdk.checks.policy import Policy
from auterity_sdk.checks.reading import read_workflow
from auterity_sdk.checks.rule import Rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.checks.suppression.comments import allowances
from auterity_sdk.checks.suppression.verdict import ABOUT_COMMENTS, verdict
from auterity_sdk.diagnostics import Diagnostic, Report, Severity, SourceMap, sorted_by_place
from auterity_sdk.workflow.document import Document
from auterity_sdk.workflow.graph import Graph, build_graph
from auterity_sdk.workflow.model import Workflow, dump
from auterity_sdk.workflow.signature import Catalog


class Checked(Struct, frozen=True):
    """A report, and the workflow and graph that were read; None where too little could be."""

    report: Report
    workflow: Workflow | None
    graph: Graph | None
    subject: Subject


def check_document(
    document: Document,
    catalog: Catalog,
    rules: Iterable[Rule] | None = None,
    policy: Policy | None = None,
) -> Checked:
    """Check a file that was read. Never fails: whatever is wrong is in the report.

    `rules` stands in place of all that there are; `policy` says which of them count, and how much.
    """
    return _checked(_read(document, catalog), rules, policy or Policy())


def check_workflow(
    workflow: Workflow,
    source: SourceMap,
    catalog: Catalog,
    rules: Iterable[Rule] | None = None,
    policy: Policy | None = None,
) -> Checked:
    """Check a workflow built in Python; `source` knows the call that made each part."""
    graph = build_graph(workflow, catalog)
    subject = Subject(source, dump(workflow), catalog, workflow=workflow, graph=graph)
    return _checked(subject, rules, policy or Policy())


def _read(document: Document, catalog: Catalog) -> Subject:
    source, loading = document.source, tuple(document.diagnostics)
    data = document.data if isinstance(document.data, dict) else {}
    if document.data is None and any(found.severity is Severity.ERROR for found in loading):
        return Subject(source, data, catalog, loading)
    reading = read_workflow(document.data, source)
    workflow, broken = reading.workflow, reading.broken
    graph = None if workflow is None else build_graph(workflow, catalog, broken)
    exact = frozenset(reading.exact_texts)
    return Subject(source, data, catalog, loading, reading.errors, workflow, graph, broken, exact)


def _checked(subject: Subject, rules: Iterable[Rule] | None, policy: Policy) -> Checked:
    profile = replace(policy.dealer, as_of=policy.as_of)
    subject = replace(subject, profile=profile)
    chosen = policy.chosen(all_rules() if rules is None else rules)
    report = _report(subject, list(said_once(_found(subject, chosen), chosen)), chosen, policy)
    return Checked(report, subject.workflow, subject.graph, subject)


def _report(
    subject: Subject, found: list[Diagnostic], rules: tuple[Rule, ...], policy: Policy
) -> Report:
    source = subject.source
    comments = tuple(allowances(source)) if policy.suppressions else ()
    if not comments:
        judged = sorted_by_place(source, map(policy.judged, found))
        return Report(source, judged, worst_case=subject.worst_case)
    held = verdict(source, found, comments, rules, policy.as_of, complete=subject.complete)
    remarks = _found(replace(subject, loading=held.remarks), _on_comments(rules))
    kept = sorted_by_place(source, map(policy.judged, [*held.kept, *remarks]))
    return Report(source, kept, held.suppressed, subject.worst_case)


def _on_comments(rules: Iterable[Rule]) -> Iterator[Rule]:
    """The rules on the comments themselves, whose findings are made when all others are known."""
    return (rule for rule in rules if rule.name in ABOUT_COMMENTS)


def _found(subject: Subject, rules: Iterable[Rule]) -> Iterator[Diagnostic]:
    misread = _Misread(subject)
    for rule in rules:
        for found in rule.run(subject):
            if not misread.echoes(found):
                yield found


class _Misread:
    """The places that could not be read: what another rule finds inside of one is only its echo."""

    def __init__(self, subject: Subject) -> None:
        self._source = subject.source
        self._own = frozenset(subject.loading)
        wrong = (found for found in subject.loading if found.severity is Severity.ERROR)
        spans = [subject.source.span(found.location) for found in wrong]
        places = sorted((span.start, span.end) for span in spans)
        self._starts = [start for start, _ in places]
        self._farthest = list(accumulate((end for _, end in places), max))

    def echoes(self, found: Diagnostic) -> bool:
        if not self._starts or found in self._own:
            return False
        place = self._source.span(found.location)
        before = bisect_right(self._starts, place.start) - 1
        return before >= 0 and self._farthest[before] >= place.end

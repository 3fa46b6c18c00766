"""What a rule of law or trade is: data, whose analyses are shared, and whose page is a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from importlib.resources import files
from typing import Protocol

from msgspec import Struct, field

from auterity_sdk.checks.profile import EVERYWHERE, DealerKind, Profile
from auterity_sdk.checks.rule import Finding, Rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Diagnostic, Severity

READ = date(2026, 11, 23)
"""When the sources were last looked at."""


class Formulation(Protocol):
    """What is looked for: one of the analyses, with its own data."""

    def find(self, subject: Subject, code: str) -> Iterator[Finding]:
        """The mistakes of that kind in a workflow."""
        ...


class Citation(Struct, frozen=True):
    """Where a duty stands. `verified` is when its text was last looked at, None if never; `secondary`: only in a
    summary. `lender` is where it stands for a dealer who lends himself (buy-here-pay-here), if elsewhere."""

    text: str
    verified: date | None = None
    secondary: bool = False
    lender: str = ""

    def of(self, kind: DealerKind) -> str:
        """Where it stands for a dealer of that kind."""
        return self.lender if self.lender and kind == "buy-here-pay-here" else self.text

    @property
    def standing(self) -> str:
        """What the page says of it."""
        if self.verified is None:
            return "remembered, not looked up"
        source = "a secondary source" if self.secondary else "the text"
        return f"{source}, {self.verified.isoformat()}"

    @property
    def certain(self) -> bool:
        """Whether the text itself was looked at."""
        return self.verified is not None and not self.secondary


class LawRule(Rule, frozen=True):
    """A rule of `domain` law. `places` maps jurisdictions to severities; the first that the profile has and that is
    gravest counts. `since` and `until` bound the days on which it is in force; before `since` it is a warning.

    `unless` are codes of rules that say the same more exactly: where one of them finds something, this is silent.
    `silences` are codes of other rules that are silent at a place where this one finds something.
    """

    title: str = ""
    what: tuple[Formulation, ...] = ()
    citations: tuple[Citation, ...] = ()
    places: Mapping[str, Severity] = field(default_factory=dict)
    since: date | None = None
    until: date | None = None
    unless: tuple[str, ...] = ()
    silences: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name that users see, such as `quiet-hours`."""
        return self.title

    @property
    def page(self) -> str:
        """The text of `auterity explain`, from the file of that name in `pages`."""
        resource = files("auterity_sdk.checks.law") / "pages" / f"{self.title}.md"
        return resource.read_text(encoding="utf-8").strip()

    def severity_for(self, profile: Profile) -> Severity | None:
        """How grave it is for a dealer; None where it is not asked for."""
        found = [grade for place, grade in self.places.items() if profile.includes(place)]
        if not found or (self.until and profile.as_of and profile.as_of >= self.until):
            return None
        gravest = min(found, key=_ORDER.index)
        early = self.since is not None and profile.as_of is not None and profile.as_of < self.since
        return max(gravest, Severity.WARNING, key=_ORDER.index) if early else gravest

    def run(self, subject: Subject) -> Iterator[Diagnostic]:
        """The findings, if the rule is asked for where and when the dealer is."""
        severity = self.severity_for(subject.profile)
        if severity is None or not subject.complete:
            return
        for formulation in self.what:
            for found in formulation.find(subject, self.code):
                yield self._diagnostic(found, severity, subject.profile)

    def _diagnostic(self, found: Finding, severity: Severity, profile: Profile) -> Diagnostic:
        """A finding with the rule's code, name and sources."""
        if found.unsure:
            severity = max(severity, Severity.WARNING, key=_ORDER.index)
        sources = "; ".join(citation.of(profile.kind) for citation in self.citations)
        notes = (*found.notes, f"source: {sources}") if sources else found.notes
        return Diagnostic(
            self.code,
            self.name,
            severity,
            found.message,
            found.at,
            found.related,
            notes,
            found.help,
            found.fixes,
        )


_ORDER = (Severity.ERROR, Severity.WARNING, Severity.INFO)


def _no_function(subject: Subject) -> Iterator[Finding]:  # noqa: ARG001 - its formulations find
    return iter(())


def law(
    code: str,
    title: str,
    *what: Formulation,
    source: tuple[Citation, ...] = (),
    severity: Severity = Severity.ERROR,
    places: Mapping[str, Severity] | None = None,
    since: date | None = None,
    until: date | None = None,
    unless: tuple[str, ...] = (),
    silences: tuple[str, ...] = (),
) -> LawRule:
    """Make a rule. Where no text of its sources was looked at, it is no more than a warning."""
    certain = not source or any(citation.certain for citation in source)
    most = severity if certain else max(severity, Severity.WARNING, key=_ORDER.index)
    where = {
        place: most if grade is Severity.ERROR and not certain else grade
        for place, grade in (places or {EVERYWHERE: most}).items()
    }
    gravest = min(where.values(), key=_ORDER.index)
    return LawRule(
        code,
        gravest,
        _no_function,
        title,
        tuple(what),
        source,
        where,
        since,
        until,
        unless,
        silences,
    )

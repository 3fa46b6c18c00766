"""What a rule is: one function from what is known of a workflow to findings."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator

from msgspec import Struct

from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Diagnostic, Fix, Location, Severity

TAB_SIGN = "␉"
"""A tab in an example of a docstring, where Python 3.13 and newer would turn a real one into spaces."""

Found = Iterator["Finding"]

_FIRM_GROUPS = ("AUT0", "AUT1", "AUT2", "AUT4", "AUT5")
_FIRM = frozenset({"AUT301", "AUT302", "AUT303", "AUT318", "AUT319", "AUT320", "AUT322", "AUT702"})
_LOOSE = frozenset({"AUT406"})


class Finding(Struct, frozen=True):
    """What a rule function yields: a diagnostic without the rule's own code and name.

    `unsure`: no more than a warning, however grave the rule is.
    """

    message: str
    at: Location
    related: tuple[Location, ...] = ()
    notes: tuple[str, ...] = ()
    help: tuple[str, ...] = ()
    fixes: tuple[Fix, ...] = ()
    trace: tuple[Location, ...] = ()
    unsure: bool = False


class Rule(Struct, frozen=True):
    """A named check. `code` is stable; `name` is the function's, in kebab case.

    The function's docstring is its page: the first line is the summary, then the sections
    `What it checks`, `Why it matters`, `Example`, `Instead`.
    """

    code: str
    severity: Severity
    function: Callable[[Subject], Found]

    @property
    def name(self) -> str:
        """The name that users see, such as `unreachable-step`."""
        return self.function.__name__.replace("_", "-")

    @property
    def firm(self) -> bool:
        """A workflow with this finding cannot be carried out, so nothing takes the finding away."""
        within = self.code.startswith(_FIRM_GROUPS) and self.code not in _LOOSE
        return self.severity is Severity.ERROR and (within or self.code in _FIRM)

    @property
    def page(self) -> str:
        """The text of `auterity explain`."""
        summary, _, rest = (self.function.__doc__ or "").partition("\n")
        return f"{summary}\n{textwrap.dedent(rest)}".strip().replace(TAB_SIGN, "\t")

    def run(self, subject: Subject) -> Iterator[Diagnostic]:
        """The findings as diagnostics."""
        for found in self.function(subject):
            yield Diagnostic(
                self.code,
                self.name,
                self.severity,
                found.message,
                found.at,
                found.related,
                found.notes,
                found.help,
                found.fixes,
                found.trace,
            )


def rule(
    code: str, severity: Severity = Severity.ERROR
) -> Callable[[Callable[[Subject], Found]], Rule]:
    """Make a rule of a function."""

    def made(function: Callable[[Subject], Found]) -> Rule:
        return Rule(code, severity, function)

    return made

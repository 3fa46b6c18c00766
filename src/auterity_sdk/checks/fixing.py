"""Making the fixes of a file: as far as each round leaves it with no more findings than before."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec import Struct

from auterity_sdk.checks.check import Checked
from auterity_sdk.diagnostics import Diagnostic, Fix, Severity
from auterity_sdk.workflow.document import YamlSource
from auterity_sdk.workflow.document.edits import (
    Replacement,
    edited,
    replacements,
    without_overlaps,
)

_ROUNDS = 10
"""A fix may make room for another one; more rounds change nothing in practice."""
_MOST_CHECKS = 200
"""In one round: what makes a file worse is looked for by halves."""

Check = Callable[[bytes], Checked]
_Changes = Sequence[Replacement]


class Fixed(Struct, frozen=True):
    """The file's new content, its check, and how many fixes were made."""

    content: bytes
    checked: Checked
    made: int


def fixed(content: bytes, check: Check, *, unsafe: bool) -> Fixed:
    """The content with its fixes made: safe ones, or also those that may change what was meant.

    All other bytes stay. A fix after which more would be found is not made.
    """
    now = Fixed(content, check(content), 0)
    for _ in range(_ROUNDS):
        making = _Making(now, check)
        making.add(without_overlaps(_fixes(now.checked, unsafe=unsafe)))
        if making.best is now:
            break
        now = making.best
    return now


def first_fix(source: YamlSource, found: Diagnostic, *, unsafe: bool) -> _Changes | None:
    """What the first fix of a finding changes; None if it has none of that kind."""
    fixes: Iterable[Fix] = (fix for fix in found.fixes if fix.safe or unsafe)
    return next((made for fix in fixes if (made := replacements(source, fix))), None)


def _fixes(checked: Checked, *, unsafe: bool) -> Iterator[_Changes]:
    source = checked.report.source
    if isinstance(source, YamlSource):
        for found in checked.report.diagnostics:
            if changes := first_fix(source, found, unsafe=unsafe):
                yield changes


class _Making:
    """One round: all fixes together, or those parts of them that make the file better."""

    def __init__(self, before: Fixed, check: Check) -> None:
        self.best = before
        self._before, self._check = before, check
        self._chosen: list[_Changes] = []
        self._checks_left = _MOST_CHECKS

    def add(self, fixes: Sequence[_Changes]) -> None:
        """Make the fixes, or each half of them as far as it is good."""
        if not fixes or not self._checks_left:
            return
        self._checks_left -= 1
        together = [*self._chosen, *fixes]
        after = self._made(together)
        if after is not None and _is_better(after.checked, self.best.checked):
            self.best, self._chosen = after, together
        elif len(fixes) > 1:
            half = len(fixes) // 2
            self.add(fixes[:half])
            self.add(fixes[half:])

    def _made(self, fixes: Sequence[_Changes]) -> Fixed | None:
        """The content with the fixes; None if it stays the same."""
        before = self._before
        source = before.checked.report.source
        if not isinstance(source, YamlSource):
            return None
        text = edited(source.text, (change for fix in fixes for change in fix))
        mark = codecs.BOM_UTF8 if before.content.startswith(codecs.BOM_UTF8) else b""
        content = mark + text.encode()
        if content == before.content:
            return None
        return Fixed(content, self._check(content), before.made + len(fixes))


def _is_better(after: Checked, before: Checked) -> bool:
    """Fewer findings, and not more errors; a file that could not be read may show what it hid."""
    if before.workflow is None and after.workflow is not None:
        return True
    old, new = before.report.diagnostics, after.report.diagnostics
    return len(new) < len(old) and _errors(new) <= _errors(old)


def _errors(found: Iterable[Diagnostic]) -> int:
    return sum(each.severity is Severity.ERROR for each in found)

"""Making the fixes of a file: as far as each round leaves it with no more findings than before."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

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

Check = Callable[[bytes], Checked]
_Changes = Sequence[Replacement]


@dataclass(frozen=True, slots=True)
class Fixed:
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
        fixes = without_overlaps(_fixes(now.checked, unsafe=unsafe))
        after = _after(now, fixes, check) or _one_by_one(now, fixes, check)
        if after is None:
            break
        now = after
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


def _after(before: Fixed, fixes: Sequence[_Changes], check: Check) -> Fixed | None:
    """The content with all of the fixes; None if it would not be better."""
    source = before.checked.report.source
    if not fixes or not isinstance(source, YamlSource):
        return None
    text = edited(source.text, (change for fix in fixes for change in fix))
    mark = codecs.BOM_UTF8 if before.content.startswith(codecs.BOM_UTF8) else b""
    content = mark + text.encode()
    if content == before.content:
        return None
    after = Fixed(content, check(content), before.made + len(fixes))
    return after if _is_better(after.checked, before.checked) else None


def _one_by_one(before: Fixed, fixes: Sequence[_Changes], check: Check) -> Fixed | None:
    """The content with the first of the fixes that makes it better alone."""
    made = (_after(before, [fix], check) for fix in fixes if len(fixes) > 1)
    return next((after for after in made if after is not None), None)


def _is_better(after: Checked, before: Checked) -> bool:
    """Fewer findings, and not more errors; a file that could not be read may show what it hid."""
    if before.workflow is None and after.workflow is not None:
        return True
    old, new = before.report.diagnostics, after.report.diagnostics
    return len(new) < len(old) and _errors(new) <= _errors(old)


def _errors(found: Iterable[Diagnostic]) -> int:
    return sum(each.severity is Severity.ERROR for each in found)

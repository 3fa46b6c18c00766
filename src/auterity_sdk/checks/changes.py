"""What a change of a workflow does: to its graph and values, and to what the check finds in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from auterity_sdk.checks.check import Checked
from auterity_sdk.diagnostics import Diagnostic, Path, SourceMap
from auterity_sdk.errors import InvalidWorkflow
from auterity_sdk.workflow.difference import Difference, difference
from auterity_sdk.workflow.model import Workflow

_QUOTED = re.compile(r"`[^`]*`")
_WORD = re.compile(r"[A-Za-z_]\w*")
_LINE = re.compile(r"\bline \d+")

_Same = tuple[str, Path, str]


class Changes(Struct, frozen=True):
    """The structural difference, and the findings that only one of the versions has, with its source."""

    name: str
    difference: Difference
    old_source: SourceMap
    new_source: SourceMap
    findings_added: tuple[Diagnostic, ...] = ()
    findings_removed: tuple[Diagnostic, ...] = ()

    @property
    def empty(self) -> bool:
        """Neither the meaning nor a finding differs."""
        return self.difference.empty and not (self.findings_added or self.findings_removed)


def changes(old: Checked, new: Checked) -> Changes:
    """What is different in the new one. Steps that have another id only, and their findings, are the same.

    Findings are compared by rule, place in the data and message; lines and positions in lists do not count.
    Raises `InvalidWorkflow` where one of both could not be read in full.
    """
    one, other = whole_workflow(old), whole_workflow(new)
    found = difference(one, other, new.subject.catalog)
    names = found.renamed_places
    before = [(_old_key(each, names), each) for each in old.report.diagnostics]
    after = [
        (_key(each.code, each.location.path, each.message), each) for each in new.report.diagnostics
    ]
    return Changes(
        other.name,
        found,
        old.report.source,
        new.report.source,
        tuple(_without(after, before)),
        tuple(_without(before, after)),
    )


def whole_workflow(checked: Checked) -> Workflow:
    """The workflow of a check. Raises `InvalidWorkflow` where a part of it could not be read."""
    if checked.workflow is None or not checked.subject.complete:
        file = checked.report.source.file
        raise InvalidWorkflow(
            f"{file} is not read in full, so that it cannot be compared",
            help="auterity validate shows what is wrong with its form",
        )
    return checked.workflow


def _without(
    these: Iterable[tuple[_Same, Diagnostic]], others: Iterable[tuple[_Same, Diagnostic]]
) -> Iterator[Diagnostic]:
    left = Counter(key for key, _ in others)
    for key, found in these:
        if left[key]:
            left[key] -= 1
        else:
            yield found


def _key(code: str, path: Path, message: str) -> _Same:
    named = tuple(part for part in path if isinstance(part, str))
    return code, named, _LINE.sub("line", message)


def _old_key(found: Diagnostic, names: Mapping[Path, str]) -> _Same:
    if not names:
        return _key(found.code, found.location.path, found.message)
    path = found.location.path
    moved = tuple(names.get(path[: end + 1], part) for end, part in enumerate(path))
    ids = {str(place[-1]): new for place, new in names.items()}

    def quoted(text: re.Match[str]) -> str:
        return _WORD.sub(lambda word: ids.get(word.group(), word.group()), text.group())

    return _key(found.code, moved, _QUOTED.sub(quoted, found.message))

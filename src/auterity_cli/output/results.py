"""What a check of many files gave, as the writers of all formats take it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from auterity_sdk.diagnostics import Diagnostic, Report, Severity, SourceMap

GRAVEST_FIRST = tuple(Severity)


class Found(NamedTuple):
    """One finding. `file` is relative to where reports are read, with `/`."""

    file: str
    source: SourceMap
    diagnostic: Diagnostic
    fingerprint: str


class OfFile(Struct, frozen=True):
    """One workflow's report, its file, that file's name in the project, and the fingerprint of each finding."""

    file: str
    name: str
    report: Report
    fingerprints: tuple[str, ...]


class Results(Struct, frozen=True):
    """All that was found, in the order of the files. `files` are all that were checked, `names` their names
    in the project.

    `failing` are the severities that make the command fail; `known` findings are in the baseline, and left out.
    """

    files: tuple[str, ...]
    reports: tuple[OfFile, ...]
    names: tuple[str, ...] = ()
    failing: frozenset[Severity] = frozenset({Severity.ERROR})
    known: int = 0
    seconds: float = 0.0

    def __iter__(self) -> Iterator[Found]:
        for each in self.reports:
            for diagnostic, fingerprint in zip(
                each.report.diagnostics, each.fingerprints, strict=True
            ):
                yield Found(each.file, each.report.source, diagnostic, fingerprint)

    @property
    def counts(self) -> Counter[Severity]:
        """How many findings of each severity."""
        return Counter(found.diagnostic.severity for found in self)

    @property
    def suppressed(self) -> int:
        """How many findings comments allow."""
        return sum(len(each.report.suppressed) for each in self.reports)

    @property
    def failed(self) -> bool:
        """Whether a finding is grave enough."""
        return any(found.diagnostic.severity in self.failing for found in self)

    def gravest_first(self) -> Sequence[Found]:
        """The findings by severity, each kind in its order."""
        return sorted(self, key=lambda found: GRAVEST_FIRST.index(found.diagnostic.severity))


def said(diagnostic: Diagnostic) -> str:
    """A finding in words: the fact, what explains it, and what to do, a line each."""
    notes = [f"note: {text}" for text in diagnostic.notes]
    helps = [f"help: {text}" for text in diagnostic.help or [f.title for f in diagnostic.fixes]]
    return "\n".join([diagnostic.message, *notes, *helps])


def reading_place() -> Path:
    """The folder that reports name files from: the repository around the current folder, else that folder."""
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), here)


def relative(file: Path, base: Path) -> str:
    """The file's path from `base`, with `/`; absolute only where no relative one exists (another drive)."""
    whole = Path(os.path.abspath(file))  # noqa: PTH100 - symbolic links keep their names
    try:
        return Path(os.path.relpath(whole, base)).as_posix()
    except ValueError:
        return whole.as_posix()

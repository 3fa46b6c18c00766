"""The baseline: findings that were there when checking began, and are not reported again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from auterity_cli.output.results import OfFile, Results
from auterity_cli.replace_file import replace_file
from auterity_sdk.errors import UsageError

FORMAT = "auterity-baseline-1"
_ADVICE = "write it anew with --write-baseline"


class Baseline(Struct, frozen=True):
    """Known findings: the file of each by its fingerprint."""

    known: Mapping[str, str]

    @classmethod
    def read(cls, file: Path) -> Baseline:
        """The baseline in a file. Raises `UsageError` that says why there is none."""
        try:
            data: Any = json.loads(file.read_text(encoding="utf-8"))
            entries = {FORMAT: data["findings"]}[data["format"]]
            known = {str(entry["fingerprint"]): str(entry["file"]) for entry in entries}
        except OSError as error:
            reason = (error.strerror or type(error).__name__).lower()
            raise UsageError(f"{file} cannot be read: {reason}", help=_ADVICE) from None
        except (ValueError, TypeError, KeyError):
            raise UsageError(f"{file} is no baseline of this version", help=_ADVICE) from None
        return cls(known)

    def without_known(self, results: Results) -> Results:
        """The results without what is known."""
        reports = tuple(map(self._new, results.reports))
        known = sum(found.fingerprint in self.known for found in results)
        return replace(results, reports=reports, known=known)

    def _new(self, of_file: OfFile) -> OfFile:
        report = of_file.report
        pairs = [
            (diagnostic, fingerprint)
            for diagnostic, fingerprint in zip(
                report.diagnostics, of_file.fingerprints, strict=True
            )
            if fingerprint not in self.known
        ]
        left = replace(report, diagnostics=tuple(diagnostic for diagnostic, _ in pairs))
        return replace(of_file, report=left, fingerprints=tuple(each for _, each in pairs))

    def stale(self, results: Results) -> int:
        """How many known findings are no longer there, in the files that were checked."""
        found = {each.fingerprint for each in results}
        checked = set(results.names)
        return sum(
            file in checked and fingerprint not in found for fingerprint, file in self.known.items()
        )


def write_baseline(file: Path, results: Results) -> Baseline:
    """Make all that was found known: the baseline, which is also written."""
    findings = []
    for of_file in results.reports:
        pairs = zip(of_file.report.diagnostics, of_file.fingerprints, strict=True)
        findings += [
            {
                "fingerprint": fingerprint,
                "rule": f"{diagnostic.code} {diagnostic.name}",
                "file": of_file.name,
                "message": diagnostic.message,
            }
            for diagnostic, fingerprint in pairs
        ]
    text = json.dumps({"format": FORMAT, "findings": findings}, indent=2) + "\n"
    replace_file(file, text.encode())
    return Baseline({entry["fingerprint"]: entry["file"] for entry in findings})

"""The last line of a check: how much was found, and what became of it."""

from __future__ import annotations

from auterity_cli.output.results import Results
from auterity_sdk.diagnostics import Severity
from auterity_sdk.workflow.document import YamlSource

_WORDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "remark"}


def summary(results: Results) -> str:
    """`2 errors, 1 warning (1 fixable, 3 suppressed) in 14 files`, or `no findings in 1 file`."""
    counts = results.counts
    parts = [count(counts[severity], word) for severity, word in _WORDS.items() if counts[severity]]
    asides = [
        f"{number} {word}"
        for number, word in (
            (fixable(results), "fixable"),
            (results.suppressed, "suppressed"),
            (results.known, "in the baseline"),
        )
        if number
    ]
    aside = f" ({', '.join(asides)})" if asides else ""
    return f"{', '.join(parts) or 'no findings'}{aside} in {count(len(results.files), 'file')}"


def fixable(results: Results) -> int:
    """How many findings `--fix` may take away."""
    with_fix = [
        (found.source, found.diagnostic)
        for found in results
        if any(fix.safe for fix in found.diagnostic.fixes)
    ]
    if not with_fix:
        return 0
    from auterity_sdk.checks.fixing import first_fix

    return sum(
        isinstance(source, YamlSource) and first_fix(source, found, unsafe=False) is not None
        for source, found in with_fix
    )


def count(number: int, word: str, words: str = "") -> str:
    """`1 file`, `2 files`."""
    return f"{number} {word if number == 1 else words or word + 's'}"

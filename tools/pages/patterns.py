"""The table of the control-flow patterns, from the list and the fixtures in `tests/patterns`."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Literal

from msgspec import Struct, convert

from auterity_sdk.checks.catalogue import all_rules
from tools.pages.tables import table

FOLDER = Path(__file__).parents[2] / "tests" / "patterns"

EXPECTED = "# expect: "
"""How the first line of a refused workflow begins; the codes of its findings with their places follow."""


class Pattern(Struct, frozen=True):
    """One of the 43, as `patterns.toml` tells of it."""

    number: int
    name: str
    need: Literal["high", "medium", "low"]
    holds: Literal["runs", "partly", "refused", "not yet"]
    spelt: str

    @property
    def folder(self) -> Path:
        """Where its fixture is. ValueError where there is not exactly one."""
        (found,) = FOLDER.glob(f"{self.number:02}_*")
        return found

    @property
    def refused(self) -> list[str]:
        """The findings that refuse its own spelling, such as `AUT310:7:30`."""
        file = self.folder / "refused.yaml"
        if not file.exists():
            return []
        first, _, _ = file.read_text(encoding="utf-8").partition("\n")
        return first.removeprefix(EXPECTED).split()


def patterns() -> list[Pattern]:
    """All of them, in order."""
    written = tomllib.loads((FOLDER / "patterns.toml").read_text(encoding="utf-8"))
    return convert(written["pattern"], list[Pattern])


def listed() -> str:
    """All patterns in one table."""
    rows = [
        (str(one.number), one.name, one.need, one.spelt, _holds(one), _fixture(one))
        for one in patterns()
    ]
    return table(("", "pattern", "need", "how it is spelt here", "holds", "fixture"), rows)


def counted() -> str:
    """How many hold, in a sentence."""
    found = [one.holds for one in patterns()]
    return (
        f"Of {len(found)} patterns {found.count('runs')} run, {found.count('partly')} hold in part, "
        f"{found.count('refused')} are refused on purpose and have another spelling that runs, "
        f"{found.count('not yet')} is not there yet."
    )


def _holds(pattern: Pattern) -> str:
    names = {rule.code: rule.name for rule in all_rules()}
    codes = sorted({finding.partition(":")[0] for finding in pattern.refused})
    links = [f"[{code}](../rules/{names[code]}.md)" for code in codes]
    return f"{pattern.holds} ({', '.join(links)})" if links else pattern.holds


def _fixture(pattern: Pattern) -> str:
    at = f"../../tests/patterns/{pattern.folder.name}"
    files = {"YAML": "workflow.yaml", "Python": "workflow.py", "trace": "trace.yaml"}
    if pattern.refused:
        files["what is refused"] = "refused.yaml"
    return ", ".join(f"[{text}]({at}/{file})" for text, file in files.items())

"""Rule pages as files, so that an editor can open the page behind a finding's code without a network."""

from __future__ import annotations

from pathlib import Path

from auterity_sdk.checks.catalogue import explain, find_rule


class RuleFiles:
    """The pages in a folder, each written when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._known: dict[str, str] = {}

    def address(self, code: str) -> str:
        """The `file:` address of a rule's page."""
        if code not in self._known:
            rule = find_rule(code)
            file = self.folder / f"{rule.code}-{rule.name}.md"
            file.write_text(explain(rule), encoding="utf-8")
            self._known[code] = file.resolve().as_uri()
        return self._known[code]

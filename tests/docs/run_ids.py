"""The run ids that a page shows, each paired with the one that a command really gave."""

from __future__ import annotations

import re
from collections.abc import Sequence

RUN = re.compile(
    r"\brun[_-][0-9a-zA-Z]{6,}\b"
    r"|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"
    r"|\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b"
    r"|(?<!-)\b[0-9a-f]{24}\b"
    r"|\b[0-9a-f]{12}\b"
)
"""What a run id looks like."""


class RunIds:
    """The run ids of one page. An id that was not paired stands for itself."""

    def __init__(self) -> None:
        self._real: dict[str, str] = {}

    def learn(self, shown: Sequence[str], real: Sequence[str]) -> None:
        """Pair the ids that a page shows for a command with those in its real output."""
        before, after = _ids(shown), _ids(real)
        if len(before) == len(after):
            self._real.update(zip(before, after, strict=True))

    def real(self, command: str) -> str:
        """A command of the page with the ids that are real now."""
        return RUN.sub(lambda found: self._real.get(found[0], found[0]), command)

    def shown(self, lines: Sequence[str]) -> list[str]:
        """Real output with the ids that the page has."""
        back = {real: shown for shown, real in reversed(self._real.items())}
        return [RUN.sub(lambda found: back.get(found[0], found[0]), line) for line in lines]


def _ids(lines: Sequence[str]) -> list[str]:
    """The run ids in a command's output, each once, in order."""
    return list(dict.fromkeys(found[0] for line in lines for found in RUN.finditer(line)))

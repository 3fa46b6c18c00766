"""What fixes change in a file, as a unified diff that `patch` and `git apply` read."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from auterity_cli.output.results import reading_place, relative
from auterity_cli.rewriting import Rewritten

_LINE = re.compile(r"[^\n]*\n|[^\n]+")


def show(change: Rewritten) -> str:
    """The diff of one file."""
    name = relative(change.file, reading_place())
    return "".join(_lines(change, name))


def _lines(change: Rewritten, name: str) -> Iterator[str]:
    old, new = (_LINE.findall(content.decode()) for content in (change.old, change.new))
    for line in difflib.unified_diff(old, new, f"a/{name}", f"b/{name}"):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"

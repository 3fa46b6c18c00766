"""A difference as Markdown, for a comment on a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from auterity_cli.output.diff import Item, items
from auterity_cli.output.printable import printable
from auterity_cli.pairing import Pair

LONGEST = 60_000
"""Characters of the whole text; GitHub takes 65,536 in a comment."""

_SIGNS = {"+": "added", "-": "removed", "~": "changed", "±": "renamed"}
_TICKS = re.compile("`+")


def markdown(pairs: Iterable[Pair]) -> str:
    """A heading for each workflow, and a list of what differs. What comes from a file stands in code spans,
    where neither HTML nor a mention nor a link means anything."""
    text = ""
    lines = [line for pair in pairs for line in _lines(pair)]
    for index, line in enumerate(lines):
        if len(text) + len(line) > LONGEST:
            return f"{text}\n… and {len(lines) - index} lines more\n"
        text += line + "\n"
    return text


def code(text: str) -> str:
    """Any text as one code span."""
    shown = " ".join(printable(text).split())
    fence = "`" * (max(map(len, _TICKS.findall(shown)), default=0) + 1)
    pad = " " if not shown or shown[0] == "`" or shown[-1] == "`" else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def _lines(pair: Pair) -> Iterator[str]:
    yield f"### Workflow {code(pair.name)}"
    yield ""
    if pair.changes is None:
        yield f"- **{'added' if pair.added else 'removed'}**"
    elif pair.changes.empty:
        yield "No changes."
    else:
        for item in items(pair.changes):
            yield from _shown(item, 0)
    yield ""


def _shown(item: Item, depth: int) -> Iterator[str]:
    words = " ".join(word if isinstance(word, str) else code(word.text) for word in item.words)
    yield "  " * depth + f"- **{_SIGNS[item.sign]}** {words}"
    for inner in item.inner:
        yield from _shown(inner, depth + 1)

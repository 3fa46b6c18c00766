"""The comments of a Python file that are meant for the check."""

from __future__ import annotations

import tokenize
from collections.abc import Iterator, Sequence

_OURS = "auterity:"


def comments_in(lines: Sequence[str], first: int, last: int) -> Iterator[tuple[int, str, int]]:
    """Comments in the lines `first` to `last` (from 1, inclusive): line, text from the `#`, and 0.

    Only those that hold `auterity:`, so that most files are never cut into tokens.
    """
    if not any(_OURS in line for line in lines[max(first - 1, 0) : last]):
        return
    text = iter([f"{line}\n" for line in lines])
    try:
        for token in tokenize.generate_tokens(lambda: next(text, "")):
            line = token.start[0]
            if token.type == tokenize.COMMENT and _OURS in token.string and first <= line <= last:
                yield line, token.string.rstrip(), 0
    except (tokenize.TokenError, SyntaxError):
        return

"""Comments, found by a scan of the text for `#` outside scalars: events do not tell them."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

from auterity_sdk.workflow.document.nodes import Kind, Nodes
from auterity_sdk.workflow.document.source_text import SourceText

_COMMENT = re.compile(r"(?:^|(?<=[ \t\r\n]))#[^\r\n]*")


class Comment(NamedTuple):
    """A comment: its line (from 1), its text from the `#`, and the offset of the `#`."""

    line: int
    text: str
    offset: int


def comments_of(source: SourceText, nodes: Nodes) -> tuple[Comment, ...]:
    """All comments, in order."""
    if "#" not in source.text:
        return ()
    scalars = [i for i, kind in enumerate(nodes.kinds) if kind <= Kind.TEXT]
    starts = [nodes.starts[i] for i in scalars]
    comments = []
    position = 0
    while found := _COMMENT.search(source.text, position):
        offset = found.start()
        before = bisect_right(starts, offset) - 1
        scalar = scalars[before] if before >= 0 else None
        if scalar is not None and _is_inside(source.text, nodes, scalar, offset):
            position = offset + 1
        else:
            comments.append(Comment(source.place(offset)[0], found.group(), offset))
            position = found.end()
    return tuple(comments)


def _is_inside(text: str, nodes: Nodes, scalar: int, offset: int) -> bool:
    start = nodes.starts[scalar]
    if offset >= nodes.ends[scalar]:
        return False
    # The header line of a block scalar may end in a comment.
    is_header = (
        text[start] in "|>" and "\n" not in text[start:offset] and "\r" not in text[start:offset]
    )
    return not is_header

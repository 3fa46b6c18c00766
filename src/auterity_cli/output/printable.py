"""Text from files, leads and customers, made safe for a terminal."""

from __future__ import annotations

import re

_HIDDEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


def printable(text: str) -> str:
    """The text with control, bidirectional and invisible characters shown as escapes (`\\x1b`).

    New lines and tabs stay. Without this a lead's comment could move the cursor or hide words.
    """
    return _HIDDEN.sub(_escape, text)


def one_line(text: str, width: int = 80) -> str:
    """The text on one line, cut with `…` where it is longer than `width`."""
    flat = " ".join(printable(text).split())
    return flat if len(flat) <= width else flat[: width - 1] + "…"


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"

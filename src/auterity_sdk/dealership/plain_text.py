"""Untrusted text made harmless to show: no terminal escapes, no bidirectional overrides, no hidden characters."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

LONGEST_LINE = 500
LONGEST_TEXT = 20_000

# Controls but tab and newline, direction marks and overrides (they reorder what a reader sees), tag characters
# (invisible text that a language model still reads), interlinear marks, byte order marks, surrogates and
# noncharacters (no XML or UTF-8 can hold those). Zero-width joiners stay: emoji and several scripts need them.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f"
    + "".join(
        f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(1, 17)
    )
    + "]"
)
_NEWLINES = re.compile("\r\n?|[\x85\u2028\u2029]")


def clean_text(text: str) -> str:
    """`text` without characters that act instead of being read; newlines stay, as `\\n`, and the ends are trimmed.

    Cleaning twice is cleaning once.
    """
    return _UNWANTED.sub("", _NEWLINES.sub("\n", text)).strip()


def clean_line(text: str) -> str:
    """`clean_text`, on one line, with each run of blanks made one space."""
    return " ".join(clean_text(text).split())


Line = Annotated[
    Annotated[str, StringConstraints(max_length=LONGEST_LINE)], AfterValidator(clean_line)
]
"""One line of untrusted text, cleaned."""


def _not_blank(text: str) -> str:
    if not text:
        raise ValueError("must not be blank")
    return text


Name = Annotated[
    Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_LINE)],
    AfterValidator(clean_line),
    AfterValidator(_not_blank),
]
"""A line that says something."""

Text = Annotated[
    Annotated[str, StringConstraints(max_length=LONGEST_TEXT)], AfterValidator(clean_text)
]
"""Untrusted text of several lines, cleaned."""

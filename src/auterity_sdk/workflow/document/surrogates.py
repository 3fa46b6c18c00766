"""JSON writes a character beyond U+FFFF as two escapes (`\\ud83d\\ude00`), which YAML 1.1 libraries refuse.

The escapes are replaced by as many private-use ones before reading, and by the character after it.
"""

from __future__ import annotations

import re

_PAIR_ESCAPE = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_STAND_IN_ESCAPE = re.compile(r"\\u[eE][0-7][0-9a-fA-F]{2}|[\ue000-\ue7ff]")
_STAND_IN_PAIR = re.compile("([\ue000-\ue3ff])([\ue400-\ue7ff])")
_SHIFT = 0xE000 - 0xD800


def hide_surrogates(text: str) -> str | None:
    """A text of the same length with no escaped surrogate pair; None if it has none or uses the stand-ins."""
    if not _PAIR_ESCAPE.search(text) or _STAND_IN_ESCAPE.search(text):
        return None

    def stand_ins(found: re.Match[str]) -> str:
        return "".join(f"\\u{int(half, 16) + _SHIFT:04x}" for half in found.groups())

    return _PAIR_ESCAPE.sub(stand_ins, text)


def show_surrogates(text: str) -> str:
    """The decoded text with each pair of stand-ins made into the character it stands for."""

    def character(pair: re.Match[str]) -> str:
        return chr(0x10000 + ((ord(pair[1]) - 0xE000) << 10) + (ord(pair[2]) - 0xE400))

    return _STAND_IN_PAIR.sub(character, text)

"""The text of a file, whoever wrote it."""

from __future__ import annotations

import codecs

from auterity_sdk.ai.knowledge.documents.section import Unreadable
from auterity_sdk.dealership.plain_text import clean_text


def decoded(content: bytes) -> str:
    """The text in UTF-8 or, by its mark, UTF-16; else as Windows wrote it. Raises `Unreadable`."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _by("utf-16", content)
    if b"\0" in content:
        raise Unreadable("it is no text")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _by("cp1252", content)


def _by(encoding: str, content: bytes) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise Unreadable(
            "its letters are in no encoding that is known (save it as UTF-8)"
        ) from None


def clean_lines(text: str) -> list[str]:
    """The lines, without characters that act instead of being read, and without blanks at their ends."""
    return [clean_text(line) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]

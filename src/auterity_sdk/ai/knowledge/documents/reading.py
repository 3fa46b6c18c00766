"""The reader of each form of document, by the ending of its name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath

from auterity_sdk.ai.knowledge.documents.html import read_html
from auterity_sdk.ai.knowledge.documents.markdown import read_markdown
from auterity_sdk.ai.knowledge.documents.pdf import read_pdf
from auterity_sdk.ai.knowledge.documents.section import Sections, Unreadable
from auterity_sdk.ai.knowledge.documents.table import read_table
from auterity_sdk.ai.knowledge.documents.text import read_text

_READERS: dict[str, Callable[[bytes], Sections]] = {
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".html": read_html,
    ".htm": read_html,
    ".pdf": read_pdf,
    ".csv": read_table,
    ".tsv": read_table,
    ".txt": read_text,
}
ENDINGS = tuple(_READERS)
"""The endings of names of files that can be read."""

LARGEST = 50 * 2**20
"""Bytes of the largest file that is read."""


def read_document(name: str, content: bytes) -> Sections:
    """The sections of a document; its form is told by its name. Raises `Unreadable`."""
    reader = _READERS.get(PurePosixPath(name).suffix.lower())
    if reader is None:
        raise Unreadable(f"its form is not known: {', '.join(ENDINGS)} are read")
    if len(content) > LARGEST:
        raise Unreadable(f"it is larger than {LARGEST // 2**20} MB")
    return reader(content)

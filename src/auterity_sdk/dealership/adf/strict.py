"""The first rung: a conforming XML parser that allows no document type and so no entity."""

from __future__ import annotations

from typing import Any

import defusedxml.ElementTree as Defused
from defusedxml.common import DefusedXmlException

from auterity_sdk.dealership.adf.element import DEEPEST, Element, folded
from auterity_sdk.dealership.adf.refusal import AdfRefused
from auterity_sdk.dealership.adf.repair import RepairLog


def parse_strictly(text: str, log: RepairLog, first_line: int = 1) -> Element | None:
    """The root element of well-formed XML; None if it is not well-formed. AdfRefused where it is dangerous.

    `first_line` is the line of the whole document on which `text` starts.
    """
    builder = _Builder(log, first_line)
    parser = Defused.XMLParser(target=builder, forbid_dtd=True)
    builder.position = parser.parser  # pyexpat's, which knows the line
    try:
        parser.feed(text)
        parser.close()
    except DefusedXmlException:
        raise refused_doctype() from None
    except (Defused.ParseError, UnicodeError):
        return None
    return builder.root


def refused_doctype() -> AdfRefused:
    """The error for a document type or entity declaration."""
    return AdfRefused(
        "the document declares a document type or entities, which no lead needs",
        help="remove the DOCTYPE from the document",
    )


class _Builder:
    """Builds elements from the parser's calls, and refuses to go too deep."""

    def __init__(self, log: RepairLog, first_line: int) -> None:
        self.root: Element | None = None
        self.position: Any = None
        self._log = log
        self._offset = first_line - 1
        self._open: list[Element] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        line = self.position.CurrentLineNumber + self._offset
        element = Element(folded(tag), {folded(k): v for k, v in attributes.items()}, line)
        _note_name(tag, self._log, line)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)
        if len(self._open) > DEEPEST:
            raise AdfRefused(f"the document nests deeper than {DEEPEST} elements")

    def end(self, _tag: str) -> None:
        self._open.pop()

    def data(self, text: str) -> None:
        if self._open:
            self._open[-1].pieces.append(text)

    def close(self) -> None:
        """Nothing is left to do: the root is there."""


def _note_name(tag: str, log: RepairLog, line: int) -> None:
    name = tag.rpartition("}")[2]
    if name != tag or ":" in tag:
        log.note_once("ADF010", line)
    if name != name.lower():
        log.note_once("ADF011", line)

"""What the readers of a prospect's parts share: the log, the defaults, and the safe ways to take a text."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from auterity_sdk.dealership.adf.element import Element
from auterity_sdk.dealership.adf.repair import RepairLog
from auterity_sdk.dealership.lead import Extra
from auterity_sdk.dealership.plain_text import LONGEST_LINE, LONGEST_TEXT, clean_line, clean_text

_PLACEHOLDER = re.compile(
    r"(?:not (?:specified|provided|available|applicable|given)|n/?a|none|null|undefined|unknown|unspecified|tbd|-+|\?+"
    r"|\[[\w .-]{1,60}\]|\{\{?[\w .-]{1,60}\}\}?|%[\w.-]{1,60}%)",
    re.IGNORECASE,
)
UNFILLED = re.compile(r"\[[\w .-]{1,60}\]|\{\{?[\w .-]{1,60}\}\}?|%[\w.-]{1,60}%")
"""A form's own placeholder. For people's names this alone counts: Null and None are surnames."""

_MOST_EXTRAS = 1000
_LONGEST_PATH = 300

OWN_SOURCE = "auterity"
"""The source of an id that is a lead's or a customer's own, not its sender's."""


@dataclass(slots=True)
class Reading:
    """One document being read. `extras` are those of the prospect at hand."""

    log: RepairLog
    received_at: datetime
    region: str = "US"
    extras: list[Extra] = field(default_factory=list)

    @property
    def currency(self) -> str:
        """The currency where none is written."""
        return "CAD" if self.region == "CA" else "USD"

    def line_of(self, element: Element, *names: str) -> str:
        """One clean line out of the first child of these names that has text; empty if none, or a placeholder."""
        found = next((child for child in element.all(*names) if child.text), None)
        return "" if found is None else self.one_line(found)

    def one_line(self, element: Element, placeholder: re.Pattern[str] = _PLACEHOLDER) -> str:
        """The element's text as one clean line; empty for a placeholder."""
        text = self._within(self._clean(element, clean_line(element.text)), LONGEST_LINE, element)
        if placeholder.fullmatch(text):
            self.log.note("ADF213", element.line, f"in {element.name}")
            return ""
        return text

    def text(self, element: Element) -> str:
        """The element's own text, clean, with its lines."""
        return self._within(self._clean(element, clean_text(element.text)), LONGEST_TEXT, element)

    def keep(self, element: Element, path: str) -> None:
        """Put an element, and all in it, into the extras."""
        for inner in element.walk():
            if not (inner.text or inner.attributes):
                continue
            if len(self.extras) >= _MOST_EXTRAS:
                self.log.note_once("ADF404", inner.line)
                return
            name = path if inner is element else f"{path}/{inner.name}"
            attributes = {
                clean_line(k)[:LONGEST_LINE]: clean_line(v)[:LONGEST_LINE].strip()
                for k, v in inner.attributes.items()
            }
            self.extras.append(
                Extra(path=name[:_LONGEST_PATH], text=self.text(inner), attributes=attributes)
            )

    def keep_unknown(self, element: Element, known: Collection[str], path: str) -> None:
        """Put the children that ADF, or the caller, has no word for into the extras."""
        for child in element.children:
            if child.name not in known and not child.is_empty:
                self.log.note("ADF402", child.line, f"in {element.name or 'the document'}")
                self.keep(child, f"{path}/{child.name}" if path else child.name)

    def keep_repeated(self, element: Element, used: Element | None, name: str, path: str) -> None:
        """Put the further children of a name that a lead holds once into the extras."""
        for child in element.all(name):
            if child is not used and not child.is_empty:
                self.log.note("ADF402", child.line, f"in {element.name}")
                self.keep(child, f"{path}/{name}")

    def _clean(self, element: Element, text: str) -> str:
        plain = element.text.replace("\r\n", "\n")
        if len(text) < len(plain) and len("".join(text.split())) < len("".join(plain.split())):
            self.log.note("ADF014", element.line)
        return text

    def _within(self, text: str, most: int, element: Element) -> str:
        if len(text) <= most:
            return text
        self.log.note("ADF404", element.line)
        return text[:most].rstrip()


def identifier(reading: Reading, element: Element | None, source: str = "") -> str:
    """`source:text` of an id element; the text alone where Auterity itself gave it, or nobody is named."""
    text = reading.one_line(element) if element is not None else ""
    if element is None or not text:
        return ""
    given = clean_line(element.attributes.get("source", "")) or clean_line(source)
    joined = text if given in ("", OWN_SOURCE) else f"{given}:{text}"
    return joined[:LONGEST_LINE].strip()

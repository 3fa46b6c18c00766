"""An element of a document as both parsers give it: names folded, its line known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

DEEPEST = 64
"""No lead nests deeper than ten; more is an attack or an accident."""


@dataclass(slots=True, eq=False)
class Element:
    """`name` and attribute names are in lower case, without namespace. `line` counts from 1 in the document."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    line: int = 1
    children: list[Element] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text directly inside, trimmed."""
        return "".join(self.pieces).strip()

    def all(self, *names: str) -> list[Element]:
        """The children of any of these names, in document order."""
        return [child for child in self.children if child.name in names]

    def first(self, *names: str) -> Element | None:
        """The first child of any of these names that holds something; else the first of them; else None."""
        found = self.all(*names)
        full = (child for child in found if child.text or child.children)
        return next(full, found[0] if found else None)

    def text_of(self, *names: str) -> str:
        """The text of the first such child that has any; empty if none has."""
        return next((child.text for child in self.all(*names) if child.text), "")

    def attribute(self, *names: str) -> str:
        """The first of these attributes that is there, trimmed and in lower case."""
        return next((self.attributes[n] for n in names if n in self.attributes), "").strip().lower()

    def walk(self) -> Iterator[Element]:
        """This element and all within, in document order, however deep."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting.extend(reversed(element.children))

    @property
    def is_empty(self) -> bool:
        """Nothing in it says anything."""
        return not any(element.text for element in self.walk())


def folded(name: str) -> str:
    """A name without namespace, in lower case: `{urn:x}Prospect` and `adf:Prospect` are `prospect`."""
    return name.rpartition("}")[2].rpartition(":")[2].lower()

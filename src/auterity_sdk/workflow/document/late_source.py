"""The source map of a file that was read before: places that were asked for then are known, the rest is read late."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auterity_sdk.diagnostics import Location, Span
from auterity_sdk.workflow.document.nodes import Nodes, read_nodes
from auterity_sdk.workflow.document.source import YamlSource
from auterity_sdk.workflow.document.source_text import decode


class LateSource(YamlSource):
    """A `YamlSource` of bytes that are decoded, and parsed, when somebody asks for what `spans` does not have."""

    def __init__(self, file: str, content: bytes, spans: Mapping[Location, Span]) -> None:
        self._file = file
        self._content = content
        self._spans = spans
        self._members = {}

    @property
    def file(self) -> str:
        """The file's path as the user gave it."""
        return self._file

    def span(self, location: Location) -> Span:
        """The place of `location`. A path that is not in the file gives its nearest ancestor's key."""
        return self._spans.get(location) or super().span(location)

    def __getattr__(self, name: str) -> Any:
        if name not in ("_source", "_nodes"):
            raise AttributeError(name)
        self._source, problem = decode(self._file, self._content)
        if name == "_nodes":
            self._nodes = read_nodes(self._source.text) if problem is None else Nodes()
        return self.__dict__[name]

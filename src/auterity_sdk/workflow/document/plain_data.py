"""From the nodes of a document to plain data, with a finding for everything that is not plain."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field

from auterity_sdk.diagnostics import Diagnostic, Location, Path
from auterity_sdk.workflow.document.mistakes import unquoted_finding
from auterity_sdk.workflow.document.nodes import Kind, Nodes
from auterity_sdk.workflow.document.scalars import resolve_plain, sure_doubt
from auterity_sdk.workflow.document.source_text import SourceText
from auterity_sdk.workflow.document.tags import read_tagged
from auterity_sdk.workflow.document.unquoted import Unquoted, is_open
from auterity_sdk.workflow.document.yaml_rules import yaml_finding

_DIGITS = frozenset("+-.0123456789")


class _Frame(Struct):
    """An open container, up to node `end`, at `step` of its parent. `key` waits for its value."""

    value: dict[str, Any] | list[Any]
    end: int
    step: str | int = 0
    key: str | None = None
    key_nodes: dict[str, int] = field(default_factory=dict)

    @property
    def place(self) -> str | int:
        """Where the next value goes."""
        return len(self.value) if self.key is None else self.key

    def add(self, value: Any) -> None:
        if isinstance(self.value, list):
            self.value.append(value)
        elif self.key is not None:
            self.value[self.key] = value
            self.key = None


class PlainData:
    """Builds the data of `nodes` without recursion; `diagnostics` holds what it found on the way."""

    def __init__(self, source: SourceText, nodes: Nodes) -> None:
        self.diagnostics: list[Diagnostic] = []
        self._source = source
        self._nodes = nodes
        self._anchored: dict[int, Any] = {}
        self._frames: list[_Frame] = []

    def build(self) -> Any:
        """The root's value; None of an empty document. An alias gives the very value it names."""
        nodes, frames = self._nodes, self._frames
        root: list[Any] = []
        frame = _Frame(root, len(nodes.kinds))
        frames.append(frame)
        index = 0
        while index < len(nodes.kinds):
            while index >= frame.end:
                frames.pop()
                frame = frames[-1]
            if type(frame.value) is dict and frame.key is None:
                index = self._take_key(index, frame)
                continue
            value, step = self._value(index), frame.place
            frame.add(value)
            if index in nodes.after and type(value) is not str:
                frame = _Frame(value, nodes.after[index], step)
                frames.append(frame)
                index += 1
            else:
                index = nodes.next_of(index)
        return root[0] if root else None

    def _value(self, index: int) -> Any:
        """The value of a node, a container still empty; text instead of one that should be quoted."""
        nodes = self._nodes
        if index in nodes.tags:
            value, problems = read_tagged(self._source, nodes, index)
            self.diagnostics += problems
        else:
            value = self._untagged(index)
        if index in nodes.anchors:
            self._anchored[index] = value
        return value

    def _untagged(self, index: int) -> Any:
        nodes = self._nodes
        match nodes.kinds[index]:
            case Kind.PLAIN:
                text = nodes.texts[index]
                if text[:1] in _DIGITS:
                    self._doubt(index, text)
                return resolve_plain(text)
            case Kind.TEXT:
                return nodes.texts[index]
            case Kind.MAPPING:
                return self._unquoted_mapping(index) or {}
            case Kind.SEQUENCE:
                return []
            case _:
                return self._anchored.get(nodes.targets.get(index, -1))

    def _unquoted_mapping(self, index: int) -> str | None:
        """The source of a mapping that was meant as an expression (`{{ x }}`, `${a ? b : c}`)."""
        nodes, text = self._nodes, self._source.text
        start, end = nodes.starts[index], nodes.ends[index]
        if index in nodes.flow:
            if text[start + 1 : start + 2] != "{":
                return None
            reason = "YAML reads `{{` as the start of two mappings"
        else:
            key = index + 1
            if nodes.kinds[key : key + 1] != b"\0" or not is_open(nodes.texts[key]):
                return None
            reason = "a plain value cannot hold `: `"
            end = nodes.ends[nodes.next_of(key)]
        self.diagnostics.append(unquoted_finding(self._source, Unquoted(start, end, reason)))
        return text[start:end]

    def _take_key(self, index: int, frame: _Frame) -> int:
        """Read a key into `frame`. The next node to read: the key's value, or what follows that."""
        nodes = self._nodes
        value = nodes.next_of(index)
        key = self._key_text(index)
        if key is None:
            return nodes.next_of(value)
        first = frame.key_nodes.setdefault(key, index)
        if first != index:
            self._duplicate(key, first, index)
            return nodes.next_of(value)
        frame.key = key
        return value

    def _key_text(self, index: int) -> str | None:
        """The text of a key; None where none can stand for it."""
        nodes = self._nodes
        node = nodes.targets.get(index, index)
        if index in nodes.tags:
            self.diagnostics += read_tagged(self._source, nodes, index)[1]
        if nodes.kinds[node] > Kind.TEXT:
            self._at_key(
                index, "AUT111", "a key must be text, not a list or a mapping", "use one word"
            )
            return None
        text = nodes.texts[node]
        if index in nodes.anchors:
            self._anchored[index] = text
        if nodes.kinds[node] == Kind.PLAIN and index not in nodes.tags:
            return self._plain_key(index, text)
        return text

    def _plain_key(self, index: int, text: str) -> str | None:
        if text == "<<":
            self._at_key(
                index,
                "AUT105",
                "`<<` does not merge: YAML 1.2 has no merge keys",
                "write the keys in each place; an alias (`*name`) can stand for a whole value",
            )
            return None
        value = resolve_plain(text)
        if value is None and not text:
            self._at_key(index, "AUT111", "there is no key before this `:`", "write the key")
        elif not isinstance(value, str):
            kind = {bool: "a boolean", type(None): "null"}.get(type(value), "a number")
            self._at_key(
                index,
                "AUT111",
                f"a key must be text, and `{text[:40]}` is {kind}",
                f'quote it: "{text[:40]}"',
            )
        return text

    def _duplicate(self, key: str, first: int, second: int) -> None:
        nodes, source = self._nodes, self._source
        self.diagnostics.append(
            yaml_finding(
                "AUT102",
                f"the key `{key[:60]}` stands twice in this mapping",
                self._location(second),
                "remove one of them, or give it another name",
                related=(source.at(nodes.starts[first], nodes.ends[first], "first here"),),
            )
        )

    def _doubt(self, index: int, text: str) -> None:
        reason = sure_doubt(text)
        if reason is not None:
            self.diagnostics.append(
                yaml_finding(
                    "AUT104",
                    reason,
                    self._location(index, (self._frames[-1].place,)[: len(self._frames) - 1]),
                    f'quote it to keep it text: "{text[:40]}"; a number has no leading zero and no `_`',
                )
            )

    def _at_key(self, index: int, code: str, message: str, help: str) -> None:
        self.diagnostics.append(yaml_finding(code, message, self._location(index), help))

    def _location(self, index: int, last: Path = ()) -> Location:
        """The node's own span, with the path of the container it is in (and `last`)."""
        path = (*(frame.step for frame in self._frames[2:]), *last)
        span = self._source.span(self._nodes.starts[index], self._nodes.ends[index])
        return Location(path=path, span=span)

"""The nodes of a YAML text as a flat table in the order of the text, read from PyYAML's events.

Events, never PyYAML's composer: that one recurses in C, and 50,000 open brackets end the process.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import IntEnum
from typing import Any

import yaml
from msgspec import Struct, field

from auterity_sdk.workflow.document.surrogates import hide_surrogates, show_surrogates

MAX_DEPTH = 64
MAX_NODES = 300_000
_SURROGATE = re.compile("[\ud800-\udfff]")
HAS_LIBYAML: bool = hasattr(yaml, "CSafeLoader")
"""PyYAML was built with the C library; without it a file loads about ten times slower."""

# libyaml compares each %TAG directive with all before it.
_MAX_TAG_DIRECTIVES = 32


class Kind(IntEnum):
    """What a node is. `PLAIN` is a scalar without quotes, `TEXT` one that is quoted or a block."""

    PLAIN = 0
    TEXT = 1
    MAPPING = 2
    SEQUENCE = 3
    ALIAS = 4


class SyntaxFailure(Struct, frozen=True):
    """Where and why the YAML library gave up. `context` is where the broken construct began."""

    problem: str
    offset: int
    context: str = ""
    context_offset: int | None = None


class LimitFailure(Struct, frozen=True):
    """Reading was stopped by a bound of ours. `code` is the rule's."""

    code: str
    message: str
    help: str
    offset: int


Failure = SyntaxFailure | LimitFailure


class Nodes(Struct):
    """All nodes in preorder: a mapping's are key, value, key, value …; parallel lists are small and quick.

    `starts` and `ends` are code point offsets, `texts` the decoded text of scalars and the name of
    aliases, `after[i]` the index of the node that follows container `i` and all in it, `targets` the
    node an alias stands for (none if its anchor is unknown), `flow` the containers in brackets.
    """

    kinds: bytearray = field(default_factory=bytearray)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    after: dict[int, int] = field(default_factory=dict)
    flow: set[int] = field(default_factory=set)
    tags: dict[int, str] = field(default_factory=dict)
    anchors: dict[int, str] = field(default_factory=dict)
    targets: dict[int, int] = field(default_factory=dict)
    second_document: int | None = None
    failure: Failure | None = None

    def next_of(self, index: int) -> int:
        """The index behind a node and everything in it."""
        return self.after.get(index, index + 1)

    def children(self, index: int) -> Iterator[int]:
        """The direct children of a container; of a mapping, its keys and values in turn."""
        end, child = self.after.get(index, index + 1), index + 1
        while child < end:
            yield child
            child = self.after.get(child, child + 1)


def read_nodes(text: str, loader: Any = None) -> Nodes:
    """The nodes of the first document of `text`; `failure` says why they end too early.

    `loader` is a PyYAML loader class: the one on libyaml where PyYAML was built with it.
    """
    nodes = Nodes()
    if text.count("\n%TAG") > _MAX_TAG_DIRECTIVES:
        offset = text.index("\n%TAG") + 1
        nodes.failure = LimitFailure("AUT109", "too many %TAG directives", "remove them", offset)
        return nodes
    _fill(nodes, text, loader)
    if "\\u" in text:
        return _with_surrogates(nodes, text, loader)
    return nodes


def _with_surrogates(nodes: Nodes, text: str, loader: Any) -> Nodes:
    """Read again with stand-ins if surrogate pairs are escaped; half a pair is a failure."""
    failed = isinstance(nodes.failure, SyntaxFailure) and "nicode" in nodes.failure.problem
    halves = [i for i, value in enumerate(nodes.texts) if _SURROGATE.search(value)]
    if not failed and not halves:
        return nodes
    hidden = hide_surrogates(text)
    if hidden is not None:
        nodes = Nodes()
        _fill(nodes, hidden, loader)
        nodes.texts = [show_surrogates(value) for value in nodes.texts]
        halves = [i for i, value in enumerate(nodes.texts) if _SURROGATE.search(value)]
    if halves and nodes.failure is None:
        nodes.failure = SyntaxFailure("invalid Unicode character", nodes.starts[halves[0]])
    return nodes


def _fill(nodes: Nodes, text: str, loader: Any) -> None:
    reader = _Reader(nodes)
    parser = (loader or getattr(yaml, "CSafeLoader", yaml.SafeLoader))(text)
    try:
        reader.read(parser)
    except yaml.MarkedYAMLError as error:
        nodes.failure = _syntax_failure(error)
    except yaml.reader.ReaderError as error:
        nodes.failure = SyntaxFailure(error.reason, error.position)
    finally:
        parser.dispose()
        reader.close_all()


def _syntax_failure(error: Any) -> SyntaxFailure:
    mark, context_mark = error.problem_mark, error.context_mark
    context_offset = None if context_mark is None else context_mark.index
    offset = mark.index if mark is not None else context_offset or 0
    return SyntaxFailure(error.problem or "", offset, error.context or "", context_offset)


class _Reader:
    """Fills `nodes` from events; knows which containers are open."""

    def __init__(self, nodes: Nodes) -> None:
        self.nodes = nodes
        self.open: list[int] = []
        self.named: dict[str, int] = {}
        self.last_end = 0

    def read(self, parser: Any) -> None:
        """Take events until the document ends, a bound is passed or the parser raises."""
        nodes = self.nodes
        kinds, starts, ends, texts = nodes.kinds, nodes.starts, nodes.ends, nodes.texts
        get_event = parser.get_event
        scalar: Any = yaml.ScalarEvent
        for _ in range(MAX_NODES):
            event = get_event()
            if type(event) is scalar:
                if event.anchor is not None or event.tag is not None:
                    self.properties(event)
                kinds.append(1 if event.style else 0)
                starts.append(event.start_mark.index)
                self.last_end = event.end_mark.index
                ends.append(self.last_end)
                texts.append(event.value)
            elif not self.structure(event):
                return
        nodes.failure = LimitFailure(
            "AUT002",
            f"the file holds more than {MAX_NODES:,} keys, values and brackets",
            "split it into several workflows that `call` each other",
            self.last_end,
        )

    def structure(self, event: Any) -> bool:
        """Take an event that is no scalar; False ends the reading."""
        mark: Any = event.start_mark
        match event:
            case yaml.MappingStartEvent():
                return self.begin(event, Kind.MAPPING)
            case yaml.SequenceStartEvent():
                return self.begin(event, Kind.SEQUENCE)
            case yaml.CollectionEndEvent():
                self.end(event)
            case yaml.AliasEvent():
                self.alias(event)
            case yaml.DocumentStartEvent() if self.nodes.kinds:
                self.nodes.second_document = mark.index
                return False
            case yaml.StreamEndEvent():
                return False
        return True

    def begin(self, event: Any, kind: Kind) -> bool:
        nodes = self.nodes
        start = event.start_mark.index
        if len(self.open) >= MAX_DEPTH:
            nodes.failure = LimitFailure(
                "AUT107",
                f"values are nested more than {MAX_DEPTH} deep",
                "flatten the data, or move a part into a workflow of its own",
                start,
            )
            return False
        if event.anchor is not None or event.tag is not None:
            self.properties(event)
        index = len(nodes.kinds)
        if event.flow_style:
            nodes.flow.add(index)
        self.open.append(index)
        nodes.after[index] = index + 1
        self.add(kind, start, event.end_mark.index, "")
        return True

    def end(self, event: Any) -> None:
        nodes = self.nodes
        index = self.open.pop()
        if index in nodes.flow:
            self.last_end = event.end_mark.index
        # A block ends with its last child: its own end mark lies behind the comments that follow.
        nodes.ends[index] = max(self.last_end, nodes.ends[index])
        nodes.after[index] = len(nodes.kinds)

    def alias(self, event: Any) -> None:
        name = str(event.anchor)
        if name in self.named:
            self.nodes.targets[len(self.nodes.kinds)] = self.named[name]
        self.add(Kind.ALIAS, event.start_mark.index, event.end_mark.index, name)

    def add(self, kind: Kind, start: int, end: int, text: str) -> None:
        nodes = self.nodes
        nodes.kinds.append(kind)
        nodes.starts.append(start)
        nodes.ends.append(end)
        nodes.texts.append(text)
        self.last_end = end

    def properties(self, event: Any) -> None:
        index = len(self.nodes.kinds)
        tag = getattr(event, "tag", None)
        if tag is not None:
            self.nodes.tags[index] = tag
        if event.anchor is not None:
            self.nodes.anchors[index] = event.anchor
            self.named.setdefault(event.anchor, index)

    def close_all(self) -> None:
        while self.open:
            index = self.open.pop()
            self.nodes.ends[index] = max(self.last_end, self.nodes.ends[index])
            self.nodes.after[index] = len(self.nodes.kinds)

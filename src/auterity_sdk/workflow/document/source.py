"""Where the parts of a YAML document stand in its file."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from auterity_sdk.diagnostics import Location, Path, Span
from auterity_sdk.workflow.document.comments import Comment, comments_of
from auterity_sdk.workflow.document.fragments import pieces_of, scalar_start
from auterity_sdk.workflow.document.nodes import Kind, Nodes
from auterity_sdk.workflow.document.source_text import SourceText


class Member(NamedTuple):
    """A member of a container: its value's node, and its key's (none in a sequence)."""

    value: int
    key: int | None


class YamlSource:
    """The source map of one YAML text (`SourceMap`). Spans are made when they are asked for."""

    def __init__(self, source: SourceText, nodes: Nodes) -> None:
        self._source = source
        self._nodes = nodes
        self._members: dict[int, dict[str | int, Member]] = {}

    @property
    def file(self) -> str:
        """The file's path as the user gave it."""
        return self._source.file

    @property
    def text(self) -> str:
        """The whole text, without a leading byte order mark; spans' offsets count in it."""
        return self._source.text

    @property
    def nodes(self) -> Nodes:
        """The table of the text's nodes."""
        return self._nodes

    def at(self, start: int, end: int) -> Span:
        """The stretch of the text from `start` to `end` (exclusive)."""
        return self._source.span(start, end)

    def line(self, number: int) -> str:
        """The text of a line (from 1), without its end; empty where there is none."""
        return self._source.line(number)

    @cached_property
    def comments(self) -> tuple[Comment, ...]:
        """All comments outside scalars, in order."""
        return comments_of(self._source, self._nodes)

    def span(self, location: Location) -> Span:
        """The place of `location`. A path that is not in the file gives its nearest ancestor's key."""
        if location.span is not None:
            return location.span
        member, found = self._member(location.path)
        if member is None:
            return self._source.span(0, 0)
        if not found:
            return self._head(member)
        node = member.key if location.part == "key" and member.key is not None else member.value
        if location.fragment is not None:
            return self._fragment(node, *location.fragment)
        return self._whole(node)

    def raw_scalar(self, path: Path) -> str | None:
        """The exact text of the plain scalar at `path`: `1.10` where the data has 1.1. None if it is none."""
        member, found = self._member(path)
        if member is None or not found:
            return None
        value = self._target(member.value)
        return self._nodes.texts[value] if self._nodes.kinds[value] == Kind.PLAIN else None

    def own_member(self, path: Path) -> Member | None:
        """The member written at `path` itself; None if it is not there, or stands there by an alias."""
        if not self._nodes.kinds:
            return None
        member = Member(0, None)
        for step in path:
            inner = self.members_of(member.value).get(step)
            if inner is None or inner.value in self._nodes.targets:
                return None
            member = inner
        return member

    def _member(self, path: Path) -> tuple[Member | None, bool]:
        """The member at `path` and True, or its nearest ancestor and False."""
        if not self._nodes.kinds:
            return None, False
        member = Member(0, None)
        for step in path:
            inner = self.members_of(self._target(member.value)).get(step)
            if inner is None:
                return member, False
            member = inner
        return member, True

    def members_of(self, container: int) -> dict[str | int, Member]:
        """The members of a container by their keys or indexes; none of a scalar."""
        known = self._members.get(container)
        if known is None:
            known = self._members[container] = self._read_members(container)
        return known

    def _read_members(self, container: int) -> dict[str | int, Member]:
        nodes = self._nodes
        children = list(nodes.children(container))
        match nodes.kinds[container]:
            case Kind.SEQUENCE:
                return {index: Member(child, None) for index, child in enumerate(children)}
            case Kind.MAPPING:
                members: dict[str | int, Member] = {}
                for key, value in zip(children[::2], children[1::2], strict=False):
                    members.setdefault(nodes.texts[self._target(key)], Member(value, key))
                return members
            case _:
                return {}

    def _target(self, node: int) -> int:
        return self._nodes.targets.get(node, node)

    def _head(self, member: Member) -> Span:
        """What stands for a member in one line: its key, or what its value begins with."""
        if member.key is not None:
            return self._whole(member.key)
        node = member.value
        while (
            self._nodes.kinds[node] in (Kind.MAPPING, Kind.SEQUENCE)
            and node not in self._nodes.flow
        ):
            if self._nodes.next_of(node) == node + 1:
                break
            node += 1
        return self._whole(node)

    def _whole(self, node: int) -> Span:
        start, end = self._nodes.starts[node], self._nodes.ends[node]
        if self._nodes.kinds[node] == Kind.TEXT:
            # A block scalar's end mark stands on the line behind it.
            end = start + len(self.text[start:end].rstrip())
        return self._source.span(start, end)

    def _fragment(self, node: int, first: int, stop: int) -> Span:
        """The place of `first:stop` of a scalar's decoded text; the whole node if it has no such place."""
        nodes = self._nodes
        node = self._target(node)
        start, end = nodes.starts[node], nodes.ends[node]
        pieces = None
        if nodes.kinds[node] in (Kind.PLAIN, Kind.TEXT):
            pieces = pieces_of(self.text, start, end, nodes.texts[node])
        if pieces is None:
            return self._whole(node)
        first = max(0, min(first, len(pieces)))
        stop = max(first, min(stop, len(pieces)))
        if first < stop:
            return self._source.span(pieces[first].start, pieces[stop - 1].end)
        if pieces:
            place = pieces[first].start if first < len(pieces) else pieces[-1].end
        else:
            place = scalar_start(self.text, start, end)
        return self._source.span(place, place)

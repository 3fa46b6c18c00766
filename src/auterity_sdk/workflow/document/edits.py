"""Edits of a file's text: where each one falls, and what is written there so that all other bytes stay."""

from __future__ import annotations

import json
import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from auterity_sdk.diagnostics import Edit, Fix, Path
from auterity_sdk.workflow.document.fragments import scalar_start
from auterity_sdk.workflow.document.nodes import Kind
from auterity_sdk.workflow.document.source import Member, YamlSource
from auterity_sdk.workflow.document.writing import spelled

_REST_OF_LINE = re.compile(r"[ \t]*(?:#[^\r\n]*)?(\r\n?|\n|\Z)")
_ITEM = re.compile(r"[ \t]*-[ \t]+")


class Replacement(NamedTuple):
    """Put `text` in place of `start` to `end` (code point offsets, end exclusive)."""

    start: int
    end: int
    text: str


def replacements(source: YamlSource, fix: Fix) -> tuple[Replacement, ...] | None:
    """What a fix changes in the text, in order; None if one of its edits cannot be made there."""
    made = [_replacement(source, edit) for edit in fix.edits]
    known = sorted(each for each in made if each is not None)
    if not known or len(known) < len(made) or _overlap(known):
        return None
    return tuple(known)


def without_overlaps(fixes: Iterable[Sequence[Replacement]]) -> list[Sequence[Replacement]]:
    """The fixes that can be made together: of two at the same place the first one."""
    taken: list[Replacement] = []
    chosen = []
    for fix in fixes:
        if all(_fits(taken, change) for change in fix):
            for change in fix:
                insort(taken, change)
            chosen.append(fix)
    return chosen


def _fits(taken: list[Replacement], change: Replacement) -> bool:
    at = bisect_right(taken, change)
    return not _overlap([*taken[max(at - 1, 0) : at], change, *taken[at : at + 1]])


def edited(text: str, changes: Iterable[Replacement]) -> str:
    """The text with changes that do not overlap."""
    parts = []
    at = 0
    for change in sorted(changes):
        parts += [text[at : change.start], change.text]
        at = change.end
    return "".join([*parts, text[at:]])


def _overlap(ordered: Sequence[Replacement]) -> bool:
    """Whether two of them touch the same text; two insertions at one place do, too."""
    return any(
        later.start < earlier.end or later.start == earlier.start
        for earlier, later in pairwise(ordered)
    )


def _replacement(source: YamlSource, edit: Edit) -> Replacement | None:
    location = edit.location
    if location.span is not None:
        return Replacement(location.span.start, location.span.end, edit.text)
    member = source.own_member(location.path)
    if member is None:
        return None
    if location.fragment is None and not edit.text:
        return _removal(source, location.path, member)
    node = member.key if location.part == "key" else member.value
    if node is None or source.nodes.kinds[node] not in (Kind.PLAIN, Kind.TEXT):
        return None
    in_flow = _in_flow(source, location.path)
    if location.fragment is None:
        return _rewritten(source, node, edit.text, in_flow)
    first, stop = location.fragment
    old = source.nodes.texts[node]
    span = source.span(location)
    as_it_is = source.text[span.start : span.end] == old[first:stop]
    new = old[:first] + edit.text + old[stop:]
    if as_it_is and _may_stand(source, node, edit.text, new, in_flow):
        return Replacement(span.start, span.end, edit.text)
    return _rewritten(source, node, new, in_flow)


def _may_stand(source: YamlSource, node: int, text: str, whole: str, in_flow: bool) -> bool:
    """Whether `text` can be put into a scalar as it is, after which this is `whole`."""
    if re.search(r"[\r\n]", text) or (whole != whole.strip()):
        return False
    match _style(source, node):
        case "'":
            return "'" not in text
        case '"':
            return not re.search(r'["\\]', text)
        case "|" | ">":
            return True
        case _:
            return spelled(whole, in_flow=in_flow) == whole


def _rewritten(source: YamlSource, node: int, text: str, in_flow: bool) -> Replacement | None:
    """The whole scalar anew, in its own kind of quotes; a plain one gets quotes if it needs them."""
    nodes = source.nodes
    start = scalar_start(source.text, nodes.starts[node], nodes.ends[node])
    match _style(source, node):
        case '"':
            written = json.dumps(text, ensure_ascii=False)
        case "'" if "\n" not in text:
            written = "'" + text.replace("'", "''") + "'"
        case "|" | ">" | "'":
            return None
        case _:
            written = spelled(text, in_flow=in_flow)
    return Replacement(start, nodes.ends[node], written)


def _style(source: YamlSource, node: int) -> str:
    nodes = source.nodes
    start = scalar_start(source.text, nodes.starts[node], nodes.ends[node])
    return "" if nodes.kinds[node] == Kind.PLAIN else source.text[start : start + 1]


def _in_flow(source: YamlSource, path: Path) -> bool:
    """Whether brackets stand around what is at `path`."""
    around = (source.own_member(path[:length]) for length in range(len(path)))
    return any(member is not None and member.value in source.nodes.flow for member in around)


def _removal(source: YamlSource, path: Path, member: Member) -> Replacement | None:
    """An entry of a container with what parts it from its neighbours; None where nothing would be left."""
    parent = source.own_member(path[:-1])
    if parent is None or not path:
        return None
    siblings = list(source.members_of(parent.value).values())
    if len(siblings) < 2:
        return None
    at = bisect_left(siblings, member.value, key=lambda each: each.value)
    if parent.value in source.nodes.flow:
        return _flow_removal(source, siblings, at)
    return _block_removal(source, siblings, at)


def _flow_removal(source: YamlSource, siblings: list[Member], at: int) -> Replacement:
    if at + 1 < len(siblings):
        return Replacement(_start(source, siblings[at]), _start(source, siblings[at + 1]), "")
    return Replacement(_end(source, siblings[at - 1]), _end(source, siblings[at]), "")


def _block_removal(source: YamlSource, siblings: list[Member], at: int) -> Replacement | None:
    member, text = siblings[at], source.text
    start, end = _start(source, member), _end(source, member)
    rest = _REST_OF_LINE.match(text, end)
    if rest is None:
        return None
    line = source.at(start, start).column - 1
    lead = text[start - line : start]
    if not lead.strip() or (member.key is None and _ITEM.fullmatch(lead)):
        begin, stop = start - line, rest.end()
        if not rest.group(1):  # the last line, without a line end: the one before it goes
            begin = len(text[:begin].rstrip("\r\n"))
        return Replacement(begin, stop, "")
    if at == 0 and member.key is not None:  # `- key: …` keeps its dash
        return Replacement(start, _start(source, siblings[1]), "")
    return None


def _start(source: YamlSource, member: Member) -> int:
    return source.nodes.starts[member.value if member.key is None else member.key]


def _end(source: YamlSource, member: Member) -> int:
    start, end = source.nodes.starts[member.value], source.nodes.ends[member.value]
    return start + len(source.text[start:end].rstrip())

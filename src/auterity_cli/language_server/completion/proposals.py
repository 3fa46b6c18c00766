"""From the cursor's place to the proposals for it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lsprotocol.types import CompletionItem, CompletionItemKind
from msgspec.structs import replace

from auterity_cli.language_server.analysis import Analysis
from auterity_cli.language_server.completion.edges import edges
from auterity_cli.language_server.completion.expressions import expressions
from auterity_cli.language_server.completion.names import (
    arguments,
    step_types,
    types,
    workflows,
)
from auterity_cli.language_server.completion.proposal import Proposal, items
from auterity_cli.language_server.cursor import Cursor
from auterity_cli.language_server.expression_at import ExpressionPlace, expression_place
from auterity_cli.language_server.grammar import keys_at, values_at
from auterity_cli.language_server.places import (
    is_arguments,
    is_call,
    is_edge,
    is_type,
    is_uses,
)
from auterity_sdk.workflow.occurrences import Role

_EXPRESSION_WORD = re.compile(r"\w*")
_NAME = re.compile(r"[\w.@-]*")


def completion(analysis: Analysis, offset: int) -> list[CompletionItem]:
    """What may be written at an offset, the likeliest first."""
    cursor = analysis.cursor(offset)
    if cursor is None:
        return []
    place = expression_place(cursor)
    if place is not None:
        word = _word(cursor, _EXPRESSION_WORD)
        return items(_of_expression(analysis, place), analysis.lines.range(*word))
    proposals = _keys(analysis, cursor) if cursor.is_key else _values(analysis, cursor)
    return items(proposals, analysis.lines.range(*_word(cursor, _NAME)))


def _word(cursor: Cursor, letters: re.Pattern[str]) -> tuple[int, int]:
    """The word around the cursor, which a proposal replaces."""
    begin = cursor.offset
    while begin > cursor.start and letters.fullmatch(cursor.text[begin - 1]):
        begin -= 1
    found = letters.match(cursor.text, cursor.offset, max(cursor.end, cursor.offset))
    return begin, found.end() if found else cursor.offset


def _of_expression(analysis: Analysis, place: ExpressionPlace) -> list[Proposal]:
    found = expressions(analysis, place)
    if place.expected.role is Role.CASE and "else".startswith(place.text[: place.at].strip()):
        found.append(Proposal("else", CompletionItemKind.Keyword, "always true, only as the last"))
    return found


def _keys(analysis: Analysis, cursor: Cursor) -> Iterator[Proposal]:
    """The keys that may stand beside those that do, or an edge in their place."""
    beside = tuple(key for key in cursor.keys if key != cursor.key)
    yield from _properties(analysis, cursor, beside)
    if is_edge(cursor.path) and not beside:
        yield from edges(analysis, cursor.path, cursor.before)


def _properties(analysis: Analysis, cursor: Cursor, beside: tuple[str, ...]) -> Iterator[Proposal]:
    has_colon = cursor.text[cursor.end :].lstrip(" ").startswith(":")
    if is_arguments(cursor.path):
        for proposal in arguments(analysis, cursor.path, beside):
            yield replace(proposal, insert=proposal.label) if has_colon else proposal
        return
    for key in keys_at(cursor.path, beside):
        if key.name not in beside:
            ending = "" if has_colon else ":" if key.holds == "mapping" else ": "
            yield Proposal(
                key.name, CompletionItemKind.Property, key.holds, key.help, key.name + ending
            )


def _values(analysis: Analysis, cursor: Cursor) -> Iterator[Proposal]:
    path = cursor.path
    before = cursor.before.lstrip("\"'")
    if is_edge(path):
        yield from edges(analysis, path, before)
    elif is_uses(path):
        yield from step_types(analysis)
    elif is_call(path):
        yield from workflows(analysis)
    elif is_type(path):
        yield from types(analysis)
    else:
        for word in values_at(path):
            yield Proposal(word, CompletionItemKind.EnumMember)
    on_its_own_line = not analysis.outline.is_beside_key(cursor.path, cursor.offset)
    if cursor.loose and on_its_own_line:
        yield from _properties(analysis, cursor, ())

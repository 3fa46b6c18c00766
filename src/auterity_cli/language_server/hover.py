"""What is shown of the thing under the cursor."""

from __future__ import annotations

from lsprotocol.types import Hover, MarkupContent, MarkupKind

from auterity_cli.language_server.analysis import Analysis
from auterity_cli.language_server.calls import called_signature, workflow_signature
from auterity_cli.language_server.completion.expressions import known_type
from auterity_cli.language_server.cursor import Cursor
from auterity_cli.language_server.describe import (
    argument_page,
    fields_of,
    member_page,
    step_page,
    step_type_page,
)
from auterity_cli.language_server.expression_at import (
    ExpressionPlace,
    Token,
    expression_place,
    receiver,
    scopes_at,
    tokens,
    word_at,
)
from auterity_cli.language_server.grammar import help_of
from auterity_cli.language_server.places import (
    is_arguments,
    is_call,
    is_edge,
    is_step,
    is_type,
    is_uses,
)
from auterity_sdk.checks.catalogue import find_rule
from auterity_sdk.expression.signatures import signatures
from auterity_sdk.expression.types import describe
from auterity_sdk.workflow.graph import Node
from auterity_sdk.workflow.types import type_of


def hover(analysis: Analysis, offset: int) -> Hover | None:
    """The page on what stands at an offset, and below it those of the rules with a finding there."""
    cursor = analysis.cursor(offset)
    page, place = _subject(analysis, cursor) if cursor else ("", (offset, offset))
    pages = [each for each in (page, *rule_pages(analysis, offset)) if each]
    if not pages:
        return None
    text = MarkupContent(MarkupKind.Markdown, "\n\n---\n\n".join(pages))
    return Hover(text, analysis.lines.range(*place) if page else None)


def rule_pages(analysis: Analysis, offset: int) -> list[str]:
    """The pages of the rules that have a finding at an offset."""
    source = analysis.document.source
    spans = [(source.span(found.location), found) for found in analysis.checked.report.diagnostics]
    names = [found.code for span, found in spans if span.start <= offset <= span.end]
    return [_rule_page(code) for code in dict.fromkeys(names)]


def _rule_page(code: str) -> str:
    rule = find_rule(code)
    return f"**{rule.code} {rule.name}** ({rule.severity})\n\n{rule.page}"


def _subject(analysis: Analysis, cursor: Cursor) -> tuple[str, tuple[int, int]]:
    place = expression_place(cursor)
    if place is not None:
        return _expression(analysis, place)
    whole = (cursor.start, cursor.end)
    return (_key(analysis, cursor) if cursor.is_key else _value(analysis, cursor)), whole


def _key(analysis: Analysis, cursor: Cursor) -> str:
    path = (*cursor.path, cursor.key)
    if is_step(path):
        node = analysis.node((*path, "uses"))
        return _step(analysis, node) if node else ""
    if is_arguments(cursor.path):
        signature = called_signature(analysis, cursor.path)
        parameter = signature.parameters.get(cursor.key) if signature else None
        return argument_page(cursor.key, parameter, signature) if parameter and signature else ""
    text = help_of(cursor.path, cursor.key)
    return f"**{cursor.key}**: {text}" if text else ""


def _value(analysis: Analysis, cursor: Cursor) -> str:
    name = cursor.key
    if is_edge(cursor.path):
        node = analysis.named(cursor.path, name.partition(".")[0])
        return _step(analysis, node) if node else ""
    if is_uses(cursor.path):
        signature = analysis.catalog.signature(name)
        return step_type_page(signature) if signature else ""
    if is_call(cursor.path):
        signature = workflow_signature(analysis, name)
        return step_type_page(signature) if signature else ""
    if is_type(cursor.path) and (name in analysis.catalog.type_names()):
        return member_page(name, type_of(name, analysis.catalog))
    return ""


def _step(analysis: Analysis, node: Node) -> str:
    for subject in analysis.subjects:
        if subject.scopes is not None and any(node is each for each in subject.nodes()):
            return step_page(node, subject.scopes.output_of(node))
    return step_page(node, None)


def _expression(analysis: Analysis, place: ExpressionPlace) -> tuple[str, tuple[int, int]]:
    pieces = tokens(place.text)
    at = word_at(pieces, place.at)
    if at is None:
        return "", (0, 0)
    word = pieces[at]
    where = (place.start + word.start, place.start + word.end)
    if at + 1 < len(pieces) and pieces[at + 1].text == "(":
        return _function(word.text), where
    return _name(analysis, place, pieces[: at + 1]), where


def _name(analysis: Analysis, place: ExpressionPlace, pieces: list[Token]) -> str:
    """A root name, or a member of what stands before it."""
    word, scopes = pieces[-1], list(scopes_at(analysis, place))
    if len(pieces) < 2 or pieces[-2].kind != "dot":
        found = next((scope[word.text] for scope in scopes if word.text in scope), None)
        node = analysis.named(place.path, word.text)
        if node is not None:
            return _step(analysis, node)
        return member_page(word.text, found) if found is not None else ""
    first = receiver(pieces, len(pieces) - 2)
    owner = known_type(place.text[pieces[first].start : pieces[-2].start], scopes)
    field = fields_of(owner).get(word.text)
    if field is not None:
        made = known_type(place.text[pieces[first].start : word.end], scopes)
        return member_page(word.text, made, field.description)
    return ""


def _function(name: str) -> str:
    lines = [
        f"- `{describe(each.target) + '.' if each.target else ''}{name}"
        f"({', '.join(describe(one) for one in each.parameters)})` gives {describe(each.result)}"
        for on_target in (False, True)
        for each in signatures().get((name, on_target), ())
    ]
    return "\n".join([f"**{name}**", "", *lines]) if lines else ""

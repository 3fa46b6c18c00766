"""What a syntax failure most likely means, in the words of somebody who writes workflows."""

from __future__ import annotations

import re

from auterity_sdk.diagnostics import Diagnostic, Edit, Fix, Location
from auterity_sdk.workflow.document.nodes import Failure, LimitFailure, SyntaxFailure
from auterity_sdk.workflow.document.source_text import SourceText
from auterity_sdk.workflow.document.unquoted import Unquoted, unquoted_at
from auterity_sdk.workflow.document.yaml_rules import yaml_finding

# A part of the library's problem or context → what to say, and what to do.
_PHRASES: tuple[tuple[str, str, str], ...] = (
    ("mapping values are not allowed", "a `:` cannot stand here", "indent the line as its neighbours are, end the line above with `:`, or quote the text"),
    ("mapping keys are not allowed", "a `?` cannot begin a value here", "quote the text"),
    ("block sequence entries are not allowed", "a `- ` item cannot stand here", "begin the list on a line of its own"),
    ("sequence entries are not allowed", "a `- ` item cannot stand here", "begin the list on a line of its own"),
    ("could not find expected ':'", "a key without `:`", "write `key: value`, and indent a text that goes on"),
    ("unknown escape", "an unknown escape in double-quoted text", "write the backslash twice, or use single quotes"),
    ("nicode character", "an escape that is no character", "write a surrogate pair as one `\\U` escape with eight digits"),
    ("quoted scalar", "the quote that is opened here is not closed", "close it, or indent the lines that belong to the text"),
    ("node content", "a plain value cannot begin with this character", "quote the text"),
    ("cannot start any token", "a plain value cannot begin with this character", "quote the text"),
    ("flow sequence", "the `[` that is opened here is not closed, or a comma is missing", "close it with `]`, and part its items by commas"),
    ("flow mapping", "the `{` that is opened here is not closed, or a comma is missing", "close it with `}`, and part its keys by commas"),
    ("block mapping", "the line does not fit the keys above it", "indent it as far as the key that it belongs beside"),
    ("block collection", "the line does not fit the items above it", "indent it as far as the item that it belongs beside"),
    ("block scalar", "the text behind `|` or `>` is written wrongly", "begin the text on the next line, indented by spaces"),
    ("tag handle", "a tag with an unknown handle", "remove the tag, or quote the text"),
    ("document start", "text goes on after the end of the document", "keep one mapping in the file, and put each key on its own line"),
    ("directive", "a wrong `%` directive", "remove the line, or quote the text"),
)  # fmt: skip
_OPENED_AT_CONTEXT = (
    "could not find expected ':'",
    "quoted scalar",
    "flow sequence",
    "flow mapping",
    "tag handle",
)


def explain(source: SourceText, failure: Failure) -> tuple[Diagnostic, Unquoted | None]:
    """The one finding for a failure, and the unquoted value that caused it, if that is what it was."""
    if isinstance(failure, LimitFailure):
        place = source.at(failure.offset, min(failure.offset + 1, len(source.text)))
        return yaml_finding(failure.code, failure.message, place, failure.help), None
    tab = _tab(source, failure.offset)
    if tab is not None:
        return tab, None
    unquoted = unquoted_at(source, failure.offset, failure.context_offset)
    if unquoted is not None:
        return unquoted_finding(source, unquoted), unquoted
    return _syntax(source, failure), None


def unquoted_finding(source: SourceText, unquoted: Unquoted) -> Diagnostic:
    """The finding that says to quote."""
    place = source.at(unquoted.start, unquoted.end)
    quoted = unquoted.quoted(source.text)
    fix = Fix(f"quote the {unquoted.noun}", (Edit(place, quoted),), safe=unquoted.is_expression)
    advice = f"quote the {unquoted.noun}: {quoted}"
    return yaml_finding(unquoted.code, unquoted.message, place, advice, fixes=(fix,))


def _tab(source: SourceText, offset: int) -> Diagnostic | None:
    line, column = source.place(min(offset, max(len(source.text) - 1, 0)))
    indent = re.match(r"[ \t]*", source.line(line))
    width = indent.end() if indent else 0
    first = source.line(line).find("\t", 0, width)
    if first < 0 or column - 1 > width:
        return None
    start = source.line_starts[line - 1]
    return yaml_finding(
        "AUT103",
        "a tab cannot indent",
        source.at(start + first, start + width),
        "indent with spaces, two a level",
    )


def _syntax(source: SourceText, failure: SyntaxFailure) -> Diagnostic:
    said = f"{failure.problem} {failure.context}"
    message, next_step = failure.problem, "see https://yaml.org/spec/1.2.2 for the syntax"
    offset, related = failure.offset, failure.context_offset
    if source.text[offset : offset + 1] in ("]", "}") and "flow" not in said:
        return yaml_finding(
            "AUT101", "nothing is open that this closes", _point(source, offset), "remove it"
        )
    if "node content" in said and not source.text[offset:].strip():
        return yaml_finding(
            "AUT101",
            "the file ends where a value or a closing bracket is missing",
            _point(source, offset),
            "write what is missing, and close every `[` and `{`",
        )
    for words, fact, advice in _PHRASES:
        if words in said:
            message, next_step = fact, advice
            if words in _OPENED_AT_CONTEXT and related is not None:
                offset, related = related, offset
            break
    notes = () if related is None or related == offset else (_point(source, related),)
    return yaml_finding("AUT101", message, _point(source, offset), next_step, related=notes)


def _point(source: SourceText, offset: int) -> Location:
    """One character, or the place behind the last one of the text."""
    return source.at(min(offset, len(source.text)), min(offset + 1, len(source.text)))

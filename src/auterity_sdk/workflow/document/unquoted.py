"""Values that need quotes because YAML takes a part of them for its own: `${a ? 'b: c' : d}`, `!has(x)`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from auterity_sdk.workflow.document.nodes import Kind, Nodes
from auterity_sdk.workflow.document.source_text import SourceText

# What stands before the value on a line: list dashes, and a key.
_LEAD = re.compile(
    r"[ \t]*(?:-[ \t]+)*"
    r"(?:(?:\"[^\"]*\"|'[^']*'|[^\s#'\"{}\[\],&*!|>%@`-](?:(?!:[ \t]|[ \t]#)[^\r\n])*)[ \t]*:[ \t]+)?"
)
_EXPRESSION = re.compile(
    r"\$\{|\{\{|[=!<>]=|&&|\|\||[^\s] [<>?%*/+] |\w\(|^!+[\w(]|(?:^|\W)(?:input|run|item|event|outcome)\.\w"
)
# The patterns here may need the square of a line's length.
_LONGEST_LINE = 2_000
_DOUBLE_BRACES = re.compile(r"\{\{\s*([^{}\r\n]*?)\s*\}\}")
_SINGLE = re.compile(r"'(?:[^']|'')*'")
_DOUBLE = re.compile(r'"(?:[^"\\]|\\.)*"')
_COMMENT = re.compile(r"[ \t]+#[^\r\n]*")
_BRACES = re.compile(r"\$\{[^{}\r\n]*\}?|\{\{[^{}\r\n]*(?:\}\})?")
_RESERVED_IN_FLOW = re.compile(r"[@`][^,\[\]{}\r\n]*(?<=[^ \t])")
_PAIRS = {"[": "]", "{": "}"}
_FLOW_TOKEN = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"\\]|\\.)*\"|[\[\]{}]")


class Unquoted(Struct, frozen=True):
    """A stretch of the text (`start` to `end`) that must be quoted, and why."""

    start: int
    end: int
    message: str
    is_expression: bool = True

    @property
    def code(self) -> str:
        """The rule's code."""
        return "AUT112" if self.is_expression else "AUT101"

    @property
    def noun(self) -> str:
        """What the stretch is, as a word for a message."""
        return "expression" if self.is_expression else "text"

    def quoted(self, text: str) -> str:
        """The stretch as it should be written."""
        value = text[self.start : self.end]
        value = _DOUBLE_BRACES.sub(r"${\1}", value)
        if '"' in value or "\\" in value:
            return "'" + value.replace("'", "''") + "'"
        return f'"{value}"'


def is_open(text: str) -> bool:
    """Whether a `${` in `text` is not closed: its end was taken for something else."""
    return text.rfind("${") > text.rfind("}")


def cut_values(source: SourceText, nodes: Nodes) -> Iterator[Unquoted]:
    """The plain values whose expression ends too early, in a ` #` that was no comment to its writer."""
    if " #" not in source.text and "\t#" not in source.text:
        return
    for index, text in enumerate(nodes.texts):
        if ("${" in text or "'" in text or '"' in text) and nodes.kinds[index] == Kind.PLAIN:
            comment = _COMMENT.match(source.text, nodes.ends[index])
            if comment and _is_cut(text):
                stop = nodes.ends[index] + len(comment.group().rstrip())
                reason = "a plain value ends at ` #`, where a comment begins"
                yield Unquoted(nodes.starts[index], stop, reason)


def _is_cut(text: str) -> bool:
    quotes = text.count('"') % 2 or (text.count("'") % 2 and _EXPRESSION.search(text))
    return is_open(text) or bool(quotes)


def unquoted_at(source: SourceText, offset: int, context: int | None) -> Unquoted | None:
    """The unquoted value on the line where reading failed, or where the failed part began."""
    seen = set()
    reserved = _RESERVED_IN_FLOW.match(source.text, offset)
    for place in (offset, offset - 1, context):
        if place is None or place < 0:
            continue
        line, _ = source.place(min(place, len(source.text)))
        if line in seen:
            continue
        seen.add(line)
        found = _in_line(source.line(line), source.line_starts[line - 1])
        if found is not None:
            return found
    if reserved:
        reason = f"a plain value cannot begin with `{reserved.group()[0]}`"
        return Unquoted(reserved.start(), reserved.end(), reason)
    return None


def _in_line(line: str, start: int) -> Unquoted | None:
    if len(line) > _LONGEST_LINE:
        return None
    lead = _LEAD.match(line)
    first = lead.end() if lead else 0
    value = line[first:].rstrip()
    if not value or value.startswith("#"):
        return None
    found = _reason(value)
    if found is None or (first == 0 and value[0] == "%"):
        return None
    begin, end, message = found
    expression = bool(_EXPRESSION.search(value[begin:end]))
    is_expression = expression or value[0] in "@%`*&" or "{{" in value
    return Unquoted(start + first + begin, start + first + end, message, is_expression)


def _reason(value: str) -> tuple[int, int, str] | None:
    """The part of a line's value that needs quotes, and why; None if it is not at fault."""
    first = value[0]
    if value.startswith("{{"):
        return _braces(value)
    if first in "[{":
        return _in_brackets(value)
    if first in "'\"":
        return _behind_quotes(value)
    if first in "@`%" or (first == "*" and not re.match(r"\*[\w-]+\s*(?:$|#)", value)):
        return 0, _end(value), f"a plain value cannot begin with `{first}`"
    if first in "!&" and _EXPRESSION.search(value):
        return 0, _end(value), f"a plain value cannot begin with `{first}`"
    if first not in "|>#!&*:?" and re.search(r":[ \t]", _uncommented(value)):
        return 0, _end(value), "a plain value cannot hold `: `"
    return None


def _uncommented(value: str) -> str:
    return _COMMENT.sub("", value)


def _end(value: str) -> int:
    """The value's length; a ` #` within `${…}` belongs to it, and one behind is a comment."""
    plain = _uncommented(value)
    return len(value) if plain.count("{") > plain.count("}") else len(plain.rstrip())


def _braces(value: str) -> tuple[int, int, str]:
    found = _BRACES.match(value)
    end = found.end() if found and value.endswith(found.group()) else _end(value)
    return 0, end, "YAML reads `{{` as the start of two mappings"


def _in_brackets(value: str) -> tuple[int, int, str] | None:
    bare = re.sub(r"'(?:[^']|'')*'|\"(?:[^\"\\]|\\.)*\"", lambda m: "_" * len(m.group()), value)
    found = _BRACES.search(bare)
    if found:
        begin = found.start()
        while begin and bare[begin - 1] not in ",[{ \t":
            begin -= 1
        return (
            begin,
            found.end(),
            f"`{value[0]}…{_PAIRS[value[0]]}` cannot hold `{found.group()[:2]}` unquoted",
        )
    close = _closing(value)
    tail = _uncommented(value[close:]).strip() if close else ""
    if tail and tail[0] not in ",:]}":
        return 0, _end(value), f"the value goes on behind its `{_PAIRS[value[0]]}`"
    return None


def _closing(value: str) -> int | None:
    """Where the bracket that begins `value` is closed; None if not on this line."""
    depth = 0
    for token in _FLOW_TOKEN.finditer(value):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token.group(), 0)
        if depth == 0:
            return token.end()
    return None


def _behind_quotes(value: str) -> tuple[int, int, str] | None:
    found = (_SINGLE if value[0] == "'" else _DOUBLE).match(value)
    tail = _uncommented(value[found.end() :]).strip() if found else ""
    if not tail or tail[0] in ",:]}":
        return None
    return 0, _end(value), "the value goes on behind its closing quote"

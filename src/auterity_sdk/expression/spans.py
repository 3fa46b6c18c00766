"""Where a node of the syntax tree stands in its text."""

from __future__ import annotations

from auterity_sdk.expression.lexical import balanced, closing, end_of_literal, end_of_word, member
from auterity_sdk.expression.tree import (
    Call,
    Constant,
    Entries,
    Fold,
    Items,
    Name,
    Node,
    Select,
    children,
)

Span = tuple[int, int]
"""Code point offsets, end exclusive."""


def span(text: str, node: Node) -> Span:
    """All of a node, from its first to its last character (brackets around it not counted)."""
    start, end = _bare_span(text, node)
    if isinstance(node, Call | Select) and "(" in text:
        return balanced(text, start, end)
    return start, end


def _bare_span(text: str, node: Node) -> Span:
    match node:
        case Constant(at=at):
            return at, end_of_literal(text, at)
        case Name(at=at):
            return (at, end_of_word(text, at + text.startswith(".", at)))
        case Select(test=True) | Fold():
            return _start(text, node), _closed(text, node.at)
        case Select():
            return _start(text, node), field_span(text, node)[1]
        case Call():
            return _start(text, node), _end_of_call(text, node)
        case Items(at=at) | Entries(at=at):
            return at, _closed(text, at)


def field_span(text: str, node: Node) -> Span:
    """The member's name of `a.name`, `a.?name` or `has(a.name)`."""
    match node:
        case Select(test=True, operand=operand):
            return member(text, span(text, operand)[1])
        case Call(function="_[_]" | "_[?_]", arguments=(_, key)):
            return span(text, key)
        case _:
            return member(text, node.at)


def function_span(text: str, node: Call | Fold) -> Span:
    """The function's name of `f(…)` and `a.f(…)`, or the sign of an operator."""
    if text.startswith("(", node.at):
        end = len(text[: node.at].rstrip())
        start = end
        while start and (text[start - 1].isalnum() or text[start - 1] == "_"):
            start -= 1
        return start, end
    if node.at < len(text) and text[node.at].isalpha():
        return node.at, end_of_word(text, node.at)
    doubled = text[node.at : node.at + 2] in ("&&", "||", "==", "!=", "<=", ">=")
    return node.at, node.at + 1 + doubled


def _start(text: str, node: Node) -> int:
    """The first character: of the leftmost node below, or of the function's name."""
    match node:
        case Call(target=None) if text.startswith("(", node.at):
            return function_span(text, node)[0]
        case Select(test=True):
            return max(text.rfind("has", 0, node.at), 0)
        case Fold(range=inner) | Select(operand=inner):
            return _start(text, inner)
        case _:
            below = [_start(text, child) for child in children(node)]
            return min([node.at, *below[:1]])


def _end_of_call(text: str, node: Call) -> int:
    if text[node.at : node.at + 1] in ("(", "["):
        return _closed(text, node.at)
    if node.function == "_?._":
        return field_span(text, node)[1]
    return span(text, node.arguments[-1])[1] if node.arguments else node.at + 1


def _closed(text: str, at: int) -> int:
    end = closing(text, at)
    return len(text) if end is None else end + 1

"""Proposals inside of an expression: names, fields, functions, and the words that a value may be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lsprotocol.types import CompletionItemKind

from auterity_cli.language_server.analysis import Analysis
from auterity_cli.language_server.completion.proposal import Proposal
from auterity_cli.language_server.describe import field_detail, fields_of
from auterity_cli.language_server.expression_at import (
    ExpressionPlace,
    Token,
    receiver,
    scopes_at,
    tokens,
    type_of,
)
from auterity_sdk.expression.fitting import mismatch
from auterity_sdk.expression.signatures import MACROS, OPTIONAL_METHODS, Signature, signatures
from auterity_sdk.expression.types import (
    ANY,
    ListType,
    Literals,
    MapType,
    OptionalType,
    Type,
    describe,
    options_of,
)


def expressions(analysis: Analysis, place: ExpressionPlace) -> list[Proposal]:
    """What may go on at the cursor."""
    before = [token for token in tokens(place.text[: place.at]) if token.end <= place.at]
    scopes = list(scopes_at(analysis, place))
    if before and before[-1].kind == "open":
        return list(_words(place, before, scopes))
    if before and before[-1].kind == "word":
        before.pop()
    if before and before[-1].kind in ("text", "number"):
        return []
    if before and before[-1].kind == "dot":
        return list(_members(place, before, scopes))
    return [*_names(scopes), *_functions()]


def _names(scopes: list[Mapping[str, Type]]) -> Iterator[Proposal]:
    seen: set[str] = set()
    for scope in scopes:
        for name in scope:
            if name not in seen:
                seen.add(name)
                detail = describe(scope[name])
                yield Proposal(name, CompletionItemKind.Variable, detail)


def _functions() -> Iterator[Proposal]:
    for (name, on_target), overloads in sorted(signatures().items()):
        if not on_target:
            shown = " or ".join(_shown(each) for each in overloads)
            yield Proposal(name, CompletionItemKind.Function, shown, insert=f"{name}(")
    yield Proposal("has", CompletionItemKind.Function, "whether a field is there", insert="has(")


def _shown(overload: Signature) -> str:
    parameters = ", ".join(describe(each) for each in overload.parameters)
    return f"({parameters}) {describe(overload.result)}"


def _members(
    place: ExpressionPlace, before: list[Token], scopes: list[Mapping[str, Type]]
) -> Iterator[Proposal]:
    owner = known_type(owner_text(place, before), scopes)
    for name, field in fields_of(owner).items():
        yield Proposal(name, CompletionItemKind.Field, field_detail(field), field.description)
    if "?" in before[-1].text:
        return
    if isinstance(owner, OptionalType):
        for name in sorted(OPTIONAL_METHODS):
            yield Proposal(name, CompletionItemKind.Method, insert=f"{name}(")
        return
    for (name, on_target), overloads in sorted(signatures().items()):
        fitting = [each for each in overloads if each.target and _takes(each.target, owner)]
        if on_target and fitting:
            yield Proposal(name, CompletionItemKind.Method, _shown(fitting[0]), insert=f"{name}(")
    if any(isinstance(option, ListType | MapType) for option in options_of(owner)):
        for name in sorted(MACROS - {"has", "optMap", "optFlatMap"}):
            yield Proposal(name, CompletionItemKind.Method, "macro", insert=f"{name}(")


def _takes(target: Type, owner: Type) -> bool:
    return owner != ANY and mismatch(owner, target) is None


def owner_text(place: ExpressionPlace, before: list[Token]) -> str:
    """The text of what the last token, a dot, is applied to."""
    first = receiver(before, len(before) - 1)
    return place.text[before[first].start : before[-1].start].strip()


def known_type(text: str, scopes: list[Mapping[str, Type]]) -> Type:
    """The type of an expression by the first scope that knows it."""
    return next((made for scope in scopes if (made := type_of(text, scope)) != ANY), ANY)


def _words(
    place: ExpressionPlace, before: list[Token], scopes: list[Mapping[str, Type]]
) -> Iterator[Proposal]:
    """Inside of quotes behind `==` or `!=`: what the other side can be."""
    if len(before) < 3 or before[-2].text not in ("==", "!="):
        return
    first = receiver(before, len(before) - 2)
    other = known_type(place.text[before[first].start : before[-2].start], scopes)
    for option in options_of(other):
        for value in option.values if isinstance(option, Literals) else ():
            yield Proposal(value, CompletionItemKind.EnumMember, "a value it can have")

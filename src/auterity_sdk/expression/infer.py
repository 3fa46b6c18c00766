"""Type inference over the syntax tree: the type of an expression, and what is wrong with it.

It also notes where JSON data must be read as what its type says (`casts`): a time is a text in JSON,
and a number may be written as an int.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import chain

from auterity_sdk.expression import calls, operators
from auterity_sdk.expression.chains import presence_of
from auterity_sdk.expression.members import item_type, loop_type, member_type, no_member
from auterity_sdk.expression.problem import Kind, Problem
from auterity_sdk.expression.spans import Span, field_span, function_span, span
from auterity_sdk.expression.suggest import Suggestions
from auterity_sdk.expression.tree import (
    Call,
    Constant,
    Entries,
    Fold,
    Items,
    Name,
    Node,
    Select,
)
from auterity_sdk.expression.types import (
    ANY,
    BOOL,
    DURATION,
    INT,
    NULL,
    NUMBER,
    STRING,
    TIMESTAMP,
    Field,
    ListType,
    Literals,
    MapType,
    ObjectType,
    OptionalType,
    Type,
    describe,
    one_of,
    options_of,
    widened,
    without_null,
)

Scope = Mapping[str, Type]

_READERS: dict[Type, str] = {TIMESTAMP: "timestamp", DURATION: "@duration"}


class Inference:
    """One expression's inference; `problems` are in order of finding, `casts` by the id of a node."""

    def __init__(self, text: str, scope: Scope, suggestions: Suggestions | None = None) -> None:
        self.text = text
        self.suggestions = suggestions or Suggestions()
        self.problems: list[Problem] = []
        self.casts: dict[int, str] = {}
        self._scope = scope

    def infer(self, node: Node, bound: Scope) -> Type:
        """The type of a node, with the variables of the macros around it; any where it is wrong."""
        if presence_of(node):
            return self._presence(node, bound)
        match node:
            case Constant():
                return self._constant(node)
            case Name():
                return self._read(node, self._name(node, bound))
            case Select():
                return self._read(node, self._member(node, node.operand, node.field, bound))
            case Call():
                return self._call(node, bound)
            case Items():
                return ListType(one_of(self._items(node, bound)))
            case Entries():
                return self._entries(node, bound)
            case Fold():
                return self._fold(node, bound)

    def report(
        self, kind: Kind, message: str, where: Span, help: str = "", instead: str = ""
    ) -> Type:
        """Note a problem; the type of what is wrong is any, so that it is said once."""
        self.problems.append(Problem(kind, message, *where, help, instead))
        return ANY

    def _read(self, node: Node, type: Type) -> Type:
        reader = _READERS.get(without_null(type))
        if reader:
            self.casts[node.id] = reader
        return type

    def _constant(self, node: Constant) -> Type:
        if node.unsupported:
            message = f"{node.unsupported} literals are not part of the language"
            return self.report("type_mismatch", message, span(self.text, node))
        match node.value:
            case None:
                return NULL
            case bool():
                return BOOL
            case int():
                return INT
            case float():
                return NUMBER
            case str() as value if "\0" in value:
                message = "a text cannot hold the null character"
                return self.report("type_mismatch", message, span(self.text, node))
            case str() as value:
                return Literals((value,))

    def _name(self, node: Name, bound: Scope) -> Type:
        found = bound.get(node.name) or self._scope.get(node.name)
        if found is not None:
            return found
        near = self.suggestions.nearest(node.name, chain(bound, self._scope))
        hint = f"did you mean `{near}`?" if near else self._quoted(node)
        message = f"there is no `{node.name}` here"
        return self.report("unknown_name", message, span(self.text, node), hint, near or "")

    def _quoted(self, node: Name) -> str:
        return f"write '{node.name}' if it is a text" if self.text.strip() == node.name else ""

    def _presence(self, node: Node, bound: Scope) -> Type:
        """Asking is always allowed, of members that can be there."""
        asked = presence_of(node)
        member = asked.member if asked else node
        match member:
            case Select(operand=operand, field=field):
                self._member(member, operand, field, bound)
            case _:
                self.infer(member, bound)
        return BOOL

    def _member(self, node: Node, operand: Node, name: str, bound: Scope) -> Type:
        owner = self.infer(operand, bound)
        found = member_type(owner, name)
        if found is not None:
            return found
        message, hint, near = no_member(owner, name, self.suggestions)
        return self.report("unknown_field", message, field_span(self.text, node), hint, near)

    def _items(self, node: Items, bound: Scope) -> list[Type]:
        """The types of a list's items; one written `?item` stands for what its optional value holds."""
        found = []
        for index, item in enumerate(node.items):
            made = self.infer(item, bound)
            found.append(self._kept(item, made, optional=index in node.optional))
        return found

    def _entries(self, node: Entries, bound: Scope) -> Type:
        if node.message:
            message = f"there is no message type `{node.message}`"
            where = (node.at, node.at + len(node.message))
            return self.report("bad_call", message, where, "write a map: {'key': value}")
        fields: dict[str, Field] = {}
        for entry in node.entries:
            made = self.infer(entry.value, bound)
            made = self._kept(entry.value, made, optional=entry.optional)
            match entry.key:
                case Constant(value=str(key)):
                    fields[key] = Field(made, required=not entry.optional)
                case None:
                    continue
                case other:
                    self.expect(other, self.infer(other, bound), STRING, "a map's key is")
                    return MapType(ANY)
        return ObjectType("", fields)

    def _kept(self, node: Node, made: Type, *, optional: bool) -> Type:
        """The type of a value inside a list or map literal; only one marked with `?` may be optional."""
        if not isinstance(made, OptionalType):
            return widened(made)
        if optional:
            return made.value
        hint = "put a `?` before it, or end it with `.orValue(…)`"
        return self.report(
            "optional_result", "this is an optional value", span(self.text, node), hint
        )

    def expect(self, node: Node, got: Type, wanted: Type, what: str) -> None:
        """Report a node that is surely not of the wanted scalar type."""
        if not calls.fits(got, wanted):
            message = f"{what} {describe(wanted)}, not {describe(widened(got))}"
            self.report("type_mismatch", message, span(self.text, node))

    def _fold(self, node: Fold, bound: Scope) -> Type:
        if node.variable.startswith("#"):
            start = self._read(node.start, self.infer(node.start, bound))
            return self.infer(node.result, {**bound, node.accumulator: start})
        over = self.infer(node.range, bound)
        item = loop_type(over)
        macro = self.text[slice(*function_span(self.text, node))]
        if item is None:
            message = f"`{macro}` goes over a list or a map, not {describe(widened(over))}"
            item = self.report("type_mismatch", message, span(self.text, node.range))
        if not isinstance(over, ListType):
            self.casts[node.range.id] = "@items"
        return self._step(node.step, {**bound, node.variable: item}, macro)

    def _step(self, step: Node, bound: Scope, macro: str) -> Type:
        """The four shapes that the macros' loops have; the accumulator itself is never typed."""
        match step:
            case Call(function="_&&_" | "_||_", arguments=(_, test)):
                self.expect(test, self.infer(test, bound), BOOL, f"the test of `{macro}` is")
                return BOOL
            case Call(function="_?_:_", arguments=(test, then, _)):
                self.expect(test, self.infer(test, bound), BOOL, f"the test of `{macro}` is")
                return self._step(then, bound, macro)
            case Call(function="_+_", arguments=(_, Items(items=(item,)))):
                return ListType(widened(self.infer(item, bound)))
            case _:
                return BOOL

    def _call(self, node: Call, bound: Scope) -> Type:
        kinds: dict[str, Callable[[Call, Scope], Type]] = {
            "_?_:_": self._choice,
            "_?._": self._optional_member,
            "_[_]": self._index,
            "_[?_]": self._index,
            "-_": self._negative,
        }
        if node.function in kinds:
            return kinds[node.function](node, bound)
        if node.function in ("_&&_", "_||_", "!_"):
            sign = operators.SIGNS[node.function]
            for side in node.arguments:
                self.expect(side, self.infer(side, bound), BOOL, f"`{sign}` takes")
            return BOOL
        if node.function in operators.SIGNS:
            return self._operator(node, bound)
        return calls.call_type(self, node, bound)

    def _choice(self, node: Call, bound: Scope) -> Type:
        condition, then, other = node.arguments
        self.expect(condition, self.infer(condition, bound), BOOL, "the condition before `?` is")
        one, two = self.infer(then, bound), self.infer(other, bound)
        if operators.alike(one, two):
            return one_of((one, two))
        shown = f"{describe(widened(one))} and {describe(widened(two))}"
        message = f"the two sides of `:` are of different types, {shown}"
        return self.report("type_mismatch", message, (node.at, span(self.text, other)[1]))

    def _optional_member(self, node: Call, bound: Scope) -> Type:
        operand, key = node.arguments
        name = key.value if isinstance(key, Constant) and isinstance(key.value, str) else ""
        return _optional(self._member(node, operand, name, bound))

    def _index(self, node: Call, bound: Scope) -> Type:
        operand, key = node.arguments
        optional = node.function == "_[?_]"
        if isinstance(key, Constant) and isinstance(key.value, str):
            found = self._member(node, operand, key.value, bound)
            return _optional(found) if optional else self._read(node, found)
        owner, by = self.infer(operand, bound), self.infer(key, bound)
        item = item_type(owner, by)
        if item is None:
            message = f"{describe(owner)} cannot be indexed by {describe(by)}"
            return self.report("type_mismatch", message, span(self.text, key))
        return _optional(item) if optional else self._read(node, item)

    def _negative(self, node: Call, bound: Scope) -> Type:
        got = self.infer(node.arguments[0], bound)
        if any(option in (INT, NUMBER, ANY) for option in options_of(got)):
            return without_null(got)
        message = f"`-` takes int or number, not {describe(widened(got))}"
        return self.report("type_mismatch", message, span(self.text, node.arguments[0]))

    def _operator(self, node: Call, bound: Scope) -> Type:
        left, right = (self.infer(side, bound) for side in node.arguments)
        return calls.operator_type(self, node, left, right)


def _optional(type: Type) -> Type:
    return type if isinstance(type, OptionalType) else OptionalType(type)

"""Chains of members (`a.b.?c`): what is read through each, and whether it is only looked for."""

from __future__ import annotations

from msgspec import Struct

from auterity_sdk.expression.tree import Call, Constant, Name, Node, Select

Path = tuple[str, ...]
"""A root name and its members: `("score", "reason")`."""


class Chain(Struct, frozen=True):
    """Members read one after another from a root name; `plain` of them before the first optional one.

    `is_even`: all behind that one are optional too.
    """

    root: Name
    members: tuple[str, ...]
    plain: int
    is_even: bool

    @property
    def path(self) -> Path:
        """The root and all members."""
        return (self.root.name, *self.members)

    @property
    def optional(self) -> bool:
        """Some member is read through CEL's optional syntax."""
        return self.plain < len(self.members)

    @property
    def certain(self) -> Path:
        """What must have a value for the read to be one: nothing, for `a.?x`."""
        if self.optional and not self.plain:
            return ()
        return self.path[: self.plain + 1]


def chain_of(node: Node) -> Chain | None:
    """The chain that a node reads, or None if it is no chain from a name."""
    members: list[tuple[str, bool]] = []
    while not isinstance(node, Name):
        step = _member(node)
        if step is None:
            return None
        node, name, optional = step
        members.append((name, optional))
    members.reverse()
    flags = [optional for _, optional in members]
    plain = flags.index(True) if True in flags else len(flags)
    return Chain(node, tuple(name for name, _ in members), plain, all(flags[plain:]))


def _member(node: Node) -> tuple[Node, str, bool] | None:
    match node:
        case Select(operand=operand, field=field, test=test):
            return operand, field, test
        case Call(function="_?._" | "_[?_]", arguments=(operand, Constant(value=str(field)))):
            return operand, field, True
        case Call(function="_[_]", arguments=(operand, Constant(value=str(field)))):
            return operand, field, False
        case _:
            return None


class Presence(Struct, frozen=True):
    """A question whether a member is there: `has(a.x)`, `a.x != null`, `a.?x.hasValue()`, or its opposite."""

    member: Node
    positive: bool


def presence_of(node: Node) -> Presence | None:
    """The question that a node asks, if it asks whether a member is there."""
    match node:
        case Select(test=True):
            return Presence(node, True)
        case Call(function="hasValue", target=Call(function="_?._" | "_[?_]") as member):
            return Presence(member, True)
        case Call(function="_==_" | "_!=_" as function, arguments=(left, right)):
            asked = left if _is_null(right) else right
            if _is_null(left) == _is_null(right) or _member(asked) is None:
                return None
            return Presence(asked, function == "_!=_")
        case _:
            return None


def _is_null(node: Node) -> bool:
    return isinstance(node, Constant) and node.value is None and not node.unsupported

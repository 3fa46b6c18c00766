"""What a condition tells about presence: the values that are certainly there when it is true, or false."""

from __future__ import annotations

from msgspec import Struct

from auterity_sdk.expression.chains import Path, chain_of, presence_of
from auterity_sdk.expression.engine import Parsed, parse
from auterity_sdk.expression.tree import Call, Fold, Name, Node, children

Paths = frozenset[Path]

NOTHING: Paths = frozenset()


class Facts(Struct, frozen=True):
    """Paths that certainly have a value when the condition was true, and when it was false."""

    when_true: Paths = NOTHING
    when_false: Paths = NOTHING


def narrow(text: str) -> Facts:
    """The facts of a condition. One that cannot be parsed tells nothing.

    What it read plainly was there too, else it would have been neither true nor false.
    """
    parsed = parse(text)
    return facts(parsed.node) if isinstance(parsed, Parsed) else Facts()


def facts(node: Node) -> Facts:
    """The facts of a condition's syntax tree."""
    match node:
        case Call(function="!_", arguments=(inner,)):
            opposite = facts(inner)
            return Facts(opposite.when_false, opposite.when_true)
        case Call(function="_&&_", arguments=(left, right)):
            one, two = facts(left), facts(right)
            return Facts(one.when_true | two.when_true, one.when_false & two.when_false)
        case Call(function="_||_", arguments=(left, right)):
            one, two = facts(left), facts(right)
            return Facts(one.when_true & two.when_true, one.when_false | two.when_false)
        case Call(function="_?_:_", arguments=(condition, then, other)):
            return _choice(facts(condition), facts(then), facts(other))
    asked = presence_of(node)
    if asked is None:
        certain = certainly_read(node)
        return Facts(certain, certain)
    chain = chain_of(asked.member)
    found = _prefixes(chain.path) if chain else NOTHING
    return Facts(found, NOTHING) if asked.positive else Facts(NOTHING, found)


def _choice(condition: Facts, then: Facts, other: Facts) -> Facts:
    return Facts(
        (condition.when_true | then.when_true) & (condition.when_false | other.when_true),
        (condition.when_true | then.when_false) & (condition.when_false | other.when_false),
    )


def _prefixes(path: Path) -> Paths:
    return frozenset(path[:length] for length in range(1, len(path) + 1))


def certainly_read(node: Node) -> Paths:
    """The paths without which the node has no value at all."""
    chain = chain_of(node)
    if chain:
        made_by_macro = chain.root.name.startswith("@")
        return NOTHING if made_by_macro or presence_of(node) else _prefixes(chain.certain)
    match node:
        case Call(target=Name(name="optional")):
            return NOTHING.union(*(certainly_read(argument) for argument in node.arguments))
        case Call(function="_&&_" | "_||_"):
            return NOTHING  # CEL lets the other side decide when one is an error
        case Call(function="_?_:_", arguments=(condition, _, _)):
            return certainly_read(condition)
        case Fold(range=inner):
            return certainly_read(inner)
    if presence_of(node):
        return NOTHING
    return NOTHING.union(*(certainly_read(child) for child in children(node)))

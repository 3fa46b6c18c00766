"""The tree as it is run: presence asked in CEL's total way, and data read as what its type says.

`a.x.y != null` and `has(a.x.y)` become `a.?x.?y.hasValue()`, which is false and no error where `a.x`
is absent; a read that inference marked is wrapped in its conversion.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from auterity_sdk.expression.chains import Presence, presence_of
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


def rewritten(node: Node, casts: Mapping[int, str]) -> Node:
    """The tree to run; the very same object where nothing changes."""
    asked = presence_of(node)
    if asked and not _total_already(node):
        return _asked(node, asked, casts)
    changed = _below(node, casts)
    function = casts.get(node.id)
    return Call(0, node.at, function, (changed,)) if function else changed


def _total_already(node: Node) -> bool:
    match node:
        case Select(test=True, operand=Name()):
            return True
        case Call(function="hasValue", target=Call(arguments=(Name(), _))):
            return True
        case _:
            return False


def _asked(node: Node, asked: Presence, casts: Mapping[int, str]) -> Node:
    question = Call(node.id, node.at, "hasValue", (), _looked_for(asked.member, casts))
    return question if asked.positive else Call(0, node.at, "!_", (question,))


def _looked_for(node: Node, casts: Mapping[int, str]) -> Node:
    """The chain with each member read optionally, down to where it is no chain any more."""
    match node:
        case Select(operand=operand, field=field):
            key = Constant(0, node.at, field)
            return Call(node.id, node.at, "_?._", (_looked_for(operand, casts), key))
        case Call(
            function="_?._" | "_[_]" | "_[?_]", arguments=(operand, Constant(value=str()) as key)
        ):
            optional = "_?._" if node.function == "_?._" else "_[?_]"
            return Call(node.id, node.at, optional, (_looked_for(operand, casts), key))
        case _:
            return rewritten(node, casts)


def _below(node: Node, casts: Mapping[int, str]) -> Node:
    def each(child: Node) -> Node:
        return rewritten(child, casts)

    match node:
        case Select(operand=operand):
            inner = each(operand)
            return node if inner is operand else replace(node, operand=inner)
        case Call(arguments=arguments, target=target):
            new = tuple(each(argument) for argument in arguments)
            on = each(target) if target is not None else None
            same = on is target and _same(new, arguments)
            return node if same else replace(node, arguments=new, target=on)
        case Items(items=items):
            new = tuple(each(item) for item in items)
            return node if _same(new, items) else replace(node, items=new)
        case Entries(entries=entries):
            values = tuple(each(entry.value) for entry in entries)
            if _same(values, tuple(entry.value for entry in entries)):
                return node
            pairs = zip(entries, values, strict=True)
            return replace(node, entries=tuple(replace(one, value=value) for one, value in pairs))
        case Fold():
            parts = (node.range, node.start, node.condition, node.step, node.result)
            new = tuple(each(part) for part in parts)
            if _same(new, parts):
                return node
            over, start, condition, step, result = new
            return replace(
                node, range=over, start=start, condition=condition, step=step, result=result
            )
        case _:
            return node


def _same(new: tuple[Node, ...], old: tuple[Node, ...]) -> bool:
    return all(one is other for one, other in zip(new, old, strict=True))

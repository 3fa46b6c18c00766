"""What CEL would say of the plainest expressions over the plainest data, without asking it: its library takes
longer to be asked than to answer.

Comparisons, `&&`, `||`, `!`, `? :`, `in` a literal list, sums of whole numbers and of texts, `.?x.orValue(…)`, over texts,
truth values and numbers. It says what CEL would, or nothing: whatever CEL could refuse, or could see otherwise, is
left to CEL, down to a text that it would not read.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Container, Mapping
from functools import partial
from math import isfinite
from typing import Any

from msgspec import Struct

from auterity_sdk.expression.chains import Chain, chain_of
from auterity_sdk.expression.tree import Call, Constant, Items, Node, Select

UNSURE: Any = object()
"""Instead of a value: CEL is to say."""

_ABSENT: Any = object()

Values = list[Any]
"""What was read, by the number of the read."""

Roots = Callable[[str], Any]
"""Gives the JSON data of a root, None where there is none."""

AtOnce = Callable[[Roots], Any]
"""Gives what CEL would; UNSURE where it has to be asked."""

_Part = Callable[[Values], Any]

_DEEPEST = 40
"""Levels of an expression that has a shortcut."""

_INT64 = range(-(2**63), 2**63)


class _LeftToCel(Exception):
    """It is not sure what CEL would say."""


class Read(Struct, frozen=True):
    """A chain of members read from a root. `certain` of them have to be there; `defaults`: the root need not be."""

    root: str
    members: tuple[str, ...]
    certain: int
    defaults: bool


def shortcut(
    node: Node, defaults: Container[str], *, is_condition: bool = False, is_number: bool = False
) -> AtOnce | None:
    """What gives the value of an expression without CEL, if something may.

    `defaults` are the roots that read as empty where they are not there. `is_condition`: no value but true and false will do;
    `is_number`: a whole number is wanted as a float.
    """
    chain = chain_of(node)
    if chain is not None and not (chain.optional or is_condition or is_number):
        return _sole(Read(chain.root.name, chain.members, 0, defaults=False))
    compiler = _Compiler(defaults)
    part = compiler.part(node, _DEEPEST)
    if part is None:
        return None
    value = _double(part) if is_number else part
    reads = tuple(compiler.reads)

    def at_once(lookup: Roots) -> Any:
        try:
            # All is read first, as CEL is given all: what it would not take counts, even if it did not matter.
            found = value([_read(lookup, each) for each in reads])
        except _LeftToCel:
            return UNSURE
        return UNSURE if is_condition and type(found) is not bool else found

    return at_once


def _sole(read: Read) -> AtOnce:
    """An expression that is nothing but a read."""
    root, members = read.root, read.members

    def at_once(lookup: Roots) -> Any:
        found = lookup(root)
        for name in members:
            found = found.get(name) if type(found) is dict else None
        if type(found) is str:
            return found if "\0" not in found and (found.isascii() or _is_whole(found)) else UNSURE
        return found if found is True or found is False or _is_int64(found) else UNSURE

    return at_once


def _is_int64(value: Any) -> bool:
    return type(value) is int and value in _INT64


def _read(lookup: Roots, read: Read) -> Any:
    value, members = lookup(read.root), read.members
    if value is None:
        if not (members and read.defaults):
            raise _LeftToCel
        value = {}
    for place, name in enumerate(members):
        if type(value) is not dict:
            raise _LeftToCel
        value = value.get(name)
        if value is None:
            if place < read.certain:
                raise _LeftToCel
            return _ABSENT
    return _taken(value)


def _taken(value: Any) -> Any:
    """A value that CEL takes as it is."""
    kind = type(value)
    if kind is str:
        if "\0" not in value and (value.isascii() or _is_whole(value)):
            return value
    elif kind is bool or _is_number(value):
        return value
    raise _LeftToCel


def _is_number(value: Any) -> bool:
    """Whether it is one that CEL has, and that can be a result."""
    kind = type(value)
    return value in _INT64 if kind is int else kind is float and isfinite(value)


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return True


class _Compiler:
    """Makes a function of each node, None of one that is for CEL, and notes the reads."""

    def __init__(self, defaults: Container[str]) -> None:
        self._defaults = defaults
        self.reads: list[Read] = []

    def part(self, node: Node, depth: int) -> _Part | None:
        """The function of a node with at most so many levels."""
        if not depth:
            return None
        chain = chain_of(node)
        if chain is not None:
            return (
                self._asked(chain) if isinstance(node, Select) and node.test else self._read(chain)
            )
        match node:
            case Constant(value=value, unsupported="") if value is not None:
                return lambda _: value
            case Call(
                target=None, function="@in", arguments=(item, Items(items=items, optional=()))
            ):
                return self._made("@in", (item, *items), depth)
            case Call(target=None, function=function, arguments=arguments) if function != "@in":
                return self._made(function, arguments, depth)
            case Call(target=target, function="orValue", arguments=(default,)):
                return self._or_value(target, self.part(default, depth - 1))
            case Call(target=target, function="hasValue"):
                asked = None if target is None else chain_of(target)
                return None if asked is None else self._asked(asked)
            case _:
                return None

    def _made(self, function: str, arguments: tuple[Node, ...], depth: int) -> _Part | None:
        make = _FUNCTIONS.get((function, len(arguments)), _FUNCTIONS.get((function, _ANY_NUMBER)))
        parts = [] if make is None else [self.part(each, depth - 1) for each in arguments]
        known = [part for part in parts if part is not None]
        return make(*known) if make is not None and len(known) == len(arguments) else None

    def _number(self, chain: Chain, certain: int) -> int:
        root = chain.root.name
        self.reads.append(Read(root, chain.members, certain, root in self._defaults))
        return len(self.reads) - 1

    def _read(self, chain: Chain) -> _Part | None:
        """A value that has to be there."""
        if chain.optional:
            return None
        number = self._number(chain, 0)

        def read(values: Values) -> Any:
            value = values[number]
            if value is _ABSENT:
                raise _LeftToCel
            return value

        return read

    def _asked(self, chain: Chain) -> _Part | None:
        if not chain.is_even:
            return None
        number = self._number(chain, chain.plain)
        return lambda values: values[number] is not _ABSENT

    def _or_value(self, target: Node | None, default: _Part | None) -> _Part | None:
        chain = None if target is None else chain_of(target)
        if chain is None or default is None or not (chain.optional and chain.is_even):
            return None
        number = self._number(chain, chain.plain)

        def value(values: Values) -> Any:
            other, found = default(values), values[number]
            return other if found is _ABSENT else found

        return value


def _equal(alike: bool, left: _Part, right: _Part) -> _Part:
    def value(values: Values) -> bool:
        one, two = left(values), right(values)
        if type(one) is not type(two):  # a number may be equal to one of another kind
            raise _LeftToCel
        return (one == two) is alike

    return value


def _ordered(compare: Callable[[Any, Any], bool], left: _Part, right: _Part) -> _Part:
    def value(values: Values) -> bool:
        one, two = left(values), right(values)
        if type(one) is not type(two) or type(one) is bool:
            raise _LeftToCel
        return compare(one, two)

    return value


def _both(left: _Part, right: _Part) -> _Part:
    def value(values: Values) -> bool:
        return _truth(left(values)) and _truth(right(values))

    return value


def _either(left: _Part, right: _Part) -> _Part:
    def value(values: Values) -> bool:
        return _truth(left(values)) or _truth(right(values))

    return value


def _not(part: _Part) -> _Part:
    return lambda values: not _truth(part(values))


def _chosen(condition: _Part, then: _Part, other: _Part) -> _Part:
    return lambda values: (then if _truth(condition(values)) else other)(values)


def _truth(value: Any) -> bool:
    if value is True or value is False:
        return value
    raise _LeftToCel


def _is_among(item: _Part, *others: _Part) -> _Part:
    def value(values: Values) -> bool:
        one, those = item(values), [other(values) for other in others]
        if any(type(each) is not type(one) for each in those):
            raise _LeftToCel
        return one in those

    return value


def _sum(left: _Part, right: _Part) -> _Part:
    def value(values: Values) -> Any:
        one, two = left(values), right(values)
        if type(one) is not type(two) or type(one) is bool:
            raise _LeftToCel
        return _result(one + two)

    return value


def _difference(left: _Part, right: _Part) -> _Part:
    def value(values: Values) -> Any:
        one, two = left(values), right(values)
        if type(one) is not type(two) or type(one) not in (int, float):
            raise _LeftToCel
        return _result(one - two)

    return value


def _result(value: Any) -> Any:
    if type(value) is str or _is_number(value):
        return value
    raise _LeftToCel


def _double(part: _Part) -> _Part:
    def value(values: Values) -> float:
        found = part(values)
        if type(found) not in (int, float):
            raise _LeftToCel
        return float(found)

    return value


_ANY_NUMBER = 0
"""In place of a number of arguments."""

_FUNCTIONS: Mapping[tuple[str, int], Callable[..., _Part]] = {
    ("_==_", 2): partial(_equal, True),
    ("_!=_", 2): partial(_equal, False),
    ("_<_", 2): partial(_ordered, operator.lt),
    ("_<=_", 2): partial(_ordered, operator.le),
    ("_>_", 2): partial(_ordered, operator.gt),
    ("_>=_", 2): partial(_ordered, operator.ge),
    ("_&&_", 2): _both,
    ("_||_", 2): _either,
    ("!_", 1): _not,
    ("_?_:_", 3): _chosen,
    ("_+_", 2): _sum,
    ("_-_", 2): _difference,
    ("double", 1): _double,
    ("@in", _ANY_NUMBER): _is_among,
}
"""By CEL's name of a function, and the number of its arguments."""

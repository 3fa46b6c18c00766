"""What CEL would say of the plainest expressions over the plainest data, without asking it: its library takes
longer to be asked than to answer.

Comparisons, `&&`, `||`, `!`, `? :`, `in` a literal list, sums of whole numbers and of texts, `.?x.orValue(…)`, over texts,
truth values and numbers. It says what CEL would, or asks CEL: whatever CEL could refuse, or could see otherwise, is
left to CEL, down to a text that it would not read.

An expression is a Python function, of the source that `shortcut_source` writes. Expressions of one shape (`a.b >= 1` and
`c.d >= 2`) have one source, which is compiled once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from math import isfinite
from typing import Any

from auterity_sdk.expression.shortcut_source import NotShort, Part, Source
from auterity_sdk.expression.tree import Node

Roots = Callable[[str], Any]
"""Gives the JSON data of a root, None where there is none."""

Function = Callable[[Roots], Any]
"""Gives the value of an expression."""


def shortcut(
    node: Node, ask: Function, *, is_condition: bool = False, is_number: bool = False
) -> Function:
    """What gives the value of an expression as CEL would, and asks CEL by `ask` only where that is not sure.

    `is_condition`: no value but true and false will do; `is_number`: a whole number is wanted as a float.
    """
    source = Source()
    try:
        source.write(node, is_condition=is_condition, is_number=is_number)
    except NotShort:
        return ask
    made: Function = _compiled(source.text)(ask, *source.constants)
    return made


def map_of(parts: Iterable[Part]) -> Function:
    """What gives a map of values, as JSON data."""
    source = Source()
    source.write_map(parts)
    made: Function = _compiled(source.text)(None, *source.constants)
    return made


@lru_cache(maxsize=1024)
def _compiled(source: str) -> Callable[..., Function]:
    """The function that binds what expressions of one shape differ in.

    Nothing that a user wrote is in the source: names and constants are bound.
    """
    found: dict[str, Any] = dict(_NAMES)
    exec(compile(source, "<shortcut>", "exec"), found)  # noqa: S102
    shape: Callable[..., Function] = found["shape"]
    return shape


def is_whole(text: str) -> bool:
    """Whether a text has no half of a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_result(value: Any) -> bool:
    """Whether CEL can have the text or number as a result."""
    if type(value) is int:
        return -(2**63) <= value < 2**63
    return type(value) is str or isfinite(value)


_NAMES = {"is_whole": is_whole, "is_result": is_result, "isfinite": isfinite}
"""What the source calls."""

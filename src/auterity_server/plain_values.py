"""Free values of requests: what JSON can bear, and no database, file or answer can."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite
from typing import Any

from pydantic import BaseModel

from auterity_server.problems import wrong_value

DEEPEST = 100
"""Lists and maps inside one another, at most."""


def must_be_plain(value: Any, location: str) -> None:
    """Raise a problem for a value that is nested too deeply, or holds half of a character (a lone surrogate), or infinity."""
    waiting: list[tuple[Any, int]] = [(value, 0)]
    while waiting:
        here, depth = waiting.pop()
        if depth > DEEPEST:
            raise wrong_value(location, f"is nested more than {DEEPEST} deep")
        if isinstance(here, str) and not _is_whole(here):
            raise wrong_value(location, "holds half of a character, which is no text")
        if isinstance(here, float) and not isfinite(here):
            raise wrong_value(location, "holds a number that is larger than numbers can be")
        waiting.extend((inner, depth + 1) for inner in _inside(here))


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _inside(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value
        yield from value.values()
    elif isinstance(value, list | tuple):
        yield from value
    elif isinstance(value, BaseModel):
        yield from vars(value).values()

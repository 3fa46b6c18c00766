"""Which data an expression takes from what it reads: of a list in a macro, only what the macro reads of its items."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from auterity_sdk.expression.chains import Path, chain_of
from auterity_sdk.expression.engine import Parsed, parse
from auterity_sdk.expression.references import references
from auterity_sdk.expression.tree import Fold, Node, children


@lru_cache(maxsize=4096)
def readings(text: str) -> tuple[Path, ...]:
    """The paths that an expression reads: `leads.map(l, l.id)` reads `leads.id`."""
    parsed = parse(text)
    if not isinstance(parsed, Parsed):
        return ()
    ranges = dict(_ranges(parsed.node))
    found: list[Path] = []
    for reference in references(text):
        inner = ranges.get(reference.path)
        found.extend(inner if inner else [reference.path])
    return tuple(dict.fromkeys(found))


def _ranges(node: Node) -> Iterator[tuple[Path, tuple[Path, ...]]]:
    """Lists that macros go through, with the paths below them that are read."""
    if isinstance(node, Fold):
        chain = chain_of(node.range)
        if chain is not None:
            parts = (node.condition, node.step, node.result)
            below = [path for part in parts for path in _of_variable(part, node.variable)]
            yield chain.path, tuple((*chain.path, *path) for path in below)
    for child in children(node):
        yield from _ranges(child)


def _of_variable(node: Node, variable: str) -> Iterator[Path]:
    chain = chain_of(node)
    if chain is not None:
        if chain.root.name == variable:
            yield chain.members
        return
    for child in children(node):
        yield from _of_variable(child, variable)

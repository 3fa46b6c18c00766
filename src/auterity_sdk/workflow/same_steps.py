"""Which steps of two versions of a workflow are the same under another id."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from typing import Any

from msgspec import Struct

from auterity_sdk.diagnostics import Path
from auterity_sdk.workflow.canonical import canonical_data
from auterity_sdk.workflow.graph import Graph, build_graph
from auterity_sdk.workflow.model import Workflow
from auterity_sdk.workflow.rename import renamed
from auterity_sdk.workflow.signature import Catalog

_WORD = re.compile(r"\b[A-Za-z_]\w*\b")
_BODIES = ("for_each", "repeat")


class Version(Struct, frozen=True, dict=True):
    """A workflow with its graph and its canonical data."""

    workflow: Workflow
    catalog: Catalog

    @cached_property
    def graph(self) -> Graph:
        """The graph."""
        return build_graph(self.workflow, self.catalog)

    @cached_property
    def data(self) -> dict[str, Any]:
        """The canonical data, in which equal meaning is equal text."""
        return canonical_data(self.workflow, self.graph)

    def renamed(self, names: Mapping[Path, str]) -> Version:
        """The same version with other ids for some steps."""
        if not names:
            return self
        return Version(renamed(self.workflow, self.graph, names), self.catalog)


class _Pair(Struct, frozen=True):
    """A step of the old version and one of the new that may be the same. `keys` lead to both."""

    keys: tuple[str, ...]
    old: str
    new: str
    path: Path


def same_text(value: Any) -> str:
    """A text that is equal for equal data only: unlike `==` it tells 1, 1.0 and True apart."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def steps_with_other_ids(old: Version, new: Version) -> dict[Path, str]:
    """The steps of the old version that the new one has under another id, body and needs unchanged.

    Given by their places in the old one. What is told apart by nothing but its id is paired in the order of
    the file. First all that look alike are paired; then those that differ, once the pairs' own names are put
    for one another, are parted again, until nothing changes.
    """
    pairs = list(_alike(old.data["steps"], new.data["steps"], (), (), frozenset()))
    while pairs:
        moved = old.renamed({pair.path: pair.new for pair in pairs}).data
        kept = [pair for pair in pairs if _equal(moved, new.data, pair)]
        if len(kept) == len(pairs):
            break
        pairs = kept
    return {pair.path: pair.new for pair in pairs}


def _alike(
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    keys: tuple[str, ...],
    path: Path,
    around: frozenset[str],
) -> Iterator[_Pair]:
    """Pairs that are equal but for ids that only one side has; bodies of steps that both have included."""
    ids = around | (old.keys() ^ new.keys())
    waiting: dict[str, list[str]] = {}
    for name in new:
        if name not in old:
            waiting.setdefault(_look(new[name], ids), []).append(name)
    for name in old:
        found = None if name in new or not waiting else waiting.get(_look(old[name], ids))
        if found:
            yield _Pair(keys, name, found.pop(0), (*path, "steps", name))
    for name in old:
        for body in _BODIES:
            if body in old[name] and body in new.get(name, ()):
                inner = (old[name][body]["steps"], new[name][body]["steps"])
                below = (*path, "steps", name, body)
                yield from _alike(*inner, (*keys, name, body), below, ids)


def _look(step: Mapping[str, Any], ids: Collection[str]) -> str:
    """What a step says beside some ids. Edges are sorted by ids, so they are sorted anew without them."""
    needs = sorted(_need_without(need, ids) for need in step.get("needs", ()))
    return _without(same_text({**step, "needs": needs}), ids)


def _need_without(need: Any, ids: Collection[str]) -> str:
    if isinstance(need, str):
        return _without(need, ids)
    edges_sorted = {
        key: sorted(_without(edge, ids) for edge in value) if isinstance(value, list) else value
        for key, value in need.items()
    }
    return same_text(edges_sorted)


def _without(text: str, ids: Collection[str]) -> str:
    return _WORD.sub(lambda word: "" if word.group() in ids else word.group(), text)


def _equal(moved: Mapping[str, Any], new: Mapping[str, Any], pair: _Pair) -> bool:
    old_steps, new_steps = moved["steps"], new["steps"]
    for name, body in zip(pair.keys[::2], pair.keys[1::2], strict=True):
        old_steps, new_steps = old_steps[name][body]["steps"], new_steps[name][body]["steps"]
    return same_text(old_steps[pair.new]) == same_text(new_steps[pair.new])

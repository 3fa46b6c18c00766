"""Which workflow of one file stands against which of another: a Python file may hold several."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from auterity_sdk.checks.changes import Changes, changes, whole_workflow
from auterity_sdk.checks.check import Checked


class Pair(Struct, frozen=True):
    """A workflow of either side. `changes` is None where only one side has it: `added` says which."""

    name: str
    changes: Changes | None
    added: bool = False

    @property
    def differs(self) -> bool:
        """There is something to show."""
        return self.changes is None or not self.changes.empty


def paired(old: Iterable[Checked], new: Iterable[Checked]) -> list[Pair]:
    """The workflows of both sides by name; where each side has one, these two, whatever they are called.

    Raises `InvalidWorkflow` for one that could not be read in full.
    """
    before, after = list(old), list(new)
    if len(before) == len(after) == 1:
        both = changes(before[0], after[0])
        return [Pair(both.name, both)]
    one, other = _by_name(before), _by_name(after)
    pairs = []
    for name in dict.fromkeys((*one, *other)):
        both_there = name in one and name in other
        found = changes(one[name], other[name]) if both_there else None
        pairs.append(Pair(name, found, added=name in other))
    return pairs


def _by_name(found: Iterable[Checked]) -> dict[str, Checked]:
    return {whole_workflow(checked).name: checked for checked in found}

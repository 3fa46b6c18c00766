"""What differs between two versions of a workflow in meaning: comments, order of keys and spelling do not count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Any

from msgspec import Struct, field

from auterity_sdk.diagnostics import Path
from auterity_sdk.workflow.canonical import version
from auterity_sdk.workflow.model import Workflow
from auterity_sdk.workflow.same_steps import Version, same_text, steps_with_other_ids
from auterity_sdk.workflow.signature import Catalog
from auterity_sdk.workflow.step import KINDS


class Absent(Enum):
    """What stands for a value where a key is not written."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT


class Change(Struct, frozen=True):
    """One value that differs, at `path` below the step or the workflow; `ABSENT` where it is not written."""

    path: Path
    old: Any
    new: Any


class StepEntry(Struct, frozen=True):
    """A step that only one version has. `path` is its id, behind those of the loops around it: `each/ask`.

    `kind` is the key of its kind, `what` the step type or workflow that it names, if it does.
    """

    path: str
    kind: str
    what: str
    needs: tuple[str, ...]


class StepChange(Struct, frozen=True):
    """A step that both versions have, and what differs in it.

    `path` is its new one. `edges_added` and `edges_removed` are edges that it waits for, such as
    `score.hot`; where only these differ, and no join does, `changes` has no entry for them.
    """

    path: str
    changes: tuple[Change, ...]
    edges_added: tuple[str, ...] = ()
    edges_removed: tuple[str, ...] = ()


class EdgeEntry(Struct, frozen=True, order=True):
    """An edge of the graph: the outcome `source` (`score.hot`) that the step `target` waits for."""

    target: str
    source: str


class Renaming(Struct, frozen=True):
    """A step that has another id, and is the same otherwise. Both are paths."""

    old: str
    new: str


class Difference(Struct, frozen=True):
    """All that differs. Steps with another id only are `renamed`, and so is what names them.

    `changes` are those of the workflow's own keys. `renamed_places` are the old places of renamed steps.
    """

    old_version: str
    new_version: str
    added: tuple[StepEntry, ...] = ()
    removed: tuple[StepEntry, ...] = ()
    changed: tuple[StepChange, ...] = ()
    renamed: tuple[Renaming, ...] = ()
    edges_added: tuple[EdgeEntry, ...] = ()
    edges_removed: tuple[EdgeEntry, ...] = ()
    changes: tuple[Change, ...] = ()
    guarantees_lost: tuple[str, ...] = ()
    guarantees_gained: tuple[str, ...] = ()
    renamed_places: Mapping[Path, str] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Both versions mean the same."""
        return self.old_version == self.new_version


def difference(old: Workflow, new: Workflow, catalog: Catalog) -> Difference:
    """What differs between two versions. Steps inside loops are compared as steps of their own."""
    before, after = Version(old, catalog), Version(new, catalog)
    names = steps_with_other_ids(before, after)
    moved = before.renamed(names)
    old_steps = dict(_steps(moved.data["steps"], ""))
    new_steps = dict(_steps(after.data["steps"], ""))
    old_edges, new_edges = _edges(old_steps), _edges(new_steps)
    lost, gained = _without_each_other(moved.workflow.guarantees, after.workflow.guarantees)
    return Difference(
        version(before.workflow, before.graph),
        version(after.workflow, after.graph),
        added=_only(new_steps, old_steps),
        removed=_only(old_steps, new_steps),
        changed=tuple(_changed(old_steps, new_steps)),
        renamed=tuple(_renamings(names)),
        edges_added=tuple(sorted(new_edges - old_edges)),
        edges_removed=tuple(sorted(old_edges - new_edges)),
        changes=tuple(_workflow_changes(moved.data, after.data)),
        guarantees_lost=lost,
        guarantees_gained=gained,
        renamed_places=names,
    )


def changed_steps(old: Workflow, new: Workflow, catalog: Catalog) -> set[str]:
    """The ids of the workflow's own steps that only one version has, or that differ in anything."""
    before, after = Version(old, catalog).data["steps"], Version(new, catalog).data["steps"]
    names = dict.fromkeys((*before, *after))
    return {name for name in names if same_text(before.get(name)) != same_text(after.get(name))}


def _steps(steps: Mapping[str, Any], around: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each step by its path, those of its body behind it and left out of it."""
    for name, step in steps.items():
        body = next((key for key in ("for_each", "repeat") if key in step), None)
        if body is None:
            yield around + name, step
            continue
        inner = {key: value for key, value in step[body].items() if key != "steps"}
        yield around + name, {**step, body: inner}
        yield from _steps(step[body]["steps"], f"{around}{name}/")


def _only(
    these: Mapping[str, Mapping[str, Any]], others: Mapping[str, Mapping[str, Any]]
) -> tuple[StepEntry, ...]:
    return tuple(_entry(path, step) for path, step in these.items() if path not in others)


def _entry(path: str, step: Mapping[str, Any]) -> StepEntry:
    kind = next(kind for kind in KINDS if kind in step)
    what = step[kind] if kind in ("uses", "call") else ""
    return StepEntry(path, kind, what, tuple(_sources(step)))


def _changed(
    old: Mapping[str, Mapping[str, Any]], new: Mapping[str, Mapping[str, Any]]
) -> Iterator[StepChange]:
    for path, step in new.items():
        if path not in old or same_text(old[path]) == same_text(step):
            continue
        lost, gained = set(_sources(old[path])), set(_sources(step))
        plain = all(isinstance(need, str) for each in (old[path], step) for need in _needs(each))
        ignored = {"needs"} if plain else set()
        one, other = (
            {key: value for key, value in each.items() if key not in ignored}
            for each in (old[path], step)
        )
        yield StepChange(
            path,
            tuple(_changes(one, other, ())),
            tuple(sorted(gained - lost)),
            tuple(sorted(lost - gained)),
        )


def _edges(steps: Mapping[str, Mapping[str, Any]]) -> set[EdgeEntry]:
    return {EdgeEntry(path, source) for path, step in steps.items() for source in _sources(step)}


def _needs(step: Mapping[str, Any]) -> list[Any]:
    needs: list[Any] = step.get("needs", [])
    return needs


def _sources(step: Mapping[str, Any]) -> Iterator[str]:
    for need in _needs(step):
        if isinstance(need, str):
            yield need
        else:
            yield from next(edges for edges in need.values() if isinstance(edges, list))


def _own(data: Mapping[str, Any]) -> dict[str, Any]:
    apart = ("steps", "ends", "guarantees")
    return {key: value for key, value in data.items() if key not in apart}


def _workflow_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    yield from _changes(_own(old), _own(new), ())
    yield from _in_pairs(dict(old.get("ends", ())), dict(new.get("ends", ())), ("ends",))
    before, after = old.get("guarantees", []), new.get("guarantees", [])
    if before != after and Counter(before) == Counter(after):
        yield Change(("guarantees",), before, after)


def _changes(old: Any, new: Any, path: Path) -> Iterator[Change]:
    """The innermost values that differ."""
    if same_text(old) == same_text(new):
        return
    if path == ("switch",) and isinstance(old, list) and isinstance(new, list):
        yield from _in_pairs(dict(old), dict(new), path)
    elif isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys((*old, *new)):
            yield from _member(old, new, key, path)
    else:
        yield Change(path, old, new)


def _in_pairs(old: dict[str, Any], new: dict[str, Any], path: Path) -> Iterator[Change]:
    """Cases and ends: they are told by their names, and their order counts."""
    before, after = [key for key in old if key in new], [key for key in new if key in old]
    if before != after:
        yield Change(path, list(old), list(new))
    for key in dict.fromkeys((*old, *new)):
        yield from _member(old, new, key, path)


def _member(old: dict[str, Any], new: dict[str, Any], key: str, path: Path) -> Iterator[Change]:
    if key in old and key in new:
        yield from _changes(old[key], new[key], (*path, key))
    else:
        yield Change((*path, key), old.get(key, ABSENT), new.get(key, ABSENT))


def _without_each_other(
    old: Iterable[str], new: Iterable[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    before, after = Counter(old), Counter(new)
    return tuple((before - after).elements()), tuple((after - before).elements())


def _renamings(names: Mapping[Path, str]) -> Iterator[Renaming]:
    for path, new in names.items():
        around = "".join(f"{step}/" for step in path[1:-2:3])
        yield Renaming(f"{around}{path[-1]}", f"{around}{new}")

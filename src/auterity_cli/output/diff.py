"""A difference as items for people, and as JSON for programs. The JSON's form is versioned apart from the model's."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct

from auterity_cli.pairing import Pair
from auterity_sdk.checks.changes import Changes
from auterity_sdk.diagnostics import Diagnostic, SourceMap
from auterity_sdk.workflow.difference import ABSENT, Change, StepChange, StepEntry

FORMAT = "auterity-diff-1"
"""Changed when a field is removed or gets another meaning; new fields may come at any time."""

_WIDEST = 100
_BEFORE = 20


class Quoted(Struct, frozen=True):
    """Text that comes from a file: it is shown, and never obeyed."""

    text: str


class Item(Struct, frozen=True):
    """One thing that differs. `sign` is `+` come, `-` gone, `~` changed, `±` renamed; `words` are ours or `Quoted`."""

    sign: str
    words: tuple[str | Quoted, ...]
    inner: tuple[Item, ...] = ()


def items(changes: Changes) -> Iterator[Item]:
    """All that differs: steps, the workflow's own keys, guarantees, findings."""
    found = changes.difference
    for name in found.renamed:
        yield Item("±", ("step", Quoted(name.old), "is now", Quoted(name.new)))
    yield from (_step("-", entry) for entry in found.removed)
    yield from (_step("+", entry) for entry in found.added)
    yield from (_changed(entry) for entry in found.changed)
    yield from (_change(change) for change in found.changes)
    yield from (Item("-", ("guarantee", Quoted(text))) for text in found.guarantees_lost)
    yield from (Item("+", ("guarantee", Quoted(text))) for text in found.guarantees_gained)
    for sign, source, findings in (
        ("-", changes.old_source, changes.findings_removed),
        ("+", changes.new_source, changes.findings_added),
    ):
        yield from (_finding(sign, source, each) for each in findings)


def _step(sign: str, entry: StepEntry) -> Item:
    verbs = {"uses": "uses", "call": "calls"}
    what = (verbs[entry.kind], Quoted(entry.what)) if entry.what else (f"({entry.kind})",)
    inner = tuple(Item(sign, ("needs", Quoted(edge))) for edge in entry.needs)
    return Item(sign, ("step", Quoted(entry.path), *what), inner)


def _changed(entry: StepChange) -> Item:
    inner = [Item("-", ("needs", Quoted(edge))) for edge in entry.edges_removed]
    inner += [Item("+", ("needs", Quoted(edge))) for edge in entry.edges_added]
    inner += [_change(change) for change in entry.changes]
    return Item("~", ("step", Quoted(entry.path)), tuple(inner))


def _change(change: Change) -> Item:
    path = Quoted(".".join(map(str, change.path)))
    if change.old is ABSENT:
        return Item("+", (path, "is", Quoted(_cut(_text(change.new), 0))))
    if change.new is ABSENT:
        return Item("-", (path, "was", Quoted(_cut(_text(change.old), 0))))
    old, new = _text(change.old), _text(change.new)
    first = max(0, _same(old, new) - _BEFORE) if max(len(old), len(new)) > _WIDEST else 0
    return Item("~", (path, "was", Quoted(_cut(old, first)), "is", Quoted(_cut(new, first))))


def _same(old: str, new: str) -> int:
    """How many characters both begin with."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(old), len(new)))


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _cut(text: str, first: int) -> str:
    """A part of a long text, so chosen that what differs is in it."""
    last = first + _WIDEST
    return ("…" if first else "") + text[first:last] + ("…" if last < len(text) else "")


def _finding(sign: str, source: SourceMap, found: Diagnostic) -> Item:
    span = source.span(found.location)
    head = Quoted(f"{found.severity.value}[{found.code} {found.name}]")
    place = Quoted(f"{span.file}:{span.line}:{span.column}")
    return Item(sign, (head, Quoted(found.message), "at", place))


def dumps(pairs: Iterable[Pair]) -> str:
    """All that differs. A key that was not written is left out of a change."""
    found = [_pair(pair) for pair in pairs]
    changed = any(each["status"] != "same" for each in found)
    return json.dumps({"format": FORMAT, "changed": changed, "workflows": found}, indent=2)


def _pair(pair: Pair) -> dict[str, Any]:
    changes = pair.changes
    if changes is None:
        return {"name": pair.name, "status": "added" if pair.added else "removed"}
    status = "changed" if pair.differs else "same"
    return {"name": pair.name, "status": status, **difference_data(changes)}


def difference_data(changes: Changes) -> dict[str, Any]:
    """What differs in one workflow that both sides have."""
    found = changes.difference
    return {
        "old_version": found.old_version,
        "new_version": found.new_version,
        "steps": {
            "added": [_entry_data(entry) for entry in found.added],
            "removed": [_entry_data(entry) for entry in found.removed],
            "renamed": [{"old": name.old, "new": name.new} for name in found.renamed],
            "changed": [
                {"step": entry.path, "changes": [_change_data(each) for each in entry.changes]}
                for entry in found.changed
            ],
        },
        "edges": {
            "added": [{"from": edge.source, "to": edge.target} for edge in found.edges_added],
            "removed": [{"from": edge.source, "to": edge.target} for edge in found.edges_removed],
        },
        "changes": [_change_data(change) for change in found.changes],
        "guarantees": {
            "lost": list(found.guarantees_lost),
            "gained": list(found.guarantees_gained),
        },
        "findings": {
            "added": _findings_data(changes.new_source, changes.findings_added),
            "removed": _findings_data(changes.old_source, changes.findings_removed),
        },
    }


def _entry_data(entry: StepEntry) -> dict[str, Any]:
    data = {"step": entry.path, "kind": entry.kind, "needs": list(entry.needs)}
    return {**data, entry.kind: entry.what} if entry.what else data


def _change_data(change: Change) -> dict[str, Any]:
    sides = {"old": change.old, "new": change.new}
    written = {side: value for side, value in sides.items() if value is not ABSENT}
    return {"path": list(change.path), **written}


def _findings_data(source: SourceMap, found: Iterable[Diagnostic]) -> list[dict[str, Any]]:
    return [
        {
            "code": each.code,
            "name": each.name,
            "severity": each.severity.value,
            "message": each.message,
            "file": source.span(each.location).file,
            "line": source.span(each.location).line,
            "column": source.span(each.location).column,
        }
        for each in found
    ]

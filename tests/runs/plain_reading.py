"""What the plain model reads in a workflow's text: joins, outcomes, names, lengths of time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

KINDS = ("uses", "switch", "approve", "receive", "wait", "for_each", "repeat", "call", "watch")
PICKS = {"pick": ("left", "right", "timeout"), "do": ("ok",), "once": ("ok",)}
"""The outcomes of the step types."""

ONCE = "once"
"""The step type whose attempts may not be made again."""

PLAIN = re.compile(r"\b(s\d+)\.n\b")
ASIDE = re.compile(r"\b(s\d+)\.\?n|outcome\.\?(s\d+)")
UNITS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


@dataclass
class Join:
    """Edges of which some or all must be met. `taken` are those that were when it was."""

    kind: str
    edges: list[str]
    count: int = 1
    cancel_rest: bool = False
    of_end: bool = False
    taken: tuple[str, ...] | None = None

    @property
    def is_selective(self) -> bool:
        return self.kind in ("one", "first", "at_least")


def kind_of(spec: dict[str, Any]) -> str:
    return next(kind for kind in KINDS if kind in spec)


def body_of(spec: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = spec[kind_of(spec)]
    return found


def length_of(text: str) -> int:
    """A duration with one unit, in milliseconds."""
    found = re.fullmatch(r"(\d+)(ms|s|m|h|d)", text)
    assert found, text
    return int(found[1]) * UNITS[found[2]]


def outcomes_of(spec: dict[str, Any]) -> tuple[str, ...]:
    """A step's own outcomes."""
    kind = kind_of(spec)
    options = spec[kind]
    late = ("timeout",) if isinstance(options, dict) and "timeout" in options else ()
    match kind:
        case "uses":
            return PICKS[options]
        case "switch":
            return tuple(options)
        case "approve":
            return ("approved", "rejected", *(() if "default" in options else late))
        case "receive":
            return ("received", *late)
        case "for_each":
            return ("ok", "exhausted") if "first" in options else ("ok",)
        case "repeat":
            return ("ok", "exhausted")
        case "watch":
            return ("kept", "breached")
    return ("ok",)


def watch_of(spec: dict[str, Any]) -> tuple[list[str], int, str]:
    """What a `watch` waits for, its limit, and what begins it."""
    found = re.fullmatch(r"one of \[(.*)\] within (\w+) of (\S+)", spec["watch"])
    assert found, spec
    return found[1].split(", "), length_of(found[2]), found[3]


def edge_in_full(edge: str) -> str:
    return edge if "." in edge else f"{edge}.ok"


def needs_of(spec: dict[str, Any], graph: Iterable[str]) -> list[Join]:
    """What a step needs; without `needs`, each step of its graph that it plainly reads must be `ok`."""
    if "needs" in spec:
        return joins_of(spec["needs"])
    found = set(PLAIN.findall(str(own_text(spec)))) & set(graph)
    return [Join("all", [edge_in_full(name)]) for name in sorted(found)]


def joins_of(needs: Any) -> list[Join]:
    wanted = needs if isinstance(needs, list) else [needs]
    return [one_join(need) for need in wanted]


def one_join(need: Any) -> Join:
    if isinstance(need, str):
        return Join("all", [edge_in_full(need)])
    kind = next(kind for kind in ("any", "one", "first", "at_least") if kind in need)
    edges = need["of"] if kind == "at_least" else need[kind]
    count = need["at_least"] if kind == "at_least" else 1
    return Join(kind, [edge_in_full(edge) for edge in edges], count, need.get("cancel_rest", False))


def ends_of(ends: dict[str, Any] | None) -> dict[str, list[Join]]:
    found = {name: joins_of(needs) for name, needs in (ends or {}).items()}
    for joins in found.values():
        for join in joins:
            join.of_end = True
    return found


def edges_of(join: Join) -> list[tuple[str, str]]:
    return [(edge.split(".")[0], edge.split(".")[1]) for edge in join.edges]


def own_text(spec: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in spec.items() if key not in ("needs", "compensate")}


def ids_within(spec: dict[str, Any]) -> Iterator[str]:
    options = spec[kind_of(spec)]
    for name, inner in (options.get("steps", {}) if isinstance(options, dict) else {}).items():
        yield name
        yield from ids_within(inner)


def ids_read(spec: dict[str, Any]) -> set[str]:
    """The steps that a step's expressions read; what a body reads of its own steps is not among them."""
    text = str(own_text(spec))
    found = set(PLAIN.findall(text)) | {a or b for a, b in ASIDE.findall(text)}
    return found - set(ids_within(spec))


def named_outcomes(steps: dict[str, Any], ends: dict[str, Any], text: str) -> set[str]:
    """Outcomes that are named, as `a.left`. `a.failed!` says that a failure is handled: only edges and ends do that.

    `text` is the whole workflow's: `outcome.a` may be read within a body.
    """
    specs = {name: step.spec for name, step in steps.items()}
    joins = [join for spec in specs.values() for join in needs_of(spec, specs)]
    joins += [join for end in ends.values() for join in joins_of(end)]
    edges = [edge for join in joins for edge in edges_of(join)]
    found = set()
    for name, outcome in edges:
        every = (*outcomes_of(specs[name]), "failed")  # `done` alone names no uncertain end
        for each in every if outcome == "done" else (outcome,):
            found.add(f"{name}.failed!" if each == "failed" else f"{name}.{each}")
    for name in re.findall(r"outcome\.\?(s\d+)", text):
        if name in specs:
            found |= {f"{name}.{outcome}" for outcome in (*outcomes_of(specs[name]), "uncertain")}
    return found


def topological(steps: dict[str, Any]) -> list[str]:
    """The order in which one transition looks at steps: after all that they need or read, ties by id."""
    before = {
        name: {edge for join in needs_of(spec, steps) for edge, _ in edges_of(join)}
        | (ids_read(spec) & set(steps))
        | ({watch_of(spec)[2].partition(".")[0]} & set(steps) if "watch" in spec else set())
        for name, spec in steps.items()
    }
    order: list[str] = []
    while len(order) < len(steps):
        ready = [name for name in steps if name not in order and before[name] <= set(order)]
        order.append(min(ready))
    return order

"""Soundness: exact, held against the engine; large graphs; mutants of sound workflows."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from random import Random
from typing import Any

import pytest

from auterity_sdk.checks.soundness.decide import decide_orderly
from auterity_sdk.checks.soundness.verdict import Verdict
from tests.checks.soundness_fuzz import (
    Engine,
    Seen,
    decided,
    differences,
    graph,
    replayed,
    unnamed_outcomes,
)


@pytest.mark.parametrize("part", range(10))
def test_random_graphs_agree_with_every_run_of_the_engine(part: int) -> None:
    for data, seen in small_graphs(100_000 * (part + 1), 50):
        assert list(differences(data, seen)) == [], data


def small_graphs(seed: int, count: int) -> Iterator[tuple[dict[str, Any], Seen]]:
    """Random graphs of which the engine can try every run in a short time."""
    while count:
        data = graph(seed)
        seed += 1
        seen = Engine(data, most=150).every_run()
        if seen is not None:
            count -= 1
            yield data, seen


def test_mutants_of_sound_graphs_are_found_when_the_engine_shows_them_broken() -> None:
    mutants = broken = 0
    seed = 7_000_000
    while mutants < 300:
        for data, seen in small_graphs(seed, 1):
            if not seen.defects and is_sound(decided(data)):
                for mutant in mutated(data, Random(seed)):
                    seen_there = Engine(mutant, most=150).every_run()
                    if seen_there is not None:
                        mutants += 1
                        broken += bool(seen_there.defects)
                        assert list(differences(mutant, seen_there)) == [], mutant
        seed += 1
    assert mutants // 10 < broken < mutants


def is_sound(verdict: Verdict) -> bool:
    return not (verdict.decision.faults or unnamed_outcomes(verdict))


def mutated(data: dict[str, Any], random: Random) -> Iterator[dict[str, Any]]:
    """The workflow with an edge dropped, one led elsewhere, and the kind of a join changed."""
    names = list(data["steps"])
    for change in (drop, retarget, swap):
        for step in [name for name, step in data["steps"].items() if "needs" in step][:4]:
            mutant = deepcopy(data)
            needs = mutant["steps"][step]["needs"]
            needs = mutant["steps"][step]["needs"] = needs if isinstance(needs, list) else [needs]
            if change(needs, random, names[: names.index(step)]):
                yield mutant


def edges_in(need: Any) -> list[str] | None:
    return (
        next((v for v in need.values() if isinstance(v, list)), None)
        if isinstance(need, dict)
        else None
    )


def drop(needs: list[Any], random: Random, earlier: list[str]) -> bool:
    joined = [
        edges
        for need in needs
        if (edges := edges_in(need)) and len(edges) > 2 and "at_least" not in need
    ]
    if joined:
        random.choice(joined).pop()
    elif len(needs) > 1:
        needs.pop()
    return bool(joined) or len(needs) > 1


def retarget(needs: list[Any], random: Random, earlier: list[str]) -> bool:
    at = random.randrange(len(needs))
    edge = f"{random.choice(earlier)}.done" if earlier else ""
    if edge and isinstance(needs[at], str):
        needs[at] = edge
    elif edge and edge not in (edges := edges_in(needs[at]) or []):
        edges[0] = edge
    return bool(edge)


def swap(needs: list[Any], random: Random, earlier: list[str]) -> bool:
    for at, need in enumerate(needs):
        edges = edges_in(need)
        if edges:
            kind = random.choice([kind for kind in ("any", "one", "first") if kind not in need])
            needs[at] = {kind: edges}
            return True
    return False


def diamonds(count: int) -> dict[str, Any]:
    steps: dict[str, Any] = {}
    for at in range(count):
        before = {"needs": f"join{at - 1}"} if at else {}
        steps[f"way{at}"] = {**before, "uses": "pick"}
        steps[f"left{at}"] = {"needs": f"way{at}.left", "uses": "do"}
        steps[f"right{at}"] = {"needs": f"way{at}.right", "uses": "do"}
        steps[f"join{at}"] = {"needs": {"one": [f"left{at}", f"right{at}"]}, "uses": "do"}
    return {
        "auterity": 1,
        "name": "diamonds",
        "steps": steps,
        "ends": {"over": f"join{count - 1}"},
    }


def test_24_diamonds_in_a_row_are_sound() -> None:
    decision = decided(diamonds(24)).decision
    assert (dict(decision.faults), decision.never, decision.undecided) == ({}, frozenset(), "")


def test_a_conflict_behind_24_diamonds_is_found_and_replays() -> None:
    data = diamonds(24)
    data["steps"]["join23"]["needs"]["one"][0] = "way23.done"
    ((fault, run),) = decided(data).decision.faults.items()
    assert (fault.kind, fault.step) == ("conflict", "join23")
    assert replayed(Engine(data), run) == ("join_conflict", "join23")


@pytest.mark.parametrize("seed", range(6))
def test_200_steps_with_60_choices_and_20_joins_are_decided(seed: int) -> None:
    data = large(Random(seed))
    decision = decided(data).decision
    assert decision.undecided == ""
    engine = Engine(data)
    for fault, run in decision.faults.items():
        kind = {"conflict": "join_conflict", "no_end": "no_end"}[fault.kind]
        assert replayed(engine, run) == (kind, fault.step)


def large(random: Random, steps: int = 200) -> dict[str, Any]:
    choices, joins = set(random.sample(range(steps), 60)), set(random.sample(range(10, steps), 20))
    made: dict[str, Any] = {}
    edges: list[str] = []
    for at in range(steps):
        step: dict[str, Any] = {"uses": "pick" if at in choices else "do"}
        if at in joins:
            step["needs"] = join(random, sorted(set(random.choices(edges[-16:], k=3))))
        elif at > 3:
            step["needs"] = random.choice(edges[-16:])
        made[f"s{at}"] = step
        edges += [f"s{at}.{o}" for o in (("left", "right") if at in choices else ("ok",))]
    return {"auterity": 1, "name": "large", "steps": made, "ends": {"all": {"any": edges}}}


def join(random: Random, edges: list[str]) -> Any:
    kinds = [{"any": edges}, {"first": edges}, {"one": edges}, {"at_least": 1, "of": edges}]
    return random.choice([*kinds, edges])


def test_a_conflict_that_comes_just_before_an_error_is_found() -> None:
    """Only where `ask` ends last: if it ends first, the error in the condition of `after` ends the run."""
    asked = "1 / input.c0 == 1"
    steps = {
        "way": {"switch": {"left": asked, "right": "else"}},
        "ask": {"needs": "way.done", "approve": {"role": "gm"}},
        "mend": {"needs": "way.failed", "uses": "do"},
        "both": {"needs": {"one": ["ask.rejected", "mend"]}, "uses": "do"},
        "after": {"needs": "ask.rejected", "when": asked, "uses": "do"},
        "last": {"needs": {"any": ["ask.approved", "way.left", "way.right"]}, "uses": "do"},
    }
    data = {"auterity": 1, "name": "late", "input": {"c0": "integer"}, "steps": steps}
    seen = Engine(data).every_run()
    assert seen is not None
    assert seen.defects == {("join_conflict", "both")}
    assert list(differences(data, seen)) == []


def test_a_bound_that_is_met_is_said() -> None:
    verdict = decided(pigeons(7))
    assert decide_orderly(verdict.model, (), frozenset(), budget=1).undecided


def pigeons(holes: int) -> dict[str, Any]:
    """Hard for a search: each of so many steps, and one more, would need an outcome of its own."""
    every = range(holes + 1)
    steps: dict[str, Any] = {}
    for pigeon in every:
        for hole in range(holes):
            steps[f"p{pigeon}h{hole}"] = {"uses": "pick"}
        steps[f"sits{pigeon}"] = {
            "uses": "do",
            "needs": {"any": [f"p{pigeon}h{hole}.left" for hole in range(holes)]},
        }
    for hole in range(holes):
        crowd = [f"p{pigeon}h{hole}.left" for pigeon in every]
        steps[f"crowd{hole}"] = {"uses": "do", "needs": {"at_least": 2, "of": crowd}}
    steps["room"] = {
        "uses": "do",
        "needs": [*(f"sits{pigeon}" for pigeon in every)],
    }
    every_end = {f"crowded{hole}": f"crowd{hole}" for hole in range(holes)}
    missing = {
        f"missing{pigeon}": {
            "at_least": holes,
            "of": [f"p{pigeon}h{hole}.right" for hole in range(holes)],
        }
        for pigeon in every
    }
    return {"auterity": 1, "name": "pigeons", "steps": steps, "ends": {**every_end, **missing}}

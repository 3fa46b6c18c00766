"""Random graphs: what is decided of their guarantees, held against every run that the engine makes of them."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from .every_run import Engine, decided, drawn, drawn_guarantees, holds, orders, renamed, shown

GRAPHS = 300
CANCELLING = 100
EACH = 8
MANY = 100_000


def compared(
    seeds: Iterator[int], count: int, *, cancels: bool = False
) -> Iterator[tuple[int, str, str, str]]:
    """(seed, guarantee, verdict, difference) of so many graphs whose runs are few and without mistakes."""
    while count:
        seed = next(seeds)
        random = Random(seed)
        data = drawn(random, random.randint(2, 5), cancels=cancels)
        journals = Engine(data, most=300).journals()
        if journals is None:
            continue
        count -= 1
        data["guarantees"] = drawn_guarantees(random, data, EACH)
        engine = Engine(data, MANY)
        for verdict in decided(engine):
            text = engine.workflow.guarantees[verdict.index]
            kept = holds(text, journals, engine.graph)
            if kept and engine.used and verdict.kind == "refuted":
                kept = kept_in_every_order(random, data, text)
            difference = ""
            if (verdict.kind == "proved") != kept:
                difference = f"the engine says {kept}: {verdict.note}"
            elif verdict.example is not None and not engine.used:
                replayed = shown(engine, text, verdict.example)
                difference = "" if replayed else f"is not replayed: {verdict.note}"
            yield seed, text, verdict.kind, difference


def kept_in_every_order(random: Random, data: Mapping[str, Any], text: str) -> bool:
    """What comes at the moment of a failure comes before it by some ids, and not by others."""
    few = [*orders(random)]
    own = sorted(data["steps"])
    every = (
        {**few[0], **dict(zip(own, chosen, strict=True))} for chosen in itertools.permutations(own)
    )
    for ids in itertools.chain(few, every):
        other = Engine(renamed(data, ids), MANY)
        journals = other.journals()
        (again,) = renamed({text: 0}, ids)
        if journals is not None and not holds(again, journals, other.graph):
            return False
    return True


def test_each_verdict_is_that_of_every_run() -> None:
    found = [*compared(itertools.count(1), GRAPHS)]
    assert [each for each in found if each[3]] == []
    verdicts = Counter(verdict for _, _, verdict, _ in found)
    assert verdicts["proved"] > 500
    assert verdicts["refuted"] > 500
    assert len(verdicts) == 2


def test_so_is_each_that_is_decided_where_joins_cancel_the_rest() -> None:
    found = [*compared(itertools.count(1), CANCELLING, cancels=True)]
    assert [each for each in found if each[3] and each[2] != "undecided"] == []
    verdicts = Counter(verdict for _, _, verdict, _ in found)
    assert verdicts["proved"] > 200
    assert verdicts["refuted"] > 200
    assert verdicts["undecided"] < 20

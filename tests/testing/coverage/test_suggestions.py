"""The choices that reach an element, held against every run that the engine can make of random graphs."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

import pytest

from auterity_sdk.checks.check import check_workflow
from auterity_sdk.checks.soundness.decide import MOST_IN_A_TABLE
from auterity_sdk.checks.soundness.model import Model
from auterity_sdk.checks.soundness.ways import Aim, ways
from auterity_sdk.runs import commands as c
from auterity_sdk.runs.decide import decide
from auterity_sdk.runs.events import Event, ScopeStopping, StepEnded
from auterity_sdk.runs.state import RunState
from auterity_sdk.testing.coverage.elements import Element, elements
from auterity_sdk.testing.coverage.exercised import Exercised
from auterity_sdk.testing.coverage.suggestions import suggestions
from auterity_sdk.workflow.model import load
from tests.checks import soundness_fuzz as fuzz
from tests.checks.test_soundness import large

Ended = tuple[frozenset[Element], Mapping[str, str]]
"""What a run exercised, and how its steps ended."""


class EveryRun(fuzz.Engine):
    """Every run of a graph, whatever it has in common with others."""

    def journals(self, most: int) -> list[list[Event]] | None:
        """None where there are more moments than so many, or a defect."""
        found: list[list[Event]] = []
        for values in itertools.product(fuzz.ANSWERS, repeat=len(self.used)):
            answers = dict.fromkeys(fuzz.INPUTS, False)
            answers |= dict(zip(self.used, values, strict=True))
            given = {name: fuzz.ANSWERS[answer] for name, answer in answers.items()}
            waiting: list[tuple[tuple[str, str], ...]] = [()]
            while waiting:
                moves = waiting.pop()
                state, journal = self.record(given, moves)
                if len(found) > most or fuzz.defect_in(journal) is not None:
                    return None
                found.append(journal)
                if not fuzz.over(state):
                    for step in fuzz.running(state):
                        waiting.extend((*moves, (step.id, way)) for way in fuzz.ways(step))
        return found

    def record(
        self, given: Mapping[str, int], moves: tuple[tuple[str, str], ...]
    ) -> tuple[RunState, list[Event]]:
        state = RunState(self.plan)
        journal = [*decide(self.plan, state, c.Start(0, given), "r")]
        for at, (step, outcome) in enumerate(moves, 1):
            journal += decide(self.plan, state, fuzz.ended(state, step, outcome, at))
        return state, journal


def small(seed: int, count: int) -> Iterator[tuple[dict[str, Any], list[list[Event]]]]:
    while count:
        data = fuzz.graph(seed)
        seed += 1
        if len(data["steps"]) <= 7:
            journals = EveryRun(data).journals(400)
            if journals is not None:
                count -= 1
                yield data, journals


def before_it_stops(journal: list[Event]) -> list[Event]:
    """Without what stops with the whole graph: of that nothing is told."""
    stops = [at for at, event in enumerate(journal) if isinstance(event, ScopeStopping)]
    first = stops[0] if stops else len(journal)
    late = (event for event in journal[first:] if not isinstance(event, StepEnded))
    return [*journal[:first], *late]


def outcomes(journal: list[Event]) -> Mapping[str, str]:
    return {event.step: event.outcome for event in journal if isinstance(event, StepEnded)}


@pytest.mark.parametrize("part", range(4))
def test_suggestions_agree_with_every_run_of_the_engine(part: int) -> None:
    reached = impossible = 0
    for data, journals in small(300_000 * (part + 1), 40):
        checked = check_workflow(load(data), fuzz.Nowhere(), fuzz.REGISTRY, rules=())
        assert checked.graph is not None
        runs = [
            (frozenset(Exercised(checked.graph).elements(journal)), outcomes(journal))
            for journal in map(before_it_stops, journals)
        ]
        found = suggestions(checked.subject, elements(checked.graph))
        for element, suggestion in found.items():
            through = [ended for exercised, ended in runs if element in exercised]
            if suggestion.choices is None:
                assert not through, (element.name, data)
                impossible += 1
                continue
            choices = dict(suggestion.choices)
            assert any(choices.items() <= ended.items() for ended in through), (
                element.name,
                suggestion,
                data,
            )
            reached += 1
    assert reached > 100
    assert impossible > 10


def model_of(data: dict[str, Any]) -> Model:
    return fuzz.decided(data).model


@pytest.mark.parametrize("seed", range(3))
def test_choices_of_a_large_graph_are_found_by_a_solver(seed: int) -> None:
    model = model_of(large(Random(seed)))
    assert model.choices > MOST_IN_A_TABLE
    aims = [Aim(step.id, outcome) for step in model.steps.values() for outcome in step.ends]
    found = ways(model, aims)
    assert set(found) == set(aims)
    for aim, choices in found.items():
        if choices is not None:
            assert choices[-1] == (aim.step, aim.outcome) or (aim.step, aim.outcome) in choices

"""`watch` steps in the check: kept and breached are free choices, so nothing that a run shows is called impossible."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

import pytest

from auterity_sdk.runs import commands as c
from auterity_sdk.runs.decide import decide
from auterity_sdk.runs.plan import StepPlan, Watch
from auterity_sdk.runs.state import RunState
from tests.checks.soundness_fuzz import (
    OUTCOMES,
    Defect,
    Drawing,
    Engine,
    decided,
    defect_in,
    defect_of,
    ended,
    unnamed_outcomes,
    ways,
)

WATCHES = 2


class Watched(Drawing):
    """Among the steps are some that watch others. What their breach leads to is drawn as any need is."""

    def workflow(self) -> dict[str, Any]:
        data = super().workflow()
        for at in range(WATCHES):
            early = sorted(self.kinds)[: 1 + self.random.randrange(len(self.kinds))]
            since = self.random.choice(["start", *map(self._name, early)])
            waited = self._name(self.random.choice(sorted(self.kinds)))
            data["steps"][f"w{at}"] = {"watch": f"{waited} within {at + 1}h of {since}"}
            for edge in (f"w{at}.kept", f"w{at}.breached"):
                target = self.random.choice(["step", "end", "none"])
                if target == "end" and "ends" in data:
                    data["ends"][f"x{edge[-3:]}{at}"] = {"any": [edge, self.edge()]}
                elif target == "step":
                    joined = {self.random.choice(["any", "one"]): [edge, self.edge()]}
                    need = edge if self.random.random() < 0.5 else joined
                    data["steps"][f"h{edge[-3:]}{at}"] = {"uses": "do", "needs": [need]}
        return data

    def _name(self, step: str) -> str:
        kind = self.random.choice(["", "." + self.random.choice(OUTCOMES[self.kinds[step]])])
        return f"{step}{kind}"


class WatchedEngine(Engine):
    """A watch that runs may run out of time."""

    def play(self, given: Any, moves: Sequence[tuple[str, str]]) -> tuple[RunState, Defect | None]:
        state = RunState(self.plan)
        found = defect_in(decide(self.plan, state, c.Start(0, given), "r"))
        for at, (step, outcome) in enumerate(moves, 1):
            command = ended(state, step, outcome, at)
            if isinstance(state.place(step)[1].work, Watch):
                run = state.run_of(step)
                assert run is not None
                command = c.TimerDue(run.wake or at)
            found = found or defect_in(decide(self.plan, state, command))
        return state, found


def watched_ways(step: StepPlan) -> Iterator[str]:
    if isinstance(step.work, Watch):
        yield "breached"
    else:
        yield from ways(step)


@pytest.mark.parametrize("part", range(4))
def test_what_a_run_with_a_watch_shows_is_possible_to_the_check(
    part: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.checks.soundness_fuzz.ways", watched_ways)
    compared = breached = 0
    for seed in range(part * 100, part * 100 + 100):
        random = Random(seed)
        data = Watched(random, random.choice([2, 3, 4]), cancels=random.random() < 0.3).workflow()
        engine = WatchedEngine(data, most=300)
        seen = engine.every_run()
        verdict = decided(data) if seen is not None else None
        if seen is None or verdict is None or verdict.decision.undecided:
            continue
        compared += 1
        decision = verdict.decision
        told = [defect_of(fault) for fault in decision.faults]
        if seen.defects:
            assert told or unnamed_outcomes(verdict), (data, seen.defects)
        never = {name for kind, name in decision.never if kind == "step"}
        assert not never & seen.started, data
        assert not {name for kind, name in decision.never if kind == "end"} & seen.ends, data
        breached += any(step in seen.started for step in ("hhed0", "hhed1"))
    assert compared > 30
    assert breached > 5

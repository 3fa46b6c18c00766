"""Random graphs: what the check decides, held against every run that the engine can make of them.

`python -m tests.checks.soundness_fuzz 5000` compares so many; a second argument is the seed to begin with.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, ClassVar

from auterity_sdk.checks.check import check_workflow
from auterity_sdk.checks.soundness.decide import Run
from auterity_sdk.checks.soundness.faults import Fault
from auterity_sdk.checks.soundness.verdict import Verdict
from auterity_sdk.diagnostics import Location, Span
from auterity_sdk.runs import commands as c
from auterity_sdk.runs.compile_plan import compile_plan
from auterity_sdk.runs.decide import decide
from auterity_sdk.runs.events import Event, ScopeStopping, StepEnded
from auterity_sdk.runs.failure import EFFECT_UNKNOWN, Failure
from auterity_sdk.runs.plan import Approve, StepPlan, Uses
from auterity_sdk.runs.state import Phase, RunState, Status
from auterity_sdk.steps.output import Outcome, Output
from auterity_sdk.steps.registry import Registry
from auterity_sdk.steps.step_type import step as step_type
from auterity_sdk.workflow.graph import build_graph
from auterity_sdk.workflow.model import load
from tests.runs.by_hand import do, once


class Pick(Output):
    left: ClassVar[Outcome] = Outcome()
    right: ClassVar[Outcome] = Outcome()
    n: int = 0


@step_type
async def pick(n: int = 0) -> Pick:
    return Pick.left(Pick(n=n))


REGISTRY = Registry().extended([do, pick, once])
OUTCOMES = {
    "do": ("ok",),
    "once": ("ok",),
    "pick": ("left", "right"),
    "route": ("left", "right"),
    "ask": ("approved", "rejected"),
}
INPUTS = ("c0", "c1")
ANSWERS = {False: -1, True: 1, None: 0}
"""What is given for a condition that is false, true, or an error."""
DEFECTS = ("value_absent", "join_conflict", "no_end", "unhandled_outcome")
NAMES = {"absent": "value_absent", "conflict": "join_conflict", "unnamed": "unhandled_outcome"}
Defect = tuple[str, str]
"""The type of the error, and the step where it is (empty for the graph)."""


class Nowhere:
    """Places that no file holds."""

    file = "random"

    def span(self, location: Location) -> Span:
        return Span(self.file, 1, 1, 1, 1)

    def line(self, number: int) -> str:
        return ""


class Drawing:
    """Draws one workflow. `cancels`: joins and ends may cancel the rest."""

    def __init__(self, random: Random, size: int, cancels: bool) -> None:
        self.random = random
        self.cancels = cancels
        self.kinds: dict[str, str] = {}
        self.size = size

    def workflow(self) -> dict[str, Any]:
        steps = {}
        for at in range(self.size):
            name = f"s{at}"
            kind = self.random.choice(["do", "do", "once", "pick", "pick", "route", "ask"])
            steps[name] = self.step(kind)
            self.kinds[name] = kind
        data = {
            "auterity": 1,
            "name": "random",
            "input": dict.fromkeys(INPUTS, "integer"),
            "steps": steps,
        }
        # Most often every outcome is named: else hardly a graph would be sound.
        every = [f"{s}.{o}" for s, kind in self.kinds.items() for o in OUTCOMES[kind]]
        match self.random.choices(["ends", "last", "none"], [5, 3, 1])[0]:
            case "ends":
                some = {f"e{at}": self.need() for at in range(self.random.randint(0, 2))}
                data["ends"] = some | {"rest": {"any": every}}
            case "last":
                steps["zz"] = {"uses": "do", "needs": {"any": every}}
        return data

    def step(self, kind: str) -> dict[str, Any]:
        chance = self.random.random
        step: dict[str, Any] = {"uses": kind}
        if kind == "route":
            step = {"switch": {"left": self.condition(), "right": "else"}}
        if kind == "ask":
            step = {"approve": {"role": "gm"}}
        if chance() < 0.15:
            step["when"] = self.condition()
        if self.kinds and chance() < 0.85:
            step["needs"] = [self.need() for _ in range(1 + (chance() < 0.25))]
        valued = [name for name, made in self.kinds.items() if made in ("do", "once", "pick")]
        if kind in ("do", "once", "pick") and valued and chance() < 0.3:
            read = self.random.choice(valued)
            plain = chance() < 0.7 and "needs" in step
            step["with"] = {"n": f"${{{read}.n}}" if plain else f"${{{read}.?n.orValue(0)}}"}
        return step

    def condition(self) -> str:
        text = f"1 / input.{self.random.choice(INPUTS)} == 1"
        return text if self.random.random() < 0.6 else f"!({text})"

    def edge(self) -> str:
        step = self.random.choice(sorted(self.kinds))
        own = OUTCOMES[self.kinds[step]]
        usual = self.random.choice(own)
        rare = self.random.choice(["failed", "done", "skipped", "cancelled"])
        if self.kinds[step] == "once" and self.random.random() < 0.5:
            rare = "uncertain"
        return f"{step}.{usual if self.random.random() < 0.8 else rare}"

    def need(self) -> Any:
        several = sorted({self.edge() for _ in range(self.random.randint(2, 3))})
        kind = self.random.choice(["edge", "edge", "any", "one", "first", "at_least"])
        if kind == "edge":
            return self.edge()
        if kind in ("any", "one"):
            return {kind: several}
        join: dict[str, Any] = {"first": several}
        if kind == "at_least":
            join = {"at_least": self.random.randint(1, len(several)), "of": several}
        if self.cancels and self.random.random() < 0.5:
            join["cancel_rest"] = True
        return join


@dataclass
class Seen:
    """What the engine's runs came to."""

    defects: set[Defect] = field(default_factory=set)
    started: set[str] = field(default_factory=set)
    ends: set[str] = field(default_factory=set)
    states: int = 0


class Engine:
    """Every run of a workflow: each combination of outcomes and inputs, in every order of completion."""

    def __init__(self, data: Mapping[str, Any], most: int = 500) -> None:
        workflow = load(dict(data))
        graph = build_graph(workflow, REGISTRY)
        self.plan = compile_plan(workflow, graph, REGISTRY)
        self.used = [name for name in INPUTS if f"input.{name}" in str(data["steps"])]
        self.most = most

    def every_run(self) -> Seen | None:
        """None where there are more states than are worth it."""
        seen = Seen()
        for values in itertools.product(ANSWERS, repeat=len(self.used)):
            answers = dict.fromkeys(INPUTS, False) | dict(zip(self.used, values, strict=True))
            given = {name: ANSWERS[answer] for name, answer in answers.items()}
            if not self._explore(given, seen):
                return None
        return seen

    def _explore(self, given: Mapping[str, int], seen: Seen) -> bool:
        known = set()
        waiting: list[tuple[tuple[str, str], ...]] = [()]
        while waiting:
            moves = waiting.pop()
            state, defect = self.play(given, moves)
            if defect is not None:
                seen.defects.add(defect)
                continue
            note(state, seen)
            key = picture(state)
            if key in known or over(state):
                continue
            known.add(key)
            seen.states += 1
            if seen.states > self.most:
                return False
            for step in running(state):
                waiting.extend((*moves, (step.id, outcome)) for outcome in ways(step))
        return True

    def play(
        self, given: Mapping[str, int], moves: Sequence[tuple[str, str]]
    ) -> tuple[RunState, Defect | None]:
        """The state after steps ended one after another; the first defect on the way."""
        state = RunState(self.plan)
        found = defect_in(decide(self.plan, state, c.Start(0, given), "r"))
        for at, (step, outcome) in enumerate(moves, 1):
            found = found or defect_in(decide(self.plan, state, ended(state, step, outcome, at)))
        return state, found


def ended(state: RunState, step: str, outcome: str, at: int) -> c.Command:
    if outcome in ("failed", "uncertain"):
        error = "bad" if outcome == "failed" else EFFECT_UNKNOWN
        return c.AttemptFailed(at, step, 1, Failure(error, "x"))
    if isinstance(state.place(step)[1].work, Approve):
        return c.ApprovalGiven(at, step, "ann", ("gm",), approved=outcome == "approved")
    return c.AttemptSucceeded(at, step, 1, outcome, {"n": 1})


def ways(step: StepPlan) -> Iterator[str]:
    """How a step that runs may end. A failure that nothing handles is nobody's mistake."""
    yield from sorted(step.outcomes or ())
    if step.handled and not isinstance(step.work, Approve):
        yield "failed"
    if step.uncertain and isinstance(step.work, Uses) and step.work.only_with is not None:
        yield "uncertain"


def running(state: RunState) -> list[StepPlan]:
    return [state.place(path)[1] for path in state.active]


def over(state: RunState) -> bool:
    return state.over or state.scopes[""].phase is not Phase.RUNNING


def defect_in(events: Sequence[Event]) -> Defect | None:
    for event in events:
        error = getattr(event, "error", None)
        if error is not None and error.type in DEFECTS:
            if isinstance(event, StepEnded):
                return error.type, event.step
            if isinstance(event, ScopeStopping):
                return error.type, error.step
    return None


def picture(state: RunState) -> tuple[Any, ...]:
    scope = state.scopes[""]
    runs = tuple((run.status, run.outcome) if run else None for run in scope.runs)
    return runs, tuple(sorted(scope.taken.items()))


def note(state: RunState, seen: Seen) -> None:
    scope = state.scopes[""]
    for step, run in zip(scope.plan.steps, scope.runs, strict=True):
        if run is not None and run.status is not Status.NOT_REACHED:
            seen.started.add(step.id)
    if scope.cause:
        seen.ends |= {state.end} - {""}
        return
    for end in scope.plan.ends:
        met = (scope.plan.joins[join] for join in end.joins)
        if all(
            j.rule.verdict(scope.met[n], scope.unmet[n]).value == "met"
            for n, j in zip(end.joins, met, strict=True)
        ):
            seen.ends.add(end.name)


def decided(data: Mapping[str, Any]) -> Verdict:
    checked = check_workflow(load(dict(data)), Nowhere(), REGISTRY, rules=())
    (found,) = checked.subject.soundness.verdicts
    return found


def defect_of(fault: Fault) -> Defect:
    return NAMES.get(fault.kind, fault.kind), fault.step


def unnamed_outcomes(verdict: Verdict) -> set[str]:
    """What AUT308 tells, of the steps that run."""
    never = verdict.decision.never
    return {
        f"{step.id}.{outcome}"
        for step in verdict.model.steps.values()
        for outcome in step.unnamed
        if ("step", step.id) not in never and ("outcome", f"{step.id}.{outcome}") not in never
    }


def replayed(engine: Engine, run: Run) -> Defect | None:
    """The first defect of a counter-example, played in the engine."""
    given = dict.fromkeys(INPUTS, -1)
    for free, value in run.free.items():
        given[next(name for name in INPUTS if name in str(free.key))] = ANSWERS[value]
    return engine.play(given, run.order)[1]


def differences(data: Mapping[str, Any], seen: Seen) -> Iterator[str]:
    """In what the decision and the engine do not agree, which has `seen` every run."""
    engine = Engine(data)
    verdict = decided(data)
    decision = verdict.decision
    if decision.undecided:
        yield f"not decided: {decision.undecided}"
        return
    told = {
        f: r for f, r in decision.faults.items() if f.kind not in ("starved", "lost", "unnamed")
    }
    unnamed = unnamed_outcomes(verdict)
    if bool(told or unnamed) != bool(seen.defects):
        yield f"found {[defect_of(fault) for fault in told]}, the engine {seen.defects}"
    for fault, run in told.items():
        if defect_of(fault) != (shown := replayed(engine, run)):
            yield f"{defect_of(fault)} is replayed as {shown}: {run}"
    steps = set(verdict.model.steps)
    ends = set(verdict.model.ends)
    unreached = {name for kind, name in decision.never if kind == "step"}
    unmet = {name for kind, name in decision.never if kind == "end"}
    if unreached & seen.started or unmet & seen.ends:
        yield f"reached: {unreached & seen.started}, {unmet & seen.ends}"
    # A step that comes only with an error in a condition is not called unreachable.
    certain = not seen.defects and not any(verdict.model.free.values())
    if certain and (unreached != steps - seen.started or unmet != ends - seen.ends):
        yield f"never {unreached} {unmet}, the engine {steps - seen.started} {ends - seen.ends}"


def graph(seed: int) -> dict[str, Any]:
    """One of the random workflows: most are small, some have up to 14 steps."""
    random = Random(seed)
    size = random.choice([3, 4, 4, 5, 5, 6, 7, 8, 10, 12, 14])
    return Drawing(random, size, cancels=random.random() < CANCELLING).workflow()


CANCELLING = 0.35


def main(count: int, first: int = 0) -> None:
    """Compare so many graphs that are small enough; say how many were sound."""
    compared = broken = wrong = 0
    seeds = itertools.count(first)
    while compared < count:
        data = graph(next(seeds))
        seen = Engine(data).every_run()
        if seen is None:
            continue
        compared += 1
        broken += bool(seen.defects)
        for difference in differences(data, seen):
            wrong += 1
            sys.stdout.write(f"{data}\n{difference}\n")
    sys.stdout.write(f"{compared} graphs, {broken} of them broken, {wrong} differences\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

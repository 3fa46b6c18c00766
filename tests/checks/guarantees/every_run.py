"""Every run of a small workflow, made by the engine, and what the guarantees say of it, read off its journal."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, ClassVar

from auterity_sdk.checks.check import check_workflow
from auterity_sdk.checks.guarantees.account import CounterExample
from auterity_sdk.checks.guarantees.verdict import Verdict
from auterity_sdk.diagnostics import Location, Span
from auterity_sdk.runs import commands as c
from auterity_sdk.runs.compile_plan import compile_plan
from auterity_sdk.runs.decide import decide
from auterity_sdk.runs.events import Event, StepEnded, StepStarted
from auterity_sdk.runs.failure import Failure
from auterity_sdk.runs.state import RunState, Status
from auterity_sdk.steps.output import Outcome, Output
from auterity_sdk.steps.registry import Registry
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.graph import Graph, build_graph
from auterity_sdk.workflow.guarantee import (
    AlwaysWhen,
    Count,
    HowMany,
    Name,
    NeverAfter,
    OnlyAfter,
    parse_guarantee,
)
from auterity_sdk.workflow.model import load
from tests.runs.by_hand import do


class Pick(Output):
    left: ClassVar[Outcome] = Outcome()
    right: ClassVar[Outcome] = Outcome()
    n: int = 0


@step
async def pick(n: int = 0) -> Pick:
    return Pick.left(Pick(n=n))


REGISTRY = Registry().extended([do, pick])
OUTCOMES = {"do": ("ok",), "pick": ("left", "right"), "route": ("hot", "cold")}
INPUTS = ("c0", "c1")
DEFECTS = ("value_absent", "join_conflict", "no_end", "unhandled_outcome")


@dataclass
class Journal:
    """One run: when each thing first happened, as the number of the transition; and whether it ended well."""

    well: bool = False
    when: dict[tuple[str, str | None], int] = field(default_factory=dict)

    def note(self, events: list[Event], number: int, kinds: Mapping[str, str]) -> None:
        for event in events:
            if isinstance(event, StepStarted):
                self.when.setdefault((event.step, None), number)
            if isinstance(event, StepEnded):
                self.when.setdefault((event.step, event.outcome), number)
                self.when.setdefault((event.step, "done"), number)
                if kinds[event.step] == "route":
                    self.when.setdefault((event.step, None), number)

    def of(self, name: Name) -> int | None:
        return self.when.get((name.steps[0], name.outcome)) if name.steps else -1


def drawn(random: Random, size: int, *, cancels: bool = False) -> dict[str, Any]:
    """A workflow; its guarantees are drawn apart. `cancels`: some of its joins and ends cancel the rest."""
    kinds: dict[str, str] = {}
    steps: dict[str, Any] = {}
    for name in random.sample("abcdefgh", size):
        kind = random.choice(["do", "do", "pick", "pick", "route"])
        steps[name] = _step(random, kind, kinds, cancels)
        kinds[name] = kind
    every = [f"{name}.{each}" for name, kind in kinds.items() for each in OUTCOMES[kind]]
    data = {"auterity": 1, "name": "random", "input": dict.fromkeys(INPUTS, "integer")}
    ends = {"rest": {"any": every}}
    if random.random() < 0.3:
        first = {"first": [_edge(random, kinds)], "cancel_rest": True}
        ends = {"first": first if cancels else _edge(random, kinds), **ends}
    return {**data, "steps": steps, "ends": ends}


def _step(random: Random, kind: str, kinds: Mapping[str, str], cancels: bool) -> dict[str, Any]:
    made: dict[str, Any] = {"uses": kind}
    if kind == "route":
        made = {"switch": {"hot": _condition(random), "cold": "else"}}
    elif random.random() < 0.15:
        made["when"] = _condition(random)
    if kinds and random.random() < 0.85:
        made["needs"] = [_need(random, kinds, cancels) for _ in range(1 + (random.random() < 0.25))]
    if kind == "do" and kinds and random.random() < 0.25:
        read = random.choice([*kinds])
        made["with"] = {"text": f"${{outcome.?{read}.orValue('')}}"}
    return made


def _condition(random: Random) -> str:
    return f"1 / input.{random.choice(INPUTS)} == 1"


def _edge(random: Random, kinds: Mapping[str, str]) -> str:
    step = random.choice([*kinds])
    rare = random.choice(["failed", "done", "skipped"])
    return f"{step}.{rare if random.random() < 0.25 else random.choice(OUTCOMES[kinds[step]])}"


def _need(random: Random, kinds: Mapping[str, str], cancels: bool) -> Any:
    several = sorted({_edge(random, kinds) for _ in range(random.randint(2, 3))})
    kind = random.choice(["edge", "edge", "any", "one", "first", "at_least"])
    if kind == "edge":
        return several[0]
    rest = {"cancel_rest": True} if cancels and random.random() < 0.6 else {}
    if kind == "at_least":
        return {"at_least": random.randint(1, len(several)), "of": several, **rest}
    return {kind: several, **(rest if kind == "first" else {})}


def drawn_guarantees(random: Random, data: Mapping[str, Any], count: int) -> list[str]:
    """Of the forms that a run is asked about without its durations."""
    kinds = kinds_of(data)

    def name() -> str:
        step = random.choice([*kinds])
        if random.random() < 0.4:
            return step
        return f"{step}.{random.choice([*OUTCOMES[kinds[step]], 'done'])}"

    def several() -> str:
        if random.random() < 0.75:
            return "start" if random.random() < 0.05 else name()
        return f"one of [{name()}, {name()}]"

    def one() -> str:
        members = ", ".join(name() for _ in range(random.randint(1, 3)))
        condition = f" when {name()}" if random.random() < 0.5 else ""
        return f"{random.choice([*Count])} one of [{members}]{condition}"

    forms = [
        lambda: f"{several()} only after {several()}",
        lambda: f"{several()} never after {several()}",
        lambda: f"always {several()} when {several()}",
        one,
    ]
    return [random.choice(forms)() for _ in range(count)]


def renamed(data: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, Any]:
    """The same workflow with other ids: by them the engine settles in which order things come at one moment."""
    text = re.sub(r"\b[a-h]\b", lambda found: ids[found.group()], json.dumps(data))
    made: dict[str, Any] = json.loads(text)
    return made


def orders(random: Random) -> Iterator[dict[str, str]]:
    """Some ways of giving the ids."""
    letters = "abcdefgh"
    for chosen in (letters, letters[::-1], *(random.sample(letters, 8) for _ in range(4))):
        yield dict(zip(letters, chosen, strict=True))


def kinds_of(data: Mapping[str, Any]) -> dict[str, str]:
    return {n: step.get("uses", "route") for n, step in data["steps"].items()}


class Engine:
    """Runs a workflow in every way."""

    def __init__(self, data: Mapping[str, Any], most: int) -> None:
        self.workflow = load(dict(data))
        self.graph = build_graph(self.workflow, REGISTRY)
        self.plan = compile_plan(self.workflow, self.graph, REGISTRY)
        self.kinds = kinds_of(data)
        self.used = [name for name in INPUTS if f"input.{name}" in str(data["steps"])]
        self.most = most

    def journals(self) -> list[Journal] | None:
        """None where there are too many, or where a run shows a mistake that makes the file refused."""
        found: list[Journal] = []
        for values in itertools.product((0, 1, 2), repeat=len(self.used)):
            given = dict.fromkeys(INPUTS, 1) | dict(zip(self.used, values, strict=True))
            waiting: list[tuple[tuple[str, str], ...]] = [()]
            while waiting:
                moves = waiting.pop()
                state, journal = self.play(given, moves)
                if journal is None or len(found) + len(waiting) > self.most:
                    return None
                active = list(state.active)
                if state.over or not active:
                    found.append(journal)
                waiting.extend((*moves, (s, o)) for s in active for o in self.ways(state, s))
        return found

    def play(
        self, given: Mapping[str, int], moves: tuple[tuple[str, str], ...]
    ) -> tuple[RunState, Journal | None]:
        """The state after steps have ended one after another."""
        state, journal = RunState(self.plan), Journal()
        commands: list[c.Command] = [c.Start(0, given)]
        for number, move in enumerate([("", ""), *moves]):
            command = commands[0] if number == 0 else _ended(*move, number)
            events = decide(self.plan, state, command, "r")
            errors = (getattr(event, "error", None) for event in events)
            if any(error is not None and error.type in DEFECTS for error in errors):
                return state, None
            journal.note(events, number, self.kinds)
        journal.well = state.status == "succeeded"
        return state, journal

    def ways(self, state: RunState, step: str) -> Iterator[str]:
        scope, plan = state.place(step)
        run = scope.runs[plan.index]
        if run is None or run.status is Status.STOPPING:
            yield "cancelled"
        yield from OUTCOMES[self.kinds[step]]
        if plan.handled:
            yield "failed"


def _ended(step: str, outcome: str, at: int) -> c.Command:
    if outcome == "failed":
        return c.AttemptFailed(at, step, 1, Failure("bad", "x"))
    if outcome == "cancelled":
        return c.AttemptStopped(at, step, 1)
    return c.AttemptSucceeded(at, step, 1, outcome, {"n": 1})


def holds(text: str, journals: list[Journal], graph: Graph) -> bool:
    """Whether the guarantee holds on every run."""
    guarantee = parse_guarantee(text)
    match guarantee:
        case OnlyAfter(later, earlier):
            return not any(
                _comes(journal, what) and not any(_after(journal, what, e, graph) for e in earlier)
                for journal in journals
                for what in later
            )
        case NeverAfter(later, earlier):
            return not any(
                _after(journal, what, each, graph)
                for journal in journals
                for what in later
                for each in earlier
            )
        case AlwaysWhen(event, condition):
            return all(
                any(_comes(journal, each) for each in event)
                for journal in journals
                if journal.well and any(_comes(journal, each) for each in condition)
            )
        case HowMany(count, names, condition):
            return all(
                _fits(count, sum(_comes(journal, name) for name in names))
                for journal in journals
                if (journal.well or count is Count.AT_MOST)
                and all(_comes(journal, each) for each in condition)
            )
    raise AssertionError(text)


def _fits(count: Count, found: int) -> bool:
    return {Count.EXACTLY: found == 1, Count.AT_MOST: found <= 1, Count.AT_LEAST: found >= 1}[count]


def _comes(journal: Journal, name: Name) -> bool:
    return journal.of(name) is not None


def _after(journal: Journal, later: Name, earlier: Name, graph: Graph) -> bool:
    """Both happened, in this order; at one moment only the graph itself puts one before the other."""
    last, first = journal.of(later), journal.of(earlier)
    if last is None or first is None:
        return False
    return first < last or (first == last and _leads_to(earlier, later, graph))


def _leads_to(earlier: Name, later: Name, graph: Graph) -> bool:
    if not earlier.steps or not later.steps:
        return bool(later.steps)
    if earlier.steps == later.steps:
        return earlier.outcome is None and later.outcome is not None
    seen, waiting = set(), [later.steps[0]]
    while waiting:
        for before in graph.nodes[waiting.pop()].waits_for():
            if before not in seen:
                seen.add(before)
                waiting.append(before)
    return earlier.steps[0] in seen


def shown(engine: Engine, text: str, example: CounterExample) -> bool:
    """Whether the engine, led by a counter-example, makes a run that breaks the guarantee."""
    given = dict.fromkeys(INPUTS, 1)
    for free, truth in example.free.items():
        name = next(each for each in INPUTS if each in str(free.key))
        given[name] = {True: 1, False: 2, None: 0}[truth]
    moves: tuple[tuple[str, str], ...] = ()
    left = [*example.ended]
    while True:
        state, journal = engine.play(given, moves)
        if journal is not None and not holds(text, [journal], engine.graph):
            return True
        active = [*state.active]
        if not active:
            return False
        next_ = next((move for move in left if move[0] in active), None)
        if next_ is None:
            next_ = active[0], OUTCOMES[engine.kinds[active[0]]][0]
        else:
            left.remove(next_)
        moves = (*moves, next_)


def decided(engine: Engine) -> list[Verdict]:
    """What the check says of the guarantees."""
    checked = check_workflow(engine.workflow, Nowhere(), REGISTRY, rules=())
    return [*checked.subject.guarantees]


class Nowhere:
    """Places that no file holds."""

    file = "random"

    def span(self, location: Location) -> Span:
        return Span(self.file, 1, 1, 1, 1)

    def line(self, number: int) -> str:
        return ""

"""`within`: how long steps take, and when things happen on random graphs, held against the engine's clock."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping
from math import inf
from random import Random
from typing import Any

import pytest

from auterity_sdk.checks.guarantees.durations import bounds
from auterity_sdk.runs import commands as c
from auterity_sdk.runs.decide import decide
from auterity_sdk.runs.state import RunState
from auterity_sdk.workflow.duration import Duration
from auterity_sdk.workflow.graph import build_graph
from tests.runs.by_hand import workflow

from .every_run import INPUTS, OUTCOMES, REGISTRY, Engine, Journal, _ended, decided, drawn

GRAPHS = 150
MINUTE = 60_000


@pytest.mark.parametrize(
    ("step", "outcome", "least", "most"),
    [
        ("wait: 2h", "ok", "2h", "2h"),
        ("wait: {business: 4h}", "ok", "4h", None),
        ("wait: '${duration(input.x)}'", "ok", "0s", None),
        ("receive: {event: e, timeout: 2d}", "received", "0s", "2d"),
        ("receive: {event: e, timeout: 2d}", "timeout", "2d", "2d"),
        ("receive: {event: e}", "received", "0s", None),
        ("approve: {role: x, timeout: 1d, default: rejected}", "rejected", "0s", "1d"),
        ("approve: {role: x}", "approved", "0s", None),
        ("uses: do", "ok", "0s", None),
        ("{uses: do, timeout: 5m}", "failed", "0s", "5m"),
        ("{uses: do, retry: {attempts: 3, initial: 1s, timeout: 10s}}", "ok", "0s", "33s"),
        ("{uses: do, retry: {attempts: 4, initial: 2s, max: 5s, timeout: 1s}}", "ok", "0s", "15s"),
        ("{uses: do, timeout: 20s, retry: {attempts: 3, timeout: 10s}}", "ok", "0s", "20s"),
        ("{uses: do, retry: {attempts: 3}}", "ok", "0s", None),
        ("{uses: do, when: input.x == 1}", "skipped", "0s", "0s"),
        ("switch: {a: else}", "a", "0s", "0s"),
        ("repeat: {steps: {b: {wait: 1h}}, until: 'true', max: 3, every: 5m}", "ok", "0s", "3h10m"),
        ("repeat: {steps: {b: {wait: 1h}}, until: 'true'}", "ok", "0s", None),
        ("{for_each: {in: '[1]', steps: {b: {wait: 1h}}}, timeout: 2h}", "ok", "0s", "2h"),
        ("for_each: {in: '[1]', steps: {b: {wait: 1h}}}", "ok", "0s", None),
    ],
)
def test_how_long_a_step_takes(step: str, outcome: str, least: str, most: str | None) -> None:
    inner = step.removeprefix("{").removesuffix("}") if step.startswith("{") else step
    graph = build_graph(workflow(f"input: {{x: any}}\nsteps: {{a: {{{inner}}}}}"), REGISTRY)
    longest = inf if most is None else Duration.parse(most).milliseconds
    assert bounds(graph.nodes["a"], outcome) == (Duration.parse(least).milliseconds, longest)


def timed(random: Random, size: int) -> dict[str, Any]:
    """A random graph in which every step that takes time has a bound, or takes a known time."""
    data = drawn(random, size)
    for step in data["steps"].values():
        step.pop("when", None)
        if step.get("uses") == "do" and random.random() < 0.5:
            del step["uses"]
            step.pop("with", None)
            step["wait"] = f"{random.randint(1, 4)}m"
        elif "uses" in step:
            step["timeout"] = f"{random.randint(1, 4)}m"
    return data


def clocked(
    engine: Engine, given: Mapping[str, int], ends: Mapping[str, str], *, longest: bool
) -> Journal:
    """A run on which steps end so, each after its shortest or its longest time. Times are in milliseconds."""
    state, journal, now = RunState(engine.plan), Journal(), 0
    journal.note(decide(engine.plan, state, c.Start(0, given), "r"), 0, engine.kinds)
    due: dict[str, int] = {}
    while state.active:
        for step in state.active:
            waits = engine.kinds[step] == "wait"
            length = bounds(engine.graph.nodes[step], ends.get(step, "ok"))
            due.setdefault(step, now + int(length.most if longest or waits else length.least))
        # What takes all of its timeout ends before a timer finds it late.
        step = min(state.active, key=lambda each: (due[each], engine.kinds[each] == "wait", each))
        now = due[step]
        waits = engine.kinds[step] == "wait"
        command = c.TimerDue(now) if waits else _ended(step, ends[step], now)
        journal.note(decide(engine.plan, state, command), now, engine.kinds)
    journal.well = state.status == "succeeded"
    return journal


def latest(engine: Engine, events: list[str], *, longest: bool) -> float:
    """When the first of the events happens at the latest, on the runs that end well."""
    free = [name for name, kind in engine.kinds.items() if kind in ("do", "pick")]
    ways = [(*OUTCOMES[engine.kinds[name]], "failed") for name in free]
    found = -1.0
    for values in itertools.product((1, 2), repeat=len(INPUTS)):
        for outcomes in itertools.product(*ways):
            given = dict(zip(INPUTS, values, strict=True))
            ends = dict(zip(free, outcomes, strict=True))
            journal = clocked(engine, given, ends, longest=longest)
            if journal.well:
                split = (each.partition(".") for each in events)
                times = [journal.when.get((step, outcome or None)) for step, _, outcome in split]
                found = max(found, min((t for t in times if t is not None), default=-1))
    return found


def test_verdicts_are_those_of_the_engine_s_clock() -> None:
    seeds, kinds, wrong = itertools.count(1), Counter[str](), list[Any]()
    while kinds.total() < GRAPHS:
        random = Random(next(seeds))
        data = timed(random, random.randint(3, 5))
        engine = Engine(data, 1)
        engine.kinds.update({name: "wait" for name, s in data["steps"].items() if "wait" in s})
        if '"one"' in engine.workflow.model_dump_json():
            continue  # two of its edges may be met, which is refused
        first, second = random.choice([*engine.kinds]), random.choice([*engine.kinds])
        events = random.choice([[first], [f"{first}.done"], [first, f"{second}.done"]])
        limit = random.randint(0, 4) * MINUTE
        listed = events[0] if len(events) == 1 else f"one of [{', '.join(events)}]"
        data["guarantees"] = [f"{listed} within {Duration(limit)} of start"]
        (verdict,) = decided(Engine(data, 1))
        least, most = (latest(engine, events, longest=longest) for longest in (False, True))
        expected = "refuted" if least > limit else "late" if most > limit else "proved"
        kinds[expected] += 1
        if verdict.kind != expected:
            wrong.append((data, verdict, least, most))
    assert wrong == []
    assert min(kinds[kind] for kind in ("proved", "late", "refuted")) > 10

"""Random graphs: any order of completion gives the end states that a plain reading of the tables gives."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auterity_sdk.errors import UsageError
from auterity_sdk.runs import commands as c
from auterity_sdk.runs.compile_plan import compile_plan
from auterity_sdk.runs.decide import decide
from auterity_sdk.runs.evolve import evolve
from auterity_sdk.runs.failure import Failure
from auterity_sdk.runs.journal import from_line, to_line
from auterity_sdk.runs.orders import outstanding
from auterity_sdk.runs.plan import Approve
from auterity_sdk.runs.replay import divergence
from auterity_sdk.runs.state import Phase, RunState, Status
from auterity_sdk.workflow.graph import build_graph
from auterity_sdk.workflow.model import Workflow, load
from tests.runs.by_hand import REGISTRY, picture
from tests.workflow.random_workflows import REGISTRY as ALL_KINDS
from tests.workflow.random_workflows import workflows

ENDS = {"do": ("ok", "failed", "skipped"), "pick": ("left", "right", "failed", "skipped")}


@dataclass
class Script:
    """A workflow, and how each of its steps ends if it starts."""

    steps: dict[str, Any]
    ends: dict[str, str]


@st.composite
def scripts(draw: st.DrawFn) -> Script:
    steps: dict[str, Any] = {}
    ends: dict[str, str] = {}
    names = [f"s{number}" for number in range(draw(st.integers(2, 9)))]
    for name in names:
        kind = draw(st.sampled_from(["do", "pick"]))
        ends[name] = draw(st.sampled_from(ENDS[kind]))
        step: dict[str, Any] = {
            "uses": kind,
            "when": "1 > 2" if ends[name] == "skipped" else "1 < 2",
        }
        if steps:
            step["needs"] = draw(needs(steps))
        else:
            del step["when"]
            ends[name] = ENDS[kind][0]
        reads = (
            draw(st.lists(st.sampled_from(sorted(steps)), max_size=2, unique=True)) if steps else []
        )
        added = " + ".join(f"{read}.?n.orValue(0)" for read in reads)
        if added:
            step["with"] = {"n": f"${{{added}}}"}
        steps[name] = step
    # It names every outcome, so that each failure is handled.
    steps["zz"] = {"uses": "do", "needs": {"any": [f"{name}.done" for name in names]}}
    ends["zz"] = "ok"
    return Script(steps, ends)


def needs(steps: dict[str, Any]) -> st.SearchStrategy[Any]:
    edges = [
        f"{name}.{outcome}"
        for name, step in steps.items()
        for outcome in (*ENDS[step["uses"]], "done")
    ]
    several = st.lists(st.sampled_from(edges), min_size=1, max_size=4, unique=True)
    joins = st.one_of(
        st.sampled_from(edges),
        several.map(lambda found: {"any": found}),
        several.map(lambda found: {"first": found}),
        several.flatmap(
            lambda found: st.integers(1, len(found)).map(lambda k: {"at_least": k, "of": found})
        ),
    )
    return st.lists(joins, min_size=1, max_size=3)


def plainly(script: Script) -> dict[str, str]:
    """How each step is settled, read off the tables once everything is: slow and simple."""
    settled: dict[str, str] = {}

    def met(edge: str) -> bool:
        name, _, outcome = edge.partition(".")
        found = settled[name]
        return found != "not reached" and outcome in (found, "done")

    def holds(need: Any) -> bool:
        if isinstance(need, str):
            return met(need)
        edges = need.get("any") or need.get("first") or need.get("of")
        return sum(map(met, edges)) >= need.get("at_least", 1)

    for name, step in script.steps.items():
        wanted = step.get("needs", [])
        groups = wanted if isinstance(wanted, list) else [wanted]
        reached = all(holds(need) for need in groups)
        settled[name] = script.ends[name] if reached else "not reached"
    return settled


def played(script: Script, choose: Any) -> tuple[dict[str, Any], str]:
    """The outcomes and arguments of a run whose attempts end in an order that `choose` makes."""
    workflow = load({"auterity": 1, "name": "random", "steps": script.steps})
    plan = compile_plan(workflow, build_graph(workflow, REGISTRY), REGISTRY)
    state, again = RunState(plan), RunState(plan)
    events = decide(plan, state, c.Start(0, {}), "r")
    now = 0
    while not state.over:
        now += 1
        order = choose(outstanding(state))
        end = script.ends[order.step]
        command: c.Command = c.AttemptSucceeded(now, order.step, 1, end, {"n": 1})
        if end == "failed":
            command = c.AttemptFailed(now, order.step, 1, Failure("bad", "x"))
        events += decide(plan, state, command)
        # Delivered twice, it counts once.
        assert decide(plan, state, command) == []
    for event in events:
        evolve(again, from_line(to_line(event)))
    assert picture(again) == picture(state)
    found = {}
    for step, run in zip(plan.graph.steps, state.scopes[""].runs, strict=True):
        assert run is not None
        ended = run.status is Status.ENDED
        found[step.id] = run.outcome if ended else run.status.value
    return found, state.status


@given(scripts(), st.randoms(use_true_random=False))
@settings(max_examples=150)
def test_any_order_of_completion_ends_alike(script: Script, random: Any) -> None:
    expected = plainly(script)
    for choose in (lambda found: found[0], lambda found: found[-1], random.choice):
        found, status = played(script, choose)
        assert found == expected
        assert status == "succeeded"


def chance(state: RunState, random: Any, now: int) -> c.Command:
    """One thing that might happen next."""
    orders = outstanding(state)
    jitter = random.random()
    if random.random() < 0.02:
        return c.Cancel(now)
    if orders and random.random() < 0.8:
        order = random.choice(orders)
        attempt = state.active[order.step].attempt
        match random.randrange(4):
            case 0:
                kind = random.choice(["network", "bad_input"])
                error = Failure(kind, "x", kind == "network")
                return c.AttemptFailed(now, order.step, attempt, error, jitter)
            case 1:
                return c.AttemptStopped(now, order.step, attempt, lost=random.random() < 0.5)
            case 2:
                return c.ChildEnded(now, order.step, attempt, "succeeded", "ok", {"n": 1})
            case _:
                outcome = random.choice(["left", "right", "ok"])
                output = {"count": random.randrange(5), "words": "w"}
                return c.AttemptSucceeded(now, order.step, attempt, outcome, output)
    if state.listening and random.random() < 0.3:
        listened = random.choice(list(state.listening.values()))
        return c.OutsideEvent(now, str(now), listened, {"number": 3, "from": "me"}, now)
    waiting = [
        path
        for path, run in state.active.items()
        if run.status is Status.WAITING and isinstance(state.place(path)[1].work, Approve)
    ]
    if waiting and random.random() < 0.5:
        work = state.place(waiting[0])[1].work
        assert isinstance(work, Approve)
        return c.ApprovalGiven(now, waiting[0], f"p{now}", (work.role,), random.random() < 0.8)
    return c.TimerDue(now, jitter)


@given(workflows(hostile=False), st.randoms(use_true_random=False))
@settings(
    max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
def test_whatever_happens_a_run_ends_and_its_journal_is_decided_again(
    workflow: Workflow, random: Any
) -> None:
    graph = build_graph(workflow, ALL_KINDS)
    plan = compile_plan(workflow, graph, ALL_KINDS)
    state, again = RunState(plan), RunState(plan)
    events = decide(
        plan, state, c.Start(0, {"count": 3, "words": "a", "class": 1, "expr": "b"}), "r"
    )
    now = 0
    for number in range(3_000):
        if state.over:
            break
        # Nobody answers for ever: in the end only timers are left, and a cancellation.
        now += random.choice([1, 1000, 3_600_000])
        command: c.Command = chance(state, random, now)
        if number > 2_000:
            orders = outstanding(state)
            command = c.Cancel(now)
            if orders:
                attempt = state.active[orders[0].step].attempt
                command = c.AttemptSucceeded(now, orders[0].step, attempt, "ok", {"count": 1})
        with suppress(UsageError):
            events += decide(plan, state, command)
    assert state.over
    assert not state.active
    assert not state.alarms
    assert all(scope.phase is Phase.ENDED for scope in state.ranked)
    for event in events:
        evolve(again, from_line(to_line(event)))
    assert picture(again) == picture(state)
    assert divergence(plan, events) is None

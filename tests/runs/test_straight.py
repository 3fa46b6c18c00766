"""The short way of the commonest transition brings about what the general machine would, byte for byte."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auterity_sdk.errors import UsageError
from auterity_sdk.runs import commands as c
from auterity_sdk.runs.compile_plan import compile_plan
from auterity_sdk.runs.decide import decide
from auterity_sdk.runs.events import Event
from auterity_sdk.runs.failure import Failure
from auterity_sdk.runs.journal import to_line
from auterity_sdk.runs.orders import new_orders, outstanding
from auterity_sdk.runs.plan import Plan
from auterity_sdk.runs.state import RunState
from auterity_sdk.runs.straight import Straight, straight, straight_start
from auterity_sdk.workflow.graph import build_graph
from auterity_sdk.workflow.model import Workflow, load
from tests.runs.by_hand import REGISTRY, ByHand, picture
from tests.runs.test_random import chance
from tests.workflow.random_workflows import REGISTRY as ALL_KINDS
from tests.workflow.random_workflows import workflows


class Pair:
    """A run that takes the short way where there is one, beside the same run without."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.short, self.general = RunState(plan), RunState(plan)
        self.taken = 0
        self.alone = 0
        self.started = 0

    def give(self, command: c.Command) -> None:
        refused, wanted = False, list[Event]()
        try:
            wanted = decide(self.plan, self.general, command, "r")
        except UsageError:
            refused = True
        found: Straight | None = None
        if isinstance(command, c.AttemptSucceeded):
            found = straight(self.short, command)
        elif isinstance(command, c.Start):
            found = straight_start(self.short, command, "r")
            self.started += found is not None
        if found is None:
            events = list[Event]()
            with suppress(UsageError):
                events = decide(self.plan, self.short, command, "r")
        else:
            assert not refused
            self.taken += not isinstance(command, c.Start)
            events, attempts = found
            if attempts is not None:
                self.alone += not isinstance(command, c.Start)
                assert new_orders(self.general, wanted) == attempts
        assert [to_line(event) for event in events] == [to_line(event) for event in wanted]
        assert picture(self.short) == picture(self.general)


STEP = st.fixed_dictionaries(
    {},
    optional={
        "timeout": st.sampled_from(["5s", "1h", "${duration('1m')}"]),
        "retry": st.sampled_from([{"attempts": 2}, {"timeout": "3s"}]),
        "when": st.sampled_from(["1 < 2", "1 > 2"]),
    },
)
READ = st.sampled_from(["${%s.n}", "${%s.?n.orValue(2) + 1}", "${1 / (%s.n - 1)}"])
ARGUMENT = st.one_of(st.sampled_from([None, 3]), READ)


@st.composite
def chains(draw: st.DrawFn) -> Workflow:
    """Mostly chains: some are joined, some are in loops, arguments and compensations may fail."""
    steps: dict[str, Any] = {}
    names = [f"s{number}" for number in range(draw(st.integers(2, 8)))]
    for number, name in enumerate(names):
        step: dict[str, Any] = {"uses": draw(st.sampled_from(["do", "do", "pick"])), **draw(STEP)}
        if number:
            before = names[number - 1]
            others = [before, f"{before}.done", f"{before}.left", [before, names[0]]]
            step["needs"] = draw(st.sampled_from([before, before, before, *others]))
            argument = draw(ARGUMENT)
            if argument is not None:
                step["with"] = {"n": argument % before if isinstance(argument, str) else argument}
        if draw(st.integers(0, 9)) == 0:
            step["compensate"] = {"uses": "do"}
        steps[name] = step
    made: dict[str, Any] = {"auterity": 1, "name": "chain", "steps": steps}
    if draw(st.booleans()):
        made["steps"] = {
            "loop": {"for_each": {"in": "[1, 2, 3]", "max_parallel": 2, "steps": steps}}
        }
    return load(made)


EDGES = st.sampled_from(["{}", "{}", "{}", "{}.done", "{}.left", "{}.right", "{}.skipped"])
JOINS = st.sampled_from(["all", "any", "any", "one", "first", "at_least"])
CONDITION = st.sampled_from(
    ["1 < 2", "1 > 2", "{}.?n.orValue(0) > 0", "outcome.?{}.orValue('') != 'skipped'", "{}.n > 0"]
)


def needs(draw: st.DrawFn, names: list[str]) -> Any:
    chosen = draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))
    edges = list(dict.fromkeys(draw(EDGES).format(name) for name in chosen))
    match draw(JOINS):
        case "all":
            return edges
        case "at_least":
            return {"at_least": draw(st.integers(1, len(edges))), "of": edges}
        case kind:
            cancels = kind == "first" and draw(st.booleans())
            return {kind: edges, **({"cancel_rest": True} if cancels else {})}


@st.composite
def routes(draw: st.DrawFn) -> Workflow:
    """Lead routing, more or less: switches, conditions and joins of every kind; some in a loop, some with ends."""
    steps: dict[str, Any] = {}
    for number in range(draw(st.integers(3, 10))):
        names = list(steps)
        giving = st.sampled_from([name for name in names if "uses" in steps[name]] or ["s0"])
        step: dict[str, Any] = {"uses": draw(st.sampled_from(["do", "do", "pick", "once"]))}
        if names and draw(st.integers(0, 2)) == 0:
            case = draw(CONDITION).format(draw(giving))
            step = {"switch": {"left": case, "right": draw(st.sampled_from(["else", "1 < 2"]))}}
        elif names and draw(st.booleans()):
            step["with"] = {"n": draw(READ) % draw(giving)}
        if names and draw(st.integers(0, 9)):
            step["needs"] = needs(draw, names)
        if names and draw(st.integers(0, 3)) == 0:
            step["when"] = draw(CONDITION).format(draw(giving))
        steps[f"s{number}"] = step
    made: dict[str, Any] = {"auterity": 1, "name": "route", "steps": steps}
    if draw(st.integers(0, 3)) == 0:
        made["steps"] = {"loop": {"for_each": {"in": "[1, 2]", "steps": steps}}}
    elif draw(st.booleans()):
        made["ends"] = {
            "one": needs(draw, list(steps)),
            "rest": {"any": [f"{s}.done" for s in steps]},
        }
    return load(made)


def next_command(state: RunState, random: Any, now: int) -> c.Command:
    orders = outstanding(state)
    if not orders or random.random() < 0.05:
        return c.TimerDue(now)
    path = random.choice(orders).step
    attempt = state.active[path].attempt
    if random.random() < 0.1:
        return c.AttemptFailed(now, path, attempt, Failure("network", "x", True), 1.0)
    if random.random() < 0.05:
        return c.Cancel(now)
    outcome = "ok" if random.random() < 0.9 else random.choice(["left", "right", "failed"])
    return c.AttemptSucceeded(now, path, attempt, outcome, {"n": random.randrange(3)})


@given(chains(), st.randoms(use_true_random=False))
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
def test_chains_go_alike(workflow: Workflow, random: Any) -> None:
    pair = Pair(compile_plan(workflow, build_graph(workflow, REGISTRY), REGISTRY))
    pair.give(c.Start(0, {}))
    for number in range(1, 200):
        if pair.general.over:
            break
        pair.give(next_command(pair.general, random, number * random.choice([1, 1000])))


@given(routes(), st.randoms(use_true_random=False))
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
def test_routes_go_alike(workflow: Workflow, random: Any) -> None:
    pair = Pair(compile_plan(workflow, build_graph(workflow, REGISTRY), REGISTRY))
    pair.give(c.Start(0, {}))
    for number in range(1, 100):
        if pair.general.over:
            break
        pair.give(next_command(pair.general, random, number * 1000))


@given(workflows(hostile=False), st.randoms(use_true_random=False))
@settings(
    max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
def test_every_kind_of_step_goes_alike(workflow: Workflow, random: Any) -> None:
    pair = Pair(compile_plan(workflow, build_graph(workflow, ALL_KINDS), ALL_KINDS))
    pair.give(c.Start(0, {"count": 3, "words": "a", "class": 1, "expr": "b"}))
    now = 0
    for _ in range(300):
        if pair.general.over:
            break
        now += random.choice([1, 1000, 3_600_000])
        pair.give(chance(pair.general, random, now))


def play(text: str) -> Pair:
    """A run of which each attempt ends well at once."""
    pair = Pair(ByHand(text).plan)
    pair.give(c.Start(0, {}))
    now = 0
    while not pair.general.over:
        now += 1
        for order in outstanding(pair.general):
            pair.give(c.AttemptSucceeded(now, order.step, 1, "ok", {"n": now}))
    assert pair.general.status == "succeeded"
    return pair


def test_the_short_way_is_taken() -> None:
    """By chains, by joins of all, in loops; with what each step reads of the one before."""
    text = """
    steps:
      a: {uses: do}
      b: {needs: a, uses: do, with: {n: "${a.n + 1}"}, timeout: 1h, retry: {timeout: 5s}}
      c: {needs: a, uses: do}
      d: {needs: [b, c], uses: do}
      e: {needs: d, uses: do}
      f: {needs: e, for_each: {in: "[1, 2]", steps: {g: {uses: do}, h: {needs: g, uses: do}}}}
    """
    pair = play(text)
    assert pair.started == 1
    # Behind `e` is a loop; the end of a body, and of the run whose last step is one, is seen by `settle`.
    assert pair.alone == len(["a", "b", "c", "d", "g0", "g1"])
    assert pair.taken == pair.alone + len(["e", "h0", "h1"])


def test_routing_goes_the_short_way() -> None:
    """Over switches, conditions and joins of each kind, and what is never reached."""
    text = """
    steps:
      a: {uses: do}
      tier: {needs: a, switch: {hot: "a.n > 5", warm: "a.n > 0", cold: else}}
      hot: {needs: tier.hot, uses: do}
      warm: {needs: tier.warm, uses: do}
      cold: {needs: tier.cold, uses: do}
      then: {needs: {any: [hot, warm, cold]}, when: "a.n > 100", uses: do}
      one: {needs: {one: [then.skipped, hot]}, uses: do, with: {n: "${a.n}"}}
      two: {needs: {first: [one, cold]}, uses: do}
      last: {needs: {at_least: 1, of: [two, hot]}, when: "outcome.then == 'skipped'", uses: do}
      end: {needs: last.done, uses: do}
    """
    pair = play(text)
    assert pair.started == 1
    # With the end of the run behind the last one.
    assert pair.alone == pair.taken == len(["a", "warm", "one", "two", "last", "end"])

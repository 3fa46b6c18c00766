"""Whether a fact is known at each step of a graph on every way there, for how long at most, and what has ended it.

A forward pass in topological order. At `all` it is enough that one member brings the fact, at `any`, `one`, `first` and
`at_least` every member must; the age at a join is that of the member that may come last.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from msgspec import Struct, field
from msgspec.structs import replace

from auterity_sdk.checks.dataflow.durations import Milliseconds, longest, until_last_round
from auterity_sdk.checks.dataflow.order import Lines, before, certain, exclude_each_other
from auterity_sdk.checks.dataflow.values import Value, applies, argument_value, detail_words
from auterity_sdk.diagnostics import Path
from auterity_sdk.workflow.declaration import Argument, Fact
from auterity_sdk.workflow.demand import INBOUND, INBOUND_LIFETIME, Needed
from auterity_sdk.workflow.graph import Graph, NeedGroup, Node
from auterity_sdk.workflow.guarantee import Name
from auterity_sdk.workflow.needs import Edge
from auterity_sdk.workflow.signature import SKIPPED
from auterity_sdk.workflow.step import ReceiveStep, UsesStep, WatchStep
from auterity_sdk.workflow.watched import within_of


class Held(Struct, frozen=True):
    """The fact is known, given by the step at `giver` at most `age` before; it expires at `lifetime`."""

    giver: Path
    age: Milliseconds = 0
    lifetime: Milliseconds | None = None

    def older(self, by: Milliseconds, where: Path) -> State:
        """The same fact so much later."""
        aged = self.age + by
        if self.lifetime is not None and aged > self.lifetime:
            return Lost("expired", self.giver, where, by)
        return replace(self, age=aged)


class Lost(Struct, frozen=True):
    """The fact is not known. It was never given on the way by `edge`; or it was given by `giver` and has `expired`
    or been `withdrawn` at the step `killer`, which may take `length`."""

    how: str
    giver: Path = ()
    killer: Path = ()
    length: Milliseconds = 0
    edges: tuple[tuple[Path, str], ...] = ()


State = Held | Lost

_LONGEST_WAY = 12
"""How many of the last edges of a counter-example are kept."""

NEVER = Lost("missing")


class Key(Struct, frozen=True):
    """The fact that is looked for, and of which value; None of any."""

    needed: Needed
    subject: Value | None


class Availability(Struct, dict=True):
    """One fact in a graph and all its bodies. `first` is how it stands when the graph starts; `danger` is a step
    around it that may withdraw it at any time."""

    key: Key
    graph: Graph
    first: State = NEVER
    danger: Path = ()
    at: dict[Path, State] = field(default_factory=dict)
    _withdrawers: tuple[str, ...] = ()
    _after: dict[str, State] = field(default_factory=dict)
    _lags: dict[frozenset[str], Mapping[str, Milliseconds]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._withdrawers = tuple(
            node.id for node in self.graph.nodes.values() if _withdraws(node, self.key)
        )
        for step_id in self.graph.order or ():
            node = self.graph.nodes[step_id]
            state = self._unless_withdrawn(node, self._start(node))
            self.at[node.path] = state
            self._after[step_id] = state
            if node.body is not None:
                inner = state
                if isinstance(state, Held):
                    inner = state.older(until_last_round(node), node.path)
                danger = self._withdrawer(node, frozenset())
                self.at.update(Availability(self.key, node.body, inner, danger).at)

    @cached_property
    def _lines(self) -> Lines:
        return Lines(self.graph)

    @cached_property
    def _withdrawing(self) -> int:
        return self._lines.mask(self._withdrawers)

    def _unless_withdrawn(self, node: Node, state: State) -> State:
        """The state, if no step beside the way may have withdrawn the fact since it was given."""
        if not isinstance(state, Held) or not (self._withdrawers or self.danger):
            return state
        at, inside = state.giver[:-1] == (*self.graph.path, "steps"), self.graph.path
        giver = frozenset({str(state.giver[-1])}) if at else frozenset[str]()
        killer = self.danger or self._withdrawer(node, giver, again=bool(inside) and not at)
        return Lost("withdrawn", state.giver, killer) if killer else state

    def _withdrawer(self, node: Node, giver: frozenset[str], *, again: bool = False) -> Path:
        """A step that may come between a giver and a step; `again`: also one behind it, in a round before."""
        if not self._withdrawers:
            return ()
        lines = self._lines
        beside = self._withdrawing & ~lines.mask((node.id,))
        for step_id in giver:
            beside &= ~lines.earlier.get(step_id, 0)
        if not again:
            beside &= ~lines.later[node.id]
        for other in lines.of(beside):
            ways = certain(self.graph, node.id), certain(self.graph, other)
            if not exclude_each_other(*ways):
                return self.graph.nodes[other].path
        return ()

    def _start(self, node: Node) -> State:
        if isinstance(node.step, WatchStep):
            return self._begun(node.step)
        if not node.needs:
            return self._waited(node, self.first, ())
        states = [self._group(group) for group in node.needs]
        held = [
            (state, group)
            for state, group in zip(states, node.needs, strict=True)
            if isinstance(state, Held)
        ]
        if not held:
            return next(
                (s for s in states if isinstance(s, Lost) and s.how != "missing"), states[0]
            )
        aged = [self._waited(node, state, (group,)) for state, group in held]
        best = [state for state in aged if isinstance(state, Held)]
        return min(best, key=lambda state: state.age) if best else aged[0]

    def _begun(self, step: WatchStep) -> State:
        """How the fact stands when a `watch` begins: with the first of several events, so that each must bring it."""
        said = within_of(step)
        states = [self._when(name) for name in (said.since if said else ())]
        lost = [state for state in states if isinstance(state, Lost)]
        if lost:
            return next((state for state in lost if state.how != "expired"), lost[0])
        held = [state for state in states if isinstance(state, Held)]
        return max(held, key=lambda state: state.age, default=NEVER)

    def _when(self, name: Name) -> State:
        """How it stands when something happens."""
        if not name.steps:
            return self.first
        if len(name.steps) == 1 and name.outcome is not None:
            return self._edge(Edge(name.steps[0], name.outcome))
        node = self.graph.nodes.get(name.steps[0])
        state = self._after.get(name.steps[0], NEVER)
        if node is None or len(name.steps) == 1 or not isinstance(state, Held):
            return state
        return state.older(longest(node), node.path)  # some time in the rounds of a loop

    def _waited(self, node: Node, state: State, by: tuple[NeedGroup, ...]) -> State:
        """The state once the slowest of what the step waits for besides has come."""
        if not isinstance(state, Held) or state.lifetime is None:
            return state
        own = frozenset(edge.step for group in by for edge in group.edges)
        others = {name for name in node.waits_for() if name in self._after} - own
        if not others:
            return state
        lags = self._lags_behind(own)
        slowest = max(sorted(others), key=lambda other: lags.get(other, 0.0))
        lag = lags.get(slowest, 0.0)
        return state.older(lag, self.graph.nodes[slowest].path) if lag else state

    def _lags_behind(self, own: frozenset[str]) -> Mapping[str, Milliseconds]:
        """By how much the end of each other step may come after the ends of all `own`."""
        if own not in self._lags:
            lags: dict[str, Milliseconds] = dict.fromkeys(before(self.graph, own), 0.0)
            for step_id in self.graph.order or ():
                if step_id not in lags:
                    node = self.graph.nodes[step_id]
                    found = [lags[name] for name in node.waits_for() if name in lags]
                    lags[step_id] = max(found, default=0.0) + longest(node)
            self._lags[own] = lags
        return self._lags[own]

    def _group(self, group: NeedGroup) -> State:
        states = [(self._edge(edge), edge) for edge in group.edges]
        lost = [(state, edge) for state, edge in states if isinstance(state, Lost)]
        if lost:
            # Where it was never known on one way, it is not enough to check again on another.
            state, edge = next((each for each in lost if each[0].how != "expired"), lost[0])
            return replace(state, edges=(*state.edges, self._place(edge))[-_LONGEST_WAY:])
        held = [state for state, _ in states if isinstance(state, Held)]
        return max(held, key=lambda each: each.age) if held else NEVER

    def _place(self, edge: Edge) -> tuple[Path, str]:
        node = self.graph.nodes.get(edge.step)
        return (node.path if node else (), str(edge))

    def _edge(self, edge: Edge) -> State:
        node = self.graph.nodes.get(edge.step)
        before = self._after.get(edge.step, NEVER)
        if node is None:
            return NEVER
        given = given_by(node, edge.outcome or "ok", self.key)
        if given is not None:
            return given
        if edge.outcome == SKIPPED or not isinstance(before, Held):
            return before
        if _withdrawn(node, edge.outcome or "ok", self.key):
            return Lost("withdrawn", before.giver, node.path)
        return before.older(longest(node), node.path)


def given_by(node: Node, outcome: str, key: Key) -> State | None:
    """The fact as it is known once the step has ended so, if the step gives it: with a `cache`, as old as its result
    may be."""
    if key.needed.fact == INBOUND and isinstance(node.step, ReceiveStep) and outcome == "received":
        return Held(node.path, 0, INBOUND_LIFETIME)
    if node.signature is None or not node.has_value(outcome):
        return None
    for fact in node.signature.declares.gives:
        if _is_it(node, outcome, fact, key) and key.needed.met_by(detail_words(node, fact.details)):
            lifetime = None if fact.lifetime is None else fact.lifetime.milliseconds
            return Held(node.path, 0, lifetime).older(_oldest(node), node.path)
    return None


def _oldest(node: Node) -> Milliseconds:
    """How old the result of a step may be when it ends."""
    cache = node.step.cache if isinstance(node.step, UsesStep) else None
    return 0 if cache is None else cache.age.milliseconds


def _withdraws(node: Node, key: Key) -> bool:
    """Whether a step, or one in its body, may withdraw the fact."""
    inside = (
        [inner for graph in node.body.walk() for inner in graph.nodes.values()] if node.body else []
    )
    return any(
        _withdrawn(each, outcome, key)
        for each in (node, *inside)
        for outcome in each.outcomes or ()
    )


def _withdrawn(node: Node, outcome: str, key: Key) -> bool:
    if node.signature is None:
        return False
    # Of a subject that is not known to be another, the fact is withdrawn too.
    return any(
        fact.name == key.needed.fact
        and (not fact.on or outcome in fact.on)
        and _may_apply(node, fact)
        for fact in node.signature.declares.withdraws
    )


def _may_apply(node: Node, fact: Fact) -> bool:
    for name, words in fact.when.items():
        value = argument_value(node, Argument(name))
        if value is not None and value.literal and value.text not in words:
            return False
    return True


def _is_it(node: Node, outcome: str, fact: Fact, key: Key) -> bool:
    if fact.name != key.needed.fact or (fact.on and outcome not in fact.on):
        return False
    if not applies(node, fact.when):
        return False
    if not key.needed.of_subject or fact.subject is None:
        return True
    return key.subject is not None and argument_value(node, fact.subject) == key.subject


class Facts(Struct):
    """How facts stand in a workflow, each worked out once. `answers`: its runs begin with somebody's asking."""

    graph: Graph
    answers: bool
    _known: dict[Key, Mapping[Path, State]] = field(default_factory=dict)

    def of(self, key: Key) -> Mapping[Path, State]:
        """How a fact stands at the start of every step, bodies included."""
        if key not in self._known:
            first: State = NEVER
            if key.needed.fact == INBOUND and self.answers:
                first = Held((), 0, INBOUND_LIFETIME)
            self._known[key] = Availability(key, self.graph, first).at
        return self._known[key]

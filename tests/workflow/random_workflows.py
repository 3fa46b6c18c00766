"""Random workflows: all kinds of step, joins, bodies in bodies, texts that would like to be code."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from hypothesis import strategies as st

from auterity_sdk.steps.output import Outcome, Output
from auterity_sdk.steps.registry import Registry
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.model import Workflow, load


class Echo(Output):
    count: int
    words: str


class Choice(Output):
    left: ClassVar[Outcome] = Outcome()
    right: ClassVar[Outcome] = Outcome()
    count: int


@step(name="test.echo")
def echo(count: int = 0, words: str = "") -> Echo:
    return Echo(count=count, words=words)


@step(name="test.pick")
async def pick(count: int = 0, words: str = "") -> Choice:
    output = Choice(count=count)
    return Choice.left(output) if count % 2 else Choice.right(output)


REGISTRY = Registry().extended([echo, pick])
"""The step types that random workflows use: `test.echo` (ok) and `test.pick` (left, right)."""

HOSTILE = (
    "it's",
    'say "hi"',
    '"""',
    "'''",
    "\\",
    "\\n",
    "line\nline\r\ttab",
    "Zoë 🚗 \u202e\u2028",
    "${",
    "$${",
    "$$${ }",
    "costs $",
    "$",
    "{}%s",
    "'); import os; ('",
    "\x00\x1b[31m",
    "#",
    "else",
    "None",
)
"""Texts that break careless writing."""

_WORDS = (
    "a",
    "b2",
    "lead_1",
    "text",
    "call",
    "wait",
    "edge",
    "class",
    "None",
    "list",
    "x_",
    "expr",
    "_y",
    "Lead",
)
_IDS = st.sampled_from(_WORDS) | st.from_regex(r"[a-z][a-z0-9_]{0,6}", fullmatch=True)
_RESERVED = frozenset(
    [
        "as",
        "break",
        "const",
        "continue",
        "else",
        "false",
        "for",
        "function",
        "if",
        "import",
        "in",
        "let",
        "loop",
        "namespace",
        "null",
        "package",
        "return",
        "true",
        "var",
        "void",
        "while",
        "int",
        "uint",
        "double",
        "bool",
        "string",
        "bytes",
        "list",
        "map",
        "type",
        "any",
        "dyn",
        "duration",
        "timestamp",
        "input",
        "run",
        "secrets",
        "connections",
        "outcome",
        "event",
        "item",
        "index",
        "previous",
    ]
)
_TEXT = st.sampled_from(HOSTILE) | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_DURATIONS = st.sampled_from(["5s", "1m", "2h30m", "3d", "250ms"])


@dataclass
class _Made:
    """A step that later ones may name: its outcomes, and the fields that its value has."""

    outcomes: tuple[str, ...]
    fields: tuple[str, ...] = ()
    plain: bool = False


@dataclass
class _Graph:
    """What a graph has so far. `around` are the ids and names that must not be hidden."""

    around: frozenset[str]
    reads: tuple[str, ...]
    made: dict[str, _Made] = field(default_factory=dict)
    depth: int = 0


class _Drawing:
    """Draws one workflow's parts; each method draws a part of the file."""

    def __init__(self, draw: Any, hostile: bool) -> None:
        self.draw = draw
        self.hostile = hostile

    def text(self) -> str:
        """Text without expressions, as the file writes it."""
        if not self.hostile:
            return str(self.draw(st.sampled_from(["hello", "call back", "x"])))
        return str(self.draw(_TEXT)).replace("${", "$${")

    def steps(self, graph: _Graph, most: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for _ in range(self.draw(st.integers(1, most))):
            step_id = self.draw(_IDS.filter(lambda word: self._usable(word, graph)))
            found[step_id], graph.made[step_id] = self.step(graph)
        return found

    def _usable(self, word: str, graph: _Graph) -> bool:
        return word not in _RESERVED | graph.around and word not in graph.made

    def step(self, graph: _Graph) -> tuple[dict[str, Any], _Made]:
        needs = self.draw(st.none() | self.needs(graph)) if graph.made else None
        # Beside `needs`, only what is there on every path may be read plainly.
        ready = [
            f"{name}.{known}"
            for name, made in graph.made.items()
            for known in made.fields
            if "ok" in made.outcomes and (needs is None or name in _ok_edges(needs))
        ]
        kinds = ["echo", "pick", "switch", "approve", "receive", "wait", "call"]
        kinds += ["for_each", "repeat"] if graph.depth < 2 else []
        kinds += ["watch"] if graph.made else []
        kind = self.draw(st.sampled_from(kinds))
        if kind == "watch":
            return self._watch(graph)
        data, made = getattr(self, f"_{kind}")(graph, [*graph.reads, *ready])
        if needs is not None:
            data["needs"] = needs
        if self.draw(st.integers(0, 5)) == 0:
            data["description"] = self.text()
        if self.draw(st.integers(0, 5)) == 0:
            data["when"] = self.condition([*graph.reads, *ready])
        return data, made

    def needs(self, graph: _Graph) -> st.SearchStrategy[Any]:
        edges = [
            f"{name}.{outcome}"
            for name, made in graph.made.items()
            for outcome in (*made.outcomes, "failed", "skipped", "cancelled", "done")
        ]
        edges += [name for name, made in graph.made.items() if "ok" in made.outcomes]
        several = st.lists(st.sampled_from(edges), min_size=1, max_size=3, unique_by=_full)
        join = st.one_of(
            several.map(lambda members: {"any": members}),
            several.map(lambda members: {"one": members}),
            st.tuples(several, st.booleans()).map(_first),
            st.tuples(several, st.booleans()).map(_at_least),
        )
        one = st.sampled_from(edges) | join
        return one | st.lists(one, min_size=1, max_size=3, unique_by=_need_key)

    def condition(self, reads: list[str]) -> str:
        left, right = self.draw(st.sampled_from(reads)), self.draw(st.integers(0, 9))
        if left.endswith("words"):
            return f"{left} == 'a'"
        operator = self.draw(st.sampled_from(["==", "<", ">=", "!="]))
        shape = self.draw(st.sampled_from(["{0}", "!({0})", "({0}) || false", "{0} && true"]))
        return str(shape.format(f"{left} {operator} {right}"))

    def arguments(self, reads: list[str]) -> dict[str, Any]:
        read = self.draw(st.sampled_from(reads))
        words = [self.text(), f"{self.text()} ${{{read}}} {self.text()}", f"${{string({read})}}"]
        numbers = [read for read in reads if not read.endswith("words")]
        count: Any = self.draw(st.integers(-5, 99))
        if numbers and self.draw(st.booleans()):
            count = f"${{{self.draw(st.sampled_from(numbers))}}}"
        return {"count": count, "words": self.draw(st.sampled_from(words))}

    def budget(self) -> dict[str, Any]:
        asks = {"when_over": "pause", "role": self.text() or "gm", "timeout": "2d"}
        rest = self.draw(st.sampled_from([{}, {"when_over": "warn"}, asks]))
        return {"usd": self.draw(st.sampled_from([0.5, 12.0])), "tokens": 900, **rest}

    def _echo(self, graph: _Graph, reads: list[str]) -> tuple[dict[str, Any], _Made]:
        data: dict[str, Any] = {"uses": "test.echo", "with": self.arguments(reads)}
        if self.draw(st.integers(0, 3)) == 0:
            data |= {"retry": {"attempts": 4, "initial": "1s"}, "timeout": self.draw(_DURATIONS)}
            data |= {"queue": self.text() or "q", "lock": f"string({reads[0]})"}
            data |= {"compensate": {"uses": "test.echo", "with": {"count": 1}, "timeout": "5s"}}
            data |= {"budget": self.budget()}
            data |= {"cache": {"key": "string(input.count)", "age": "1d"}}
        return data, _Made(("ok",), ("count", "words"))

    def _pick(self, graph: _Graph, reads: list[str]) -> tuple[dict[str, Any], _Made]:
        return {"uses": "test.pick", "with": self.arguments(reads)}, _Made(
            ("left", "right"), ("count",)
        )

    def _switch(self, graph: _Graph, reads: list[str]) -> tuple[dict[str, Any], _Made]:
        names = self.draw(
            st.lists(st.sampled_from(["hot", "warm", "class", "self"]), min_size=1, unique=True)
        )
        cases = {name: self.condition(reads) for name in names} | {"cold": "else"}
        return {"switch": cases}, _Made(tuple(cases))

    def _approve(self, graph: _Graph, reads: list[str]) -> tuple[dict[str, Any], _Made]:
        approve: dict[str, Any] = {"role": self.text() or "gm", "timeout": self.draw(_DURATIONS)}
        if self.draw(st.booleans()):
            approve |= {"title": self.text(), "form": {"price": "number"}, "quorum": 2}
            approve |= {"remind": {"every": "1h"}, "exclude": "requester"}
        return {"approve": approve}, _Made(("approved", "rejected", "timeout"))

    def _receive(self, graph: _Graph, reads: list[str]) -> tuple[dict[str, Any], _Made]:
        receive = {"event": self.text() or "e", "timeout": self.draw(_DURATIONS)}
        receive["match"] = f"event.number == {self.draw(st.sampled_from(reads))}"
        return {"receive": receive}, _Made(("received", "timeout"))

    def _wait(self, graph: _Graph, reads: list[str]) -> tuple[dict[str, Any], _Made]:
        times: list[Any] = ["2d", "2026-01-02T03:04:05Z", {"business": "4h", "calendar": "sales"}]
        times.append("${days(input.count)}")
        return {"wait": self.draw(st.sampled_from(times))}, _Made(("ok",))

    def _watch(self, graph: _Graph) -> tuple[dict[str, Any], _Made]:
        names = st.sampled_from(
            list(graph.made)
            + [f"{name}.{each}" for name, made in graph.made.items() for each in made.outcomes]
        )
        event, since = self.draw(names), self.draw(names | st.just("start"))
        sentence = f"one of [{event}, {self.draw(names)}] within {self.draw(_DURATIONS)} of {since}"
        return {"watch": sentence}, _Made(("kept", "breached"))

    def _call(self, graph: _Graph, reads: list[str]) -> tuple[dict[str, Any], _Made]:
        return {"call": "child-flow", "with": self.arguments(reads)}, _Made(("ok",))

    def _for_each(self, graph: _Graph, reads: list[str]) -> tuple[dict[str, Any], _Made]:
        as_ = f"each{graph.depth}" if graph.depth or self.draw(st.booleans()) else None
        bound = (as_, f"{as_}_index") if as_ else ("item", "index")
        body = self._inner(graph, bound, [*reads, bound[1]])
        loop: dict[str, Any] = {"in": "[1, 2, 3]", **({"as": as_} if as_ else {}), **body}
        if self.draw(st.booleans()):
            loop |= {"first": 1, "where": f"{bound[1]} > 0", "max_parallel": 2}
            return {"for_each": loop}, _Made(("ok", "exhausted"))
        loop |= self.draw(st.sampled_from([{}, {"until_failures": "20%"}, {"until_failures": 2}]))
        return {"for_each": loop}, _Made(("ok",))

    def _repeat(self, graph: _Graph, reads: list[str]) -> tuple[dict[str, Any], _Made]:
        as_ = f"round{graph.depth}" if graph.depth or self.draw(st.booleans()) else None
        bound = (f"{as_}_index", f"{as_}_previous") if as_ else ("index", "previous")
        body = self._inner(graph, bound, [*reads, bound[0]])
        loop = {**({"as": as_} if as_ else {}), **body, "until": f"{bound[0]} >= 2", "max": 4}
        loop |= self.draw(st.sampled_from([{}, {"every": "5m"}]))
        return {"repeat": loop}, _Made(("ok", "exhausted"))

    def _inner(self, graph: _Graph, bound: tuple[str, ...], reads: list[str]) -> dict[str, Any]:
        around = graph.around | graph.made.keys() | set(bound)
        inner = _Graph(frozenset(around), tuple(reads), depth=graph.depth + 1)
        steps = self.steps(inner, 3)
        # Bodies beside one another may have the same ids, but no later step outside may have one of theirs.
        graph.around = graph.around | inner.around | inner.made.keys()
        output = self.draw(st.none() | st.just({"round": self.text(), "at": f"${{{bound[0]}}}"}))
        return {"steps": steps, **({} if output is None else {"output": output})}


def _ok_edges(needs: Any) -> set[str]:
    listed = needs if isinstance(needs, list) else [needs]
    return {need.removesuffix(".ok") for need in listed if isinstance(need, str)}


def _full(edge: str) -> str:
    return edge if "." in edge else f"{edge}.ok"


def _need_key(need: Any) -> str:
    return _full(need) if isinstance(need, str) else repr(need)


def _first(pair: tuple[list[str], bool]) -> dict[str, Any]:
    return {"first": pair[0], **({"cancel_rest": True} if pair[1] else {})}


def _at_least(pair: tuple[list[str], bool]) -> dict[str, Any]:
    return {"at_least": len(pair[0]), "of": pair[0], **({"cancel_rest": True} if pair[1] else {})}


@st.composite
def workflows(draw: Any, *, most: int = 6, hostile: bool = True) -> Workflow:
    """A workflow over `REGISTRY`, of at most `most` steps in each graph.

    Acyclic, with edges that exist and plain reads of values that are there; whether its branches can
    meet, or each outcome is handled, is left to chance. `hostile` puts troublesome texts into it.
    """
    drawing = _Drawing(draw, hostile)
    graph = _Graph(frozenset(), ("input.count", "input.words"))
    data: dict[str, Any] = {
        "auterity": 1,
        "name": draw(st.sampled_from(["flow", "lead-response", "class", "text"])),
        "description": drawing.text(),
        "input": {"count": {"type": "integer", "default": 3}, "words": "string"},
        "steps": drawing.steps(graph, most),
        "output": {"text": drawing.text(), "of": "${input.words}"},
    }
    if draw(st.booleans()):
        data["input"] |= {"class": {"type": "number", "minimum": 0}, "expr": "string"}
        data |= {"labels": {"team": drawing.text()}, "timeout": "30d"}
        data |= {"budget": {**drawing.budget(), "per": "day"}}
        data["concurrency"] = {"key": "input.words", "when_full": "reject"}
        data["triggers"] = [{"event": {"type": drawing.text() or "e"}}]
    if draw(st.booleans()):
        data["ends"] = {"over": draw(drawing.needs(graph)), "class": draw(drawing.needs(graph))}
    return load(data)

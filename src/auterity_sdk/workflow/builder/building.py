"""The graph being built: its steps, the `with`s that are open, and what follows for `needs`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from msgspec import Struct, field

from auterity_sdk.expression.references import references
from auterity_sdk.workflow.builder.built_step import BuiltStep
from auterity_sdk.workflow.builder.cel import Cel
from auterity_sdk.workflow.builder.places import Places
from auterity_sdk.workflow.builder.source import CallSite, refuse
from auterity_sdk.workflow.needs import Edge, Need, written

Path = tuple[str | int, ...]


class Frame(Struct):
    """An open `with`: what it needs, the steps that its edges leave, and the steps made inside it."""

    need: Need
    sources: tuple[BuiltStep, ...]
    inside: set[BuiltStep] = field(default_factory=set)
    site: CallSite | None = None


class Graph(Struct, eq=False):
    """A graph of steps: the workflow's own, or that of a body (whose `parent` is the graph around).

    `path` is where the graph's step stands in the workflow's data. `texts` are the expressions read so
    far; `declared` is what `ends`, `until` and `where` said.
    """

    places: Places
    parent: Graph | None = None
    path: Path = ()
    bound: frozenset[str] = frozenset()
    steps: dict[str, dict[str, Any]] = field(default_factory=dict)
    built: dict[str, BuiltStep] = field(default_factory=dict)
    frames: list[Frame] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    declared: dict[str, Any] = field(default_factory=dict)

    def enter(self, frame: Frame) -> None:
        """Open a `with`."""
        for step in frame.sources:
            self.own(step)
        frame.site = self.places.here()
        self.frames.append(frame)

    def leave(self) -> None:
        """Close the innermost `with`."""
        self.frames.pop()

    def own(self, step: BuiltStep) -> None:
        """Refuse an edge of another graph's step."""
        if step.graph is not self:
            raise refuse(
                f"`{step.id}` is a step of another graph",
                "inside a body, `with` names the body's own steps; outside, the body is one step",
            )

    def seen(self, cel: Cel) -> str:
        """The text of an expression in this graph. Refuses values of a body that is closed."""
        for step in cel.steps:
            if not any(step.graph is graph for graph in self.around()):
                raise refuse(
                    f"`{step.id}` is inside a body; outside it only the body's output is seen",
                    "return it from the body's function",
                )
        self.texts.append(cel.text)
        return cel.text

    def around(self) -> Iterator[Graph]:
        """This graph and those around it."""
        graph: Graph | None = self
        while graph is not None:
            yield graph
            graph = graph.parent

    def step_path(self, id: str) -> Path:
        """Where a step of this graph stands in the workflow's data."""
        return (*self.path, "steps", id)

    def check_id(self, id: str, site: CallSite) -> None:
        """Refuse an id that is taken, here or around."""
        for graph in self.around():
            if id in graph.bound:
                raise site.error(
                    f"`{id}` is a name that the body binds", "give the step another id"
                )
            first = graph.built.get(id)
            if first is not None:
                raise site.error(
                    f"there is a step `{id}` already, made in line {first.site.line}",
                    "give one of them another name, or .options(id=…)",
                )

    def add(
        self, step: BuiltStep, data: dict[str, Any], needs: Iterable[Need] | None, read: list[str]
    ) -> None:
        """Add a step. Without `needs` of its own, the `with`s around it are its needs."""
        self.check_id(step.id, step.site)
        resolved = tuple(needs) if needs is not None else self._needs(read)
        if resolved:
            data = {"needs": written(resolved), **data}
        for frame in self.frames:
            frame.inside.add(step)
            self.places.needs(self.step_path(step.id), frame.site)
        self.steps[step.id] = data
        self.built[step.id] = step

    def _needs(self, read: list[str]) -> tuple[Need, ...]:
        if not self.frames:
            return ()
        names = {each.root: None for text in read for each in references(text) if each.plain}
        steps = [self.built[name] for name in names if name in self.built]
        return resolved_needs(self.frames, [step for step in steps if step.has_ok])


def resolved_needs(frames: list[Frame], read: list[BuiltStep]) -> tuple[Need, ...]:
    """The `with`s around a step as its needs: `language.md` section 7.

    One is left out where every edge of a `with` further in leaves a step made inside it; where the step
    reads steps made inside it, their `ok` edges take its place.
    """
    found: dict[Need, None] = {}
    for index, frame in enumerate(frames):
        further_in = frames[index + 1 :]
        if any(frame.inside.issuperset(inner.sources) for inner in further_in):
            continue
        own = [step for step in read if step in frame.inside]
        needs: list[Need] = [Edge(step.id) for step in own] or [frame.need]
        found.update(dict.fromkeys(needs))
    return tuple(found)


_open: ContextVar[Graph | None] = ContextVar("graph", default=None)


def graph_now(what: str) -> Graph:
    """The graph being built. Raises `BuildError` outside of a workflow function."""
    graph = _open.get()
    if graph is None:
        raise refuse(
            f"`{what}` has a meaning inside a workflow function only",
            "put it into a function decorated with @workflow(name=…)",
        )
    return graph


@contextmanager
def opened(graph: Graph) -> Iterator[Graph]:
    """Build `graph` inside the block."""
    token = _open.set(graph)
    try:
        yield graph
    finally:
        _open.reset(token)

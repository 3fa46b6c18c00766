"""What a `with` holds: an outcome of a step, or a join of outcomes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import TracebackType

from auterity_sdk.workflow.builder.building import Frame, graph_now
from auterity_sdk.workflow.builder.built_step import BuiltStep
from auterity_sdk.workflow.builder.source import refuse
from auterity_sdk.workflow.needs import Edge, Join, JoinKind, Need
from auterity_sdk.workflow.signature import OK


class Requirement:
    """What must be met before a step runs. `with requirement:` holds the steps that need it."""

    __slots__ = ()

    def edges(self) -> tuple[OutcomeEdge, ...]:
        """The outcomes that it is made of."""
        raise refuse(f"`{type(self).__name__}` is nothing that a step can need")

    def need(self) -> Need:
        """It as the model holds it."""
        raise refuse(f"`{type(self).__name__}` is nothing that a step can need")

    def __enter__(self) -> None:
        graph = graph_now("with")
        graph.enter(Frame(self.need(), tuple(edge.source_step() for edge in self.edges())))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        graph_now("with").leave()


class OutcomeEdge(Requirement):
    """A step's outcome: `seen.new`."""

    __slots__ = ("name", "step")

    def __init__(self, name: str, step: BuiltStep | None = None) -> None:
        self.name = name
        self.step = step

    def source_step(self) -> BuiltStep:
        """The step that ends so."""
        if self.step is None:
            proposal = f"write `step.{self.name}` with what a call of the step gave"
            raise refuse(f"`{self.name}` is the outcome of no step", proposal)
        return self.step

    def edges(self) -> tuple[OutcomeEdge, ...]:
        """Itself."""
        return (self,)

    def need(self) -> Edge:
        """The edge; `a.ok` is written `a`."""
        return Edge(self.source_step().id, None if self.name == OK else self.name)

    def __bool__(self) -> bool:
        raise refuse(
            f"whether `{self.name}` was met is known in the run only",
            f"write `with step.{self.name}:`, and any_of(…) for several outcomes",
        )

    def __repr__(self) -> str:
        return f"<outcome {self.step.id if self.step else '?'}.{self.name}>"


class JoinOf(Requirement):
    """Several outcomes of which some must be met: what `any_of` and its like give."""

    __slots__ = ("_count", "_edges", "_kind", "cancel_rest")

    def __init__(
        self, kind: JoinKind, edges: Sequence[object], *, count: int = 1, cancel_rest: bool = False
    ) -> None:
        self._kind, self._count, self.cancel_rest = kind, count, cancel_rest
        self._edges = tuple(_edge(edge, kind) for edge in edges)
        if not edges:
            raise refuse(f"a join `{kind.value}` of no outcome", "name at least one outcome")

    def edges(self) -> tuple[OutcomeEdge, ...]:
        """Its members."""
        return self._edges

    def need(self) -> Join:
        """The join."""
        members = tuple(edge.need() for edge in self._edges)
        return Join(self._kind, members, self._count, self.cancel_rest)


def _edge(value: object, kind: JoinKind) -> OutcomeEdge:
    value = edge_of(value)
    if isinstance(value, OutcomeEdge):
        return value
    what = "a join" if isinstance(value, JoinOf) else f"a {type(value).__name__}"
    proposal = (
        "write the joins as one `with` each" if isinstance(value, JoinOf) else "write step.outcome"
    )
    raise refuse(f"a join `{kind.value}` holds outcomes, not {what}", proposal)


class MaybeOutcome:
    """A member of a step whose outcomes are not known: a value, or an outcome where one is needed."""

    __slots__ = ()

    @property
    def __edge__(self) -> OutcomeEdge:
        raise refuse("a value is no outcome")


def edge_of(value: object) -> object:
    """A member that may be an outcome as one; anything else itself."""
    return value.__edge__ if isinstance(value, MaybeOutcome) else value


def any_of(*outcomes: OutcomeEdge) -> JoinOf:
    """Met when at least one outcome is, once every branch that can still come has settled."""
    return JoinOf(JoinKind.ANY, outcomes)


def one_of(*outcomes: OutcomeEdge) -> JoinOf:
    """Met by one outcome; the checker proves that no second can be met."""
    return JoinOf(JoinKind.ONE, outcomes)


def first_of(*outcomes: OutcomeEdge, cancel_rest: bool = False) -> JoinOf:
    """Met as soon as one outcome is. `cancel_rest` then cancels the members' steps that still run."""
    return JoinOf(JoinKind.FIRST, outcomes, cancel_rest=cancel_rest)


def at_least(count: int, *outcomes: OutcomeEdge, cancel_rest: bool = False) -> JoinOf:
    """Met as soon as `count` outcomes are. `cancel_rest` then cancels the members' steps that still run."""
    return JoinOf(JoinKind.AT_LEAST, outcomes, count=count, cancel_rest=cancel_rest)


def needs_of(value: object) -> tuple[Need, ...]:
    """An outcome, a join or a list of these, as the model holds it."""
    return tuple(requirement.need() for requirement in requirements(value))


def requirements(value: object) -> Iterator[Requirement]:
    """The members of an outcome, a join or a list of these."""
    values = value if isinstance(value, list | tuple) else [value]
    for member in map(edge_of, values):
        if not isinstance(member, Requirement):
            raise refuse(
                f"a {type(member).__name__} is no outcome", "write step.outcome, or any_of(…)"
            )
        yield member

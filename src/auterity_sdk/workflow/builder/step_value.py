"""What a call of a step gives: its outcomes and its output's fields, known in the run."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any, NoReturn, Protocol, TypeVar

from auterity_sdk.workflow.builder.built_step import BuiltStep
from auterity_sdk.workflow.builder.cel import Cel, select
from auterity_sdk.workflow.builder.edge import MaybeOutcome, OutcomeEdge
from auterity_sdk.workflow.builder.source import refuse
from auterity_sdk.workflow.builder.symbol import Symbol
from auterity_sdk.workflow.signature import COMMON_OUTCOMES, DONE, OK

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class StepValue(Symbol):
    """A step in a workflow function: `seen.new` is an outcome, `seen.customer_id` a field."""

    __slots__ = ("_step",)
    _step: BuiltStep

    def __init__(self, step: BuiltStep) -> None:
        super().__init__(Cel(step.id, steps=frozenset({step})))
        object.__setattr__(self, "_step", step)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        step = self._step
        if step.has(name) or (step.outcomes is None and name == OK):
            return OutcomeEdge(name, step)
        if step.outcomes is None:
            return UnknownMember(step, name)
        if name == OK:
            raise _no_outcome(step, name)
        return Field(step, name)

    def __enter__(self) -> NoReturn:
        raise refuse(f"`{self._step.id}` is a step, not an outcome", _choices(self._step, ""))


class _Member(Symbol):
    """A member of a step's value."""

    __slots__ = ("_name", "_step")
    _step: BuiltStep
    _name: str

    def __init__(self, step: BuiltStep, name: str) -> None:
        super().__init__(select(Cel(step.id, steps=frozenset({step})), name))
        object.__setattr__(self, "_step", step)
        object.__setattr__(self, "_name", name)

    def __enter__(self) -> NoReturn:
        raise _no_outcome(self._step, self._name)


class Field(_Member):
    """A field of a step's output."""

    __slots__ = ()


class UnknownMember(_Member, MaybeOutcome):
    """A field, or an outcome where one is needed: of a step whose type is not at hand."""

    __slots__ = ()

    @property
    def __edge__(self) -> OutcomeEdge:
        return OutcomeEdge(self._name, self._step)

    def __enter__(self) -> None:  # type: ignore[override]
        self.__edge__.__enter__()

    def __exit__(self, *error: object) -> None:
        self.__edge__.__exit__(None, None, None)


def step_of(value: object) -> BuiltStep:
    """The step that a call gave."""
    if isinstance(value, StepValue):
        return value._step
    raise refuse("this is no step", "pass what the call of a step gave")


def edge(step: object, outcome: str) -> OutcomeEdge:
    """The outcome of a step by its name, for a name that Python does not take after a dot."""
    return OutcomeEdge(outcome, step_of(step))


def _no_outcome(step: BuiltStep, name: str) -> Exception:
    return refuse(f"`{step.id}` has no outcome `{name}`", _choices(step, name))


def _choices(step: BuiltStep, name: str) -> str:
    own = list(step.outcomes or (OK,))
    near = get_close_matches(name, [*own, *COMMON_OUTCOMES, DONE], 1)
    if near:
        return f"did you mean `{step.id}.{near[0]}`?"
    return "write " + " or ".join(f"`{step.id}.{outcome}`" for outcome in own)


class Ended(Protocol):
    """To a type checker: the outcomes that every step has."""

    failed: OutcomeEdge
    skipped: OutcomeEdge
    cancelled: OutcomeEdge
    done: OutcomeEdge


class Waited(Ended, Protocol):
    """To a type checker: a `wait`."""

    ok: OutcomeEdge


class Switched(Ended, Protocol):
    """To a type checker: a `switch`, whose cases are its outcomes; they are checked when the graph is built."""

    def __getattr__(self, case: str) -> OutcomeEdge: ...


class Approval(Ended, Protocol):
    """To a type checker: an `approve`. `approval["price"]` is a field of its form."""

    approved: OutcomeEdge
    rejected: OutcomeEdge
    timeout: OutcomeEdge

    def __getitem__(self, field: str) -> Any: ...


class Received(Ended, Protocol):
    """To a type checker: a `receive`. `reply["body"]` is a field of the event."""

    received: OutcomeEdge
    timeout: OutcomeEdge

    def __getitem__(self, field: str) -> Any: ...


class Watched(Ended, Protocol):
    """To a type checker: a `watch`."""

    kept: OutcomeEdge
    breached: OutcomeEdge


class Child(Ended, Protocol):
    """To a type checker: a `call`. The child's ends are its outcomes; other names are of its output."""

    ok: OutcomeEdge

    def __getattr__(self, name: str) -> Any: ...


class Failure(Protocol):
    """To a type checker: an item of a `for_each` that failed."""

    index: int
    error: Any


class Each(Ended, Protocol[R]):
    """To a type checker: a `for_each`."""

    ok: OutcomeEdge
    exhausted: OutcomeEdge
    failures: list[Failure]

    @property
    def results(self) -> list[R]:
        """The outputs of the items that ended well."""
        ...


class Repeated(Ended, Protocol[R_co]):
    """To a type checker: a `repeat`."""

    ok: OutcomeEdge
    exhausted: OutcomeEdge
    rounds: int

    @property
    def last(self) -> R_co:
        """The output of the last round."""
        ...

"""What the graph and the checks know of a step type: plain data, without its code."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, Literal, Protocol

from msgspec import Struct, field

from auterity_sdk.dealership.calendar import Calendar
from auterity_sdk.workflow.budget import Asked, CallCost
from auterity_sdk.workflow.declaration import NOTHING, Declaration
from auterity_sdk.workflow.model import Workflow
from auterity_sdk.workflow.queue import Queue

JsonSchema = Mapping[str, Any]

OK = "ok"
FAILED = "failed"
SKIPPED = "skipped"
CANCELLED = "cancelled"
UNCERTAIN = "uncertain"
TIMEOUT = "timeout"
DONE = "done"
KEPT = "kept"
BREACHED = "breached"

COMMON_OUTCOMES = (FAILED, SKIPPED, CANCELLED, UNCERTAIN)
"""The outcomes that every step has besides its type's, `uncertain` only where its effect cannot be repeated. `done`
is any of all."""


class Problem(Struct, frozen=True):
    """What is wrong with a literal value: `place` is below the value, `message` says what is expected."""

    place: tuple[str | int, ...]
    message: str


class Fitted(Struct, frozen=True):
    """A value read by the model of its type, defaults filled in; or the value as it was, and its problems."""

    value: Any
    problems: tuple[Problem, ...]


class Parameter(Struct, frozen=True):
    """An argument of a step type. `schema` is a JSON Schema whose `$ref`s point into the signature's `definitions`."""

    schema: JsonSchema
    required: bool = True
    default: Any = None
    description: str = ""


class Shaping(Struct, frozen=True):
    """What an argument, as the file writes it, says of the output (see `workflow.shaping`).

    `fields`: it is a type, or names with a type each, and the output has these fields. `names`: its keys, or its
    items, are the values that the output's `field` can have. `tools`: each of its keys is an outcome, and in it the
    output's `field` has a member of that name with what the tool is given (see `workflow.tools`).
    """

    argument: str
    how: Literal["fields", "names", "tools"]
    field: str = ""


class Asking(Struct, frozen=True):
    """How much an attempt asks of a language model, at the most: so many requests, and tokens of each answer.

    Arguments say who is asked, and how, by the names `connection`, `model`, `max_tokens` (in place of
    `longest_answer`) and `pictures` (a list).
    """

    requests: int
    longest_answer: int


def _nothing_wrong(name: str, value: Any) -> tuple[Problem, ...]:  # noqa: ARG001 - any value will do
    return ()


class Signature(Struct, frozen=True):
    """The typed face of a step type.

    `outcomes` are the type's own (`ok` alone, or names of its own without `ok`). `output` is the JSON Schema
    of an object. `idempotent` says that an attempt may be repeated without a second effect; one of a type that is not is
    all the same, where an argument has one of the values that `idempotent_by` names for it.
    `check_literal(name, value)` judges a value that holds no expression. `declares` is what the type says of its
    effects, facts, duties and data. `beats`: its attempts may give heartbeats. In the outcomes `without_value` there is
    no output to read; `shapings` say which arguments the output's type depends on. `asks` bounds what it asks of a
    model; None of one that asks none, or does not say. `present` are members of the output, by outcome, that are there in
    it, though they need not be in others.
    """

    name: str
    parameters: Mapping[str, Parameter]
    output: JsonSchema
    definitions: Mapping[str, JsonSchema] = field(default_factory=dict)
    outcomes: tuple[str, ...] = (OK,)
    idempotent: bool = True
    idempotent_by: Mapping[str, tuple[str | bool, ...]] = field(default_factory=dict)
    summary: str = ""
    check_literal: Callable[[str, Any], tuple[Problem, ...]] = _nothing_wrong
    declares: Declaration = NOTHING
    beats: bool = False
    without_value: tuple[str, ...] = ()
    shapings: tuple[Shaping, ...] = ()
    asks: Asking | None = None
    present: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)

    @property
    def asks_models(self) -> bool:
        """Whether steps of the type ask a language model, so that a budget bounds them."""
        return any(effect.kind == "llm" for effect in self.declares.effects)


class Catalog(Protocol):
    """Where signatures and named types come from; a registry is one."""

    def signature(self, name: str) -> Signature | None:
        """The signature of a step type, or None where no such type is registered."""
        ...

    def step_type_names(self) -> Collection[str]:
        """The names of all step types, without loading them."""
        ...

    def type_schema(self, name: str) -> JsonSchema | None:
        """The JSON Schema (with its own `$defs`) of a registered type such as `Lead`, or None."""
        ...

    def fitted(self, name: str, value: Any) -> Fitted | None:
        """A value held against the model of a registered type; None where there is no such model."""
        ...

    def called_workflow(self, name: str) -> Workflow | None:
        """The workflow that a `call` names (`name` or `name@version`), or None."""
        ...

    def calendar(self, name: str) -> Calendar | None:
        """The business hours that a `wait` names, or None."""
        ...

    def calendar_names(self) -> Collection[str]:
        """The names of all business hours."""
        ...

    def queue(self, name: str) -> Queue | None:
        """The queue that a step names, with its limits, or None."""
        ...

    def queue_names(self) -> Collection[str]:
        """The names of all queues."""
        ...

    def type_names(self) -> Collection[str]:
        """The names of all registered types."""
        ...

    def call_cost(self, asked: Asked) -> CallCost:
        """What a call of a language model takes at the most, by the connections that there are.

        Raises `ConfigurationError` where there is no such connection.
        """
        ...

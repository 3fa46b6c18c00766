"""The registry: which step types and named types there are, loaded when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from importlib import import_module
from itertools import chain
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from auterity_sdk.ai.language_model import OFFLINE
from auterity_sdk.ai.tokens import most_of_picture
from auterity_sdk.dealership.calendar import Calendar
from auterity_sdk.errors import ConfigurationError
from auterity_sdk.steps.model_schema import schema_of_model
from auterity_sdk.steps.prepared import Prepared
from auterity_sdk.workflow.budget import LONGEST_REQUEST, Asked, CallCost
from auterity_sdk.workflow.called import Called
from auterity_sdk.workflow.canonical import version
from auterity_sdk.workflow.graph import build_graph
from auterity_sdk.workflow.model import Workflow
from auterity_sdk.workflow.queue import Queue
from auterity_sdk.workflow.signature import Fitted, JsonSchema, Problem, Signature

if TYPE_CHECKING:  # a check of a file of built-in step types needs none of what makes one
    from auterity_sdk.steps.declared import DeclaredStepType
    from auterity_sdk.steps.step_type import StepType

Target = str
"""`module:attribute`, imported when it is needed."""


def cost_of_rules(asked: Asked) -> CallCost:
    """What a call of rules on this machine takes."""
    pictures = asked.pictures * most_of_picture(OFFLINE)
    longest = asked.longest_answer
    return CallCost(LONGEST_REQUEST + pictures + longest, 0, OFFLINE, longest)


@dataclass(frozen=True)
class Registry:
    """Names, and where what they name is found. A value: `extended` gives a new one.

    `step_types` and `types` map a name to the thing itself or to its `Target`; `workflows` are those that
    a `call` may name, `calendars` those that a `wait` may, `queues` those that a step may. `prepared` knows of some targets what they say of themselves without importing them.
    `versions` are other versions of workflows by name, which a `call` may name by `name@version`. `call_costs` tells
    what a call of a model takes; rules on this machine take nothing but tokens.
    `declared` are step types that a project says it has, and `declared_types` its named types: they are checked by, and
    only a worker with the project's code carries the steps out.
    Implements the `Catalog` of `workflow.signature`.
    """

    step_types: Mapping[str, Target | StepType[..., Any]] = field(default_factory=dict)
    types: Mapping[str, Target | type[BaseModel]] = field(default_factory=dict)
    workflows: Mapping[str, Workflow] = field(default_factory=dict)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    queues: Mapping[str, Queue] = field(default_factory=dict)
    prepared: Prepared = field(default_factory=Prepared)
    versions: Mapping[str, Sequence[Workflow]] = field(default_factory=dict)
    call_costs: Callable[[Asked], CallCost] = cost_of_rules
    declared: Mapping[str, DeclaredStepType] = field(default_factory=dict)
    declared_types: Mapping[str, JsonSchema] = field(default_factory=dict)
    _pinned: dict[str, Workflow | None] = field(default_factory=dict, init=False, compare=False)

    def extended(
        self,
        step_types: Iterable[StepType[..., Any]] = (),
        types: Iterable[type[BaseModel]] = (),
        workflows: Iterable[Workflow] = (),
    ) -> Registry:
        """This registry and more. Raises `ConfigurationError` for a name that is taken."""
        more = {made.name: made for made in step_types}
        for name in more:
            if name in self.step_types:
                raise ConfigurationError(
                    f"step type `{name}` is registered already",
                    help="give yours another name: @step(name=…)",
                )
        named = {model.__name__: model for model in types}
        children = {workflow.name: workflow for workflow in workflows}
        return replace(
            self,
            step_types={**self.step_types, **more},
            types={**self.types, **named},
            workflows={**self.workflows, **children},
        )

    def step_type(self, name: str) -> StepType[..., Any] | None:
        """The step type of that name, or None where its code is not here."""
        found = self.step_types.get(name)
        return _loaded(found) if isinstance(found, str) else found

    def is_elsewhere(self, name: str) -> bool:
        """Whether a step type is declared and its code is not here."""
        return name in self.declared and name not in self.step_types

    def signature(self, name: str) -> Signature | None:
        """The signature of a step type, or None."""
        found = self.step_types.get(name)
        if found is None:
            declared = self.declared.get(name)
            return None if declared is None else declared.signature
        if not isinstance(found, str):
            return found.signature
        prepared = self.prepared.signature(found, partial(_loaded, found))
        return prepared or _loaded(found).signature

    def step_type_names(self) -> Collection[str]:
        """The names of all step types."""
        return {**self.step_types, **self.declared}.keys()  # in an order that is always the same

    def type_schema(self, name: str) -> JsonSchema | None:
        """The JSON Schema of a registered type, or None."""
        found = self.types.get(name)
        prepared = self.prepared.type_schema(found) if isinstance(found, str) else None
        if prepared is not None:
            return prepared
        model = self._model(name)
        return schema_of_model(model) if model else self.declared_types.get(name)

    def fitted(self, name: str, value: Any) -> Fitted | None:
        """A value of a registered type as its model writes it, or what is wrong with it; None for no such type."""
        model = self._model(name)
        if model is None:
            return None
        try:
            read = model.model_validate(value)
        except ValidationError as error:
            # Pydantic's own text quotes the value, which may be personal data.
            details = error.errors(include_input=False, include_url=False)
            return Fitted(value, tuple(Problem(each["loc"], each["msg"]) for each in details))
        return Fitted(read.model_dump(mode="json", exclude_none=True), ())

    def called_workflow(self, name: str) -> Workflow | None:
        """The workflow that a `call` names, or that version of it; None where it is not known."""
        called = Called.read(name)
        if not called.pinned:
            return self.workflows.get(name)
        if name not in self._pinned:
            self._pinned[name] = self._version(called)
        return self._pinned[name]

    def _version(self, called: Called) -> Workflow | None:
        if not called.is_readable:
            return None
        present = self.workflows.get(called.name)
        known = (() if present is None else (present,), self.versions.get(called.name, ()))
        for workflow in chain.from_iterable(known):
            # A version is one of the text alone: of no step type and no other workflow.
            if called.is_version(version(workflow, build_graph(workflow, Registry()))):
                return workflow
        return None

    def calendar(self, name: str) -> Calendar | None:
        """The business hours of that name, or None."""
        return self.calendars.get(name)

    def calendar_names(self) -> Collection[str]:
        """The names of all business hours."""
        return self.calendars.keys()

    def queue(self, name: str) -> Queue | None:
        """The queue of that name, or None."""
        return self.queues.get(name)

    def queue_names(self) -> Collection[str]:
        """The names of all queues."""
        return self.queues.keys()

    def type_names(self) -> Collection[str]:
        """The names of all registered types."""
        return {**self.types, **self.declared_types}.keys()

    def call_cost(self, asked: Asked) -> CallCost:
        """What a call of a language model takes at the most."""
        return self.call_costs(asked)

    def _model(self, name: str) -> type[BaseModel] | None:
        found = self.types.get(name)
        return _loaded(found) if isinstance(found, str) else found


def _loaded(target: Target) -> Any:
    module, _, attribute = target.partition(":")
    return getattr(import_module(module), attribute)

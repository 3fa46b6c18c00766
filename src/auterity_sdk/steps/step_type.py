"""Step types: `@step` makes a typed, registered unit of work of a function."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import timedelta
from functools import cached_property
from types import CodeType
from typing import (
    Annotated,
    Any,
    Concatenate,
    Generic,
    ParamSpec,
    Protocol,
    TypeVar,
    get_type_hints,
    overload,
)

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    TypeAdapter,
    ValidationError,
    create_model,
    with_config,
)
from pydantic.fields import FieldInfo
from typing_extensions import TypedDict  # Pydantic takes that of `typing` from Python 3.12 on

from auterity_sdk.errors import StepError, UsageError
from auterity_sdk.expression.durations import parse_duration
from auterity_sdk.steps.context import StepContext
from auterity_sdk.steps.model_schema import schemas_of_fields
from auterity_sdk.steps.output import Output, outcomes_of, outcomes_without_value
from auterity_sdk.steps.plain_form import to_plain
from auterity_sdk.workflow.builder.uses import UsesMaker
from auterity_sdk.workflow.declaration import NOTHING, Declaration
from auterity_sdk.workflow.duration import Duration
from auterity_sdk.workflow.shaping import written_outcomes
from auterity_sdk.workflow.signature import (
    Asking,
    JsonSchema,
    Parameter,
    Problem,
    Shaping,
    Signature,
)

P = ParamSpec("P")
R = TypeVar("R")

Idempotent = bool | Mapping[str, tuple[str | bool, ...]]
"""Whether an attempt may be repeated: always, never, or with one of these values of one of these arguments."""


StepResult = tuple[str, dict[str, Any]]
"""How an attempt ended well: its outcome, and its output as plain JSON data."""


class StepType(UsesMaker[P, R], Generic[P, R]):
    """A typed unit of work. `function` is the plain function behind it.

    A call inside a workflow function adds a step to the graph; `.options(…)` takes the keys of a file's step.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        *,
        name: str | None = None,
        idempotent: Idempotent | None = None,
        declares: Declaration = NOTHING,
        shapings: Iterable[Shaping] = (),
        asks: Asking | None = None,
    ) -> None:
        self.function = function
        self.asks = asks
        self.shapings = tuple(shapings)
        self.declares = declares
        self.name = name or function.__name__
        # Who declares an effect and says nothing of the key is not believed to pass it on.
        said = not declares.effects if idempotent is None else idempotent
        self.idempotent = said is True
        self.idempotent_by = dict(said) if isinstance(said, Mapping) else {}
        self.__doc__ = function.__doc__

    def __repr__(self) -> str:
        return f"<step type {self.name}>"

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The outcomes in which a step of this type can end, besides those of every step."""
        return outcomes_of(self.output_model)

    def outcomes_of(self, arguments: Mapping[str, Any]) -> tuple[str, ...]:
        """The outcomes of a step that is given these arguments: some types have one for each tool that it lists."""
        return (*self.outcomes, *written_outcomes(self.shapings, arguments))

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """The parameters in order, without the context."""
        return tuple(self._own_parameters)

    @cached_property
    def is_async(self) -> bool:
        """Whether the function is a coroutine function; another one is run in a thread."""
        return inspect.iscoroutinefunction(self.function)

    @cached_property
    def takes_context(self) -> bool:
        """Whether the first parameter is a `StepContext`."""
        first = next(iter(self._parameters), None)
        return first is not None and self._hints.get(first) is StepContext

    @cached_property
    def is_only_awaited(self) -> bool:
        """Whether its function is given its arguments and awaited, and nothing else."""
        return self.is_async and not self.takes_context

    @cached_property
    def output_model(self) -> type[BaseModel]:
        """The model of the output; an empty one where the function returns None."""
        returned = self._hints.get("return", type(None))
        if returned is type(None):
            return Output
        if isinstance(returned, type) and issubclass(returned, BaseModel):
            return returned
        raise UsageError(
            f"step type `{self.name}` returns {returned!r}",
            help="return None or a class derived from Output",
        )

    @cached_property
    def arguments_model(self) -> type[BaseModel]:
        """A model with one field for each parameter."""
        fields: dict[str, Any] = {}
        for name, parameter in self._own_parameters.items():
            if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
                raise UsageError(
                    f"step type `{self.name}` takes `*{name}`",
                    help="name each parameter: a workflow passes arguments by name",
                )
            default = ... if parameter.default is parameter.empty else parameter.default
            hint = self._hints.get(name, Any)
            if hint in (timedelta, timedelta | None, Duration, Duration | None):
                hint = Annotated[hint, BeforeValidator(_written_duration)]
            fields[name] = (hint, default)
        config = ConfigDict(extra="forbid", arbitrary_types_allowed=True, defer_build=True)
        return create_model(f"{self.function.__name__}_arguments", __config__=config, **fields)

    @cached_property
    def signature(self) -> Signature:
        """The typed face: parameters, output and outcomes as plain data."""
        arguments, definitions = schemas_of_fields(self.arguments_model)
        output = dict(self.output_model.model_json_schema(mode="serialization"))
        definitions |= output.pop("$defs", {})
        return Signature(
            name=self.name,
            parameters={
                name: _parameter(field, arguments[name])
                for name, field in self.arguments_model.model_fields.items()
            },
            output=output,
            definitions=definitions,
            outcomes=outcomes_of(self.output_model),
            idempotent=self.idempotent,
            idempotent_by=self.idempotent_by,
            summary=(inspect.getdoc(self.function) or "").partition("\n")[0],
            check_literal=self.check_literal,
            declares=self.declares,
            beats=self.takes_context and _names(self.function, StepContext.heartbeat.__name__),
            without_value=outcomes_without_value(self.output_model),
            shapings=self.shapings,
            asks=self.asks,
        )

    def check_literal(self, name: str, value: Any) -> tuple[Problem, ...]:
        """What is wrong with a plain value as the argument `name`."""
        if name not in self._adapters:
            self._adapters[name] = TypeAdapter(self._hints.get(name, Any))
        try:
            self._adapters[name].validate_python(value)
        except ValidationError as error:
            return tuple(Problem(detail["loc"], detail["msg"]) for detail in error.errors())
        return ()

    def bind(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments as the function's own types. Raises `StepError` of type `bad_input`."""
        if not arguments and self._takes_nothing:
            return {}
        try:
            return self._bound(arguments)
        except ValidationError as error:
            said = _described("arguments for", self.name, error)
            raise StepError(said, type="bad_input") from None

    @cached_property
    def _bound(self) -> Callable[[Any], dict[str, Any]]:
        """Makes arguments of data, as the model of the arguments does, in half the time: no instance is made of it."""
        model = self.arguments_model
        fields = {
            name: Annotated[field.annotation, field] for name, field in model.model_fields.items()
        }
        arguments = TypedDict(model.__name__, fields)  # type: ignore[misc] # they are known now only
        with_config(model.model_config)(arguments)
        bound: Callable[[Any], dict[str, Any]] = TypeAdapter(arguments).validator.validate_python
        return bound

    def call(self, arguments: Mapping[str, Any], context: StepContext) -> Any:
        """Call the function with bound arguments; gives its output, or an awaitable of it."""
        if self.takes_context:
            return self.function(context, **arguments)
        return self.function(**arguments)

    def result(self, returned: Any) -> StepResult:
        """What the function returned, as recorded. Raises `StepError` of type `bad_output`."""
        if type(returned) is self._plainly_dumped and not returned.__pydantic_private__:
            # As below, of one that was not marked with an outcome, and without the dozen options of `model_dump`.
            return "ok", self._dumped(returned, mode="json")
        model = self.output_model
        if returned is None and model is Output:
            return "ok", {}
        if not isinstance(returned, model):
            raise StepError(
                f"`{self.name}` returned {type(returned).__name__}, not {self.output_model.__name__}",
                type="bad_output",
            )
        outcome = returned.outcome_name if isinstance(returned, Output) else None
        if outcome is None and not self._ends_ok:
            raise StepError(
                f"`{self.name}` returned an output without an outcome",
                type="bad_output",
                help=f"return {self.output_model.__name__}.{self.outcomes[0]}(…)",
            )
        return outcome or "ok", _as_json(returned)

    def stated(self, output: Mapping[str, Any]) -> dict[str, Any]:
        """An output that a person states, as recorded. Raises `UsageError` where the output is none of this type."""
        try:
            made = self.output_model.model_validate(dict(output))
        except ValidationError as error:
            raise UsageError(
                _described("output of", self.name, error), help="give its fields: --output '{…}'"
            ) from None
        return made.model_dump(mode="json")

    @cached_property
    def _adapters(self) -> dict[str, TypeAdapter[Any]]:
        """Of the parameters of which a plain value was judged."""
        return {}

    @cached_property
    def _hints(self) -> dict[str, Any]:
        return get_type_hints(self.function, include_extras=True)

    @cached_property
    def _parameters(self) -> Mapping[str, inspect.Parameter]:
        return inspect.signature(self.function).parameters

    @cached_property
    def _ends_ok(self) -> bool:
        """Whether `ok` is its only outcome."""
        return self.outcomes == ("ok",)

    @cached_property
    def _plainly_dumped(self) -> type[BaseModel] | None:
        """Its model, where an output of exactly it needs no mark of an outcome, and has no `model_dump` of its own."""
        is_plain = self._ends_ok and self.output_model.model_dump is BaseModel.model_dump
        return self.output_model if is_plain else None

    @cached_property
    def _dumped(self) -> Callable[..., dict[str, Any]]:
        dumped: Callable[..., dict[str, Any]] = self.output_model.__pydantic_serializer__.to_python
        return dumped

    @cached_property
    def _takes_nothing(self) -> bool:
        return not self._own_parameters

    @cached_property
    def _own_parameters(self) -> dict[str, inspect.Parameter]:
        skipped = 1 if self.takes_context else 0
        return dict(list(self._parameters.items())[skipped:])


def _names(function: Callable[..., Any], name: str) -> bool:
    """Whether a function, or one inside it, uses a name; true where its code is not at hand."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    waiting = [code] if isinstance(code, CodeType) else []
    while waiting:
        here = waiting.pop()
        if name in here.co_names:
            return True
        waiting.extend(inner for inner in here.co_consts if isinstance(inner, CodeType))
    return not isinstance(code, CodeType)


def _as_json(output: BaseModel) -> dict[str, Any]:
    if type(output).model_dump is BaseModel.model_dump:
        # What it does, without its dozen options.
        plain: dict[str, Any] = output.__pydantic_serializer__.to_python(output, mode="json")
        return plain
    return output.model_dump(mode="json")


def _written_duration(value: Any) -> Any:
    """A duration as the language writes it; Pydantic knows only other forms."""
    return parse_duration(value) if isinstance(value, str) else value


def _parameter(field: FieldInfo, schema: JsonSchema) -> Parameter:
    required = field.is_required()
    return Parameter(
        schema=schema,
        required=required,
        default=None if required else to_plain(field.get_default(call_default_factory=True)),
        description=field.description or "",
    )


def _described(what: str, name: str, error: ValidationError) -> str:
    # Pydantic's own text quotes the value, which may be personal data.
    details = (f"{'.'.join(map(str, detail['loc']))}: {detail['msg']}" for detail in error.errors())
    return f"bad {what} `{name}`: {'; '.join(details)}"


class StepDecorator(Protocol):
    """What `step(name=…)` gives: it makes a step type of a function, and keeps the types of its arguments."""

    @overload
    def __call__(
        self, function: Callable[Concatenate[StepContext, P], Awaitable[None] | None], /
    ) -> StepType[P, Output]: ...
    @overload
    def __call__(self, function: Callable[P, Awaitable[None] | None], /) -> StepType[P, Output]: ...
    @overload
    def __call__(
        self, function: Callable[Concatenate[StepContext, P], Awaitable[R]], /
    ) -> StepType[P, R]: ...
    @overload
    def __call__(self, function: Callable[Concatenate[StepContext, P], R], /) -> StepType[P, R]: ...
    @overload
    def __call__(self, function: Callable[P, Awaitable[R]], /) -> StepType[P, R]: ...
    @overload
    def __call__(self, function: Callable[P, R], /) -> StepType[P, R]: ...


# A function that returns None gives the empty output, whose outcome is `ok`.
@overload
def step(
    function: Callable[Concatenate[StepContext, P], Awaitable[None] | None], /
) -> StepType[P, Output]: ...
@overload
def step(function: Callable[P, Awaitable[None] | None], /) -> StepType[P, Output]: ...
@overload
def step(function: Callable[Concatenate[StepContext, P], Awaitable[R]], /) -> StepType[P, R]: ...
@overload
def step(function: Callable[Concatenate[StepContext, P], R], /) -> StepType[P, R]: ...
@overload
def step(function: Callable[P, Awaitable[R]], /) -> StepType[P, R]: ...
@overload
def step(function: Callable[P, R], /) -> StepType[P, R]: ...
@overload
def step(
    *,
    name: str | None = None,
    idempotent: Idempotent | None = None,
    declares: Declaration = NOTHING,
    shapings: Iterable[Shaping] = (),
    asks: Asking | None = None,
) -> StepDecorator: ...
def step(
    function: Callable[..., Any] | None = None,
    /,
    *,
    name: str | None = None,
    idempotent: Idempotent | None = None,
    declares: Declaration = NOTHING,
    shapings: Iterable[Shaping] = (),
    asks: Asking | None = None,
) -> Any:
    """Make a step type of a function, sync or async.

    A first parameter of type `StepContext` is filled by the engine. The name is the function's, or `name`.
    `idempotent` says whether an attempt may be repeated without a second effect, as where the step passes
    `context.idempotency_key` on; a map says with which values of which argument it may: `{"method": ("GET",)}`.
    Left out, it is true of a step type that declares no effect, and false of one that does. `declares` are the step
    type's effects, facts, duties and labels, by which the checks know it. `shapings` say which arguments
    tell the type of the output. `asks` bounds what an attempt asks of a language model, by which the checks tell what a
    run can cost.
    """

    def made(function: Callable[..., Any]) -> StepType[..., Any]:
        return StepType(
            function,
            name=name,
            idempotent=idempotent,
            declares=declares,
            shapings=shapings,
            asks=asks,
        )

    return made if function is None else made(function)

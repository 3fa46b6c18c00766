"""Step types that do what a test's scripts say, and their real work where there is none."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import partial
from typing import Any, Protocol

from msgspec import Struct
from pydantic import BaseModel, ValidationError

from auterity_sdk.errors import StepError
from auterity_sdk.runs.failure import EFFECT_UNKNOWN, TIMEOUT_ERROR
from auterity_sdk.runtime.attempt import in_thread
from auterity_sdk.steps.context import Pulse, StepContext
from auterity_sdk.steps.output import Output
from auterity_sdk.steps.registry import Registry
from auterity_sdk.steps.step_type import StepResult, StepType
from auterity_sdk.testing.placeholder import placeholder
from auterity_sdk.testing.scripts import Script
from auterity_sdk.workflow.signature import UNCERTAIN

MISFIT = "bad_script"
"""The type of error of a step whose script its type cannot do."""


class Stage(Protocol):
    """What a scripted step needs of the test around it."""

    async def script(self, context: StepContext) -> Script | None:
        """The script of this attempt."""
        ...

    async def limit(self, context: StepContext) -> int | None:
        """How long an attempt may take, in milliseconds."""
        ...

    async def act(self, context: StepContext, call: Callable[[], Awaitable[Any]]) -> Any:
        """Do the work of an attempt."""
        ...

    async def sleep(self, context: StepContext, length: int) -> None:
        """Let so many milliseconds of the test's time pass."""
        ...


@dataclass(frozen=True)
class ScriptedRegistry(Registry):
    """A registry whose step types ask the stage first."""

    stage: Stage | None = None
    _made: dict[str, ScriptedStep] = field(default_factory=dict)

    @classmethod
    def around(cls, registry: Registry, stage: Stage) -> ScriptedRegistry:
        """The same names as those of a registry."""
        names = {each.name: getattr(registry, each.name) for each in fields(Registry) if each.init}
        return cls(**names, stage=stage)

    def step_type(self, name: str) -> StepType[..., Any] | None:
        """The step type of that name, or None."""
        found = super().step_type(name)
        if found is None or self.stage is None:
            return found
        if name not in self._made:
            self._made[name] = ScriptedStep(found, self.stage)
        return self._made[name]


class Scripted(Struct, frozen=True):
    """How a script lets an attempt end well."""

    outcome: str
    output: dict[str, Any]


class ScriptedStep(StepType[..., Any]):
    """A step type of the same name, arguments and outputs, always async and given its context."""

    def __init__(self, real: StepType[..., Any], stage: Stage) -> None:
        super().__init__(self._run, name=real.name, declares=real.declares)
        self.idempotent, self.idempotent_by = real.idempotent, real.idempotent_by
        self._real = real
        self._pulses: dict[tuple[str, str, int], UnloadablePulse] = {}
        self._stage = stage

    @property
    def is_async(self) -> bool:
        """It waits for the stage."""
        return True

    @property
    def takes_context(self) -> bool:
        """The stage asks for the step's path."""
        return True

    @property
    def output_model(self) -> type[BaseModel]:
        """That of the real type."""
        return self._real.output_model

    def bind(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """As the real type binds them; a script that takes none does not mind."""
        return self._real.bind(arguments)

    def result(self, returned: Any) -> StepResult:
        """As the real type records it."""
        if isinstance(returned, Scripted):
            return returned.outcome, returned.output
        return self._real.result(returned)

    async def _run(self, context: StepContext, /, **arguments: Any) -> Any:
        script = await self._stage.script(context)
        if script is None:
            context = replace(context, pulse=self._pulse(context))
            return await self._stage.act(context, partial(self._work, context, arguments))
        if script.takes:
            await self._take(context, script.takes)
        if script.error:
            raise StepError(
                script.message,
                type=script.error,
                retryable=script.retryable,
                retry_after=script.retry_after,
            )
        if script.outcome == UNCERTAIN and script.output is None:
            raise StepError("as the test says", type=EFFECT_UNKNOWN)
        output: Any = script.output
        if script.function is not None:
            output = await self._stage.act(context, partial(_called, script.function, arguments))
        known = self._real.outcomes_of(arguments)
        return as_result(self._real, output, script.outcome, known)

    def _pulse(self, context: StepContext) -> Pulse:
        """One for the attempt, whose work goes on where its run is loaded again."""
        key = context.run_id, context.step, context.attempt
        pulse = self._pulses.setdefault(key, UnloadablePulse(context.pulse))
        pulse.go_on(context.pulse)
        return pulse

    async def _take(self, context: StepContext, length: int) -> None:
        limit = await self._stage.limit(context)
        await self._stage.sleep(context, length if limit is None else min(length, limit))
        if limit is not None and length > limit:
            raise StepError(
                "the attempt ran longer than `retry.timeout`", type=TIMEOUT_ERROR, retryable=True
            )

    async def _work(self, context: StepContext, arguments: Mapping[str, Any]) -> Any:
        given = (context,) if self._real.takes_context else ()
        if self._real.is_async:
            return await self._real.function(*given, **arguments)
        return await in_thread(partial(self._real.function, *given, **arguments))


class UnloadablePulse:
    """The pulse of real work that outlives being unloaded, which does not tell it to stop."""

    def __init__(self, pulse: Pulse) -> None:
        self._now = pulse
        self._missed: Any = None
        self.earlier = pulse.earlier

    def beat(self, details: Any) -> None:
        """The attempt lives. While its run is not loaded, what it tells last is kept for later."""
        try:
            self._now.beat(details)
        except StepError:
            self._missed = details

    def go_on(self, pulse: Pulse) -> None:
        """Its run is loaded again, and has this pulse."""
        self._now, missed, self._missed = pulse, self._missed, None
        if missed is not None:
            self.beat(missed)


def as_result(
    type: StepType[..., Any],
    output: Any,
    outcome: str | None,
    outcomes: tuple[str, ...] | None = None,
) -> Scripted:
    """A scripted output as one of a step of the type, which has these outcomes; None for those of its type.

    Raises `StepError` of type `bad_script` where it is none.
    """
    if isinstance(output, Output) and outcome is None:
        outcome = output.outcome_name
    if isinstance(output, BaseModel):
        output = output.model_dump(mode="json")
    named = _outcome(type, outcome, outcomes or type.outcomes)
    data = placeholder(type.output_model) if output is None else output
    try:
        made = type.output_model.model_validate(data)
    except ValidationError as error:
        raise _misfit(type, error, made_up=output is None) from None
    return Scripted(named, made.model_dump(mode="json"))


def _outcome(type: StepType[..., Any], outcome: str | None, known: tuple[str, ...]) -> str:
    if outcome is None and len(known) == 1:
        return known[0]
    if outcome not in known:
        said = f"`{outcome}` is none of the outcomes" if outcome else "the script names no outcome"
        names = ", ".join(f"`{name}`" for name in known)
        raise StepError(f"{said} of `{type.name}`", type=MISFIT, help=f"its outcomes are {names}")
    return outcome


def _misfit(type: StepType[..., Any], error: ValidationError, *, made_up: bool) -> StepError:
    # Pydantic's own text quotes the value, which may be personal data.
    details = error.errors(include_input=False, include_url=False)
    said = "; ".join(
        f"{'.'.join(map(str, each['loc'])) or 'the output'}: {each['msg']}" for each in details
    )
    if made_up:
        text = f"no output of `{type.name}` can be made up"
        return StepError(text, type=MISFIT, help="say what it `returns`")
    return StepError(f"what the script returns is no output of `{type.name}`: {said}", type=MISFIT)


async def _called(function: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
    made = function(**_wanted(function, arguments))
    return await made if inspect.isawaitable(made) else made


def _wanted(function: Callable[..., Any], arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments that the function names; all where it takes any."""
    parameters = inspect.signature(function).parameters.values()
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
        return dict(arguments)
    return {p.name: arguments[p.name] for p in parameters if p.name in arguments}

"""One step as a call: its head, its arguments, its options."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from auterity_sdk.workflow.export.names import Scope
from auterity_sdk.workflow.export.spelling import Spelling, called, literal
from auterity_sdk.workflow.part import Part
from auterity_sdk.workflow.step import (
    AnyStep,
    ApproveStep,
    BusinessTime,
    CallStep,
    Compensation,
    ForEachStep,
    ReceiveStep,
    RepeatStep,
    SwitchStep,
    UsesStep,
    WaitStep,
    WatchStep,
)

_LOOP_KEYS = ("max_parallel", "until_failures", "first", "max", "every")
_VALUES = ("retry", "timeout", "budget")
_ELSE = "else"
StepTypeSource = Callable[[str], tuple[str, frozenset[str] | None]]


class StepSource:
    """Spells steps; the names that they read come from the scope."""

    def __init__(
        self, use: Callable[[str], str], step_type: StepTypeSource, spelling: Spelling
    ) -> None:
        self._use, self._step_type, self._spelling = use, step_type, spelling

    def call(self, step: AnyStep, scope: Scope) -> tuple[str, list[str]]:
        """What is called, and its arguments, for a step without a body."""
        match step:
            case UsesStep():
                return self._step_type(step.uses)[0], self._values(step.with_, scope)
            case CallStep():
                return self._use("call"), [literal(step.call), *self._values(step.with_, scope)]
            case SwitchStep():
                return self._use("switch"), self._cases(step, scope)
            case ApproveStep():
                return self._use("approve"), self._approve(step, scope)
            case ReceiveStep():
                return self._use("receive"), self._receive(step, scope)
            case WaitStep():
                return self._use("wait"), self._wait(step, scope)
            case WatchStep():
                return self._use("watch"), [literal(step.watch)]
        raise AssertionError(step)

    def loop(self, step: ForEachStep | RepeatStep, scope: Scope) -> tuple[str, list[str]]:
        """The decorator of a body, without `as_`."""
        if isinstance(step, ForEachStep):
            data = _dump(step.for_each)
            head, first = "for_each", [self._spelling.expression(step.for_each.in_, scope)]
        else:
            data, head, first = _dump(step.repeat), "repeat", []
        keys = [
            f"{key}={self._spelling.value(data[key], scope)}" for key in _LOOP_KEYS if key in data
        ]
        return self._use(head), first + keys

    def options(self, step: AnyStep, scope: Scope) -> list[str]:
        """The keys of every step and of its kind, besides what its call says."""
        data = _dump(step)
        expression, value = self._spelling.expression, self._spelling.value
        found = [f"{key}={literal(data[key])}" for key in ("description", "queue") if key in data]
        found += [
            f"{key}={expression(data[key], scope)}" for key in ("when", "lock") if key in data
        ]
        found += [f"{key}={value(data[key], scope)}" for key in _VALUES if key in data]
        if "cache" in data:
            key, age = data["cache"]["key"], data["cache"]["age"]
            found.append(f'cache={{"key": {expression(key, scope)}, "age": {literal(age)}}}')
        return found

    def outcomes(self, step: AnyStep) -> frozenset[str] | None:
        """The outcomes that the step's value has in the written program; None where it takes any name."""
        match step:
            case UsesStep():
                return self._step_type(step.uses)[1]
            case CallStep():
                return None
            case SwitchStep():
                return frozenset(step.switch)
            case ApproveStep():
                return frozenset({"approved", "rejected", "timeout"})
            case ReceiveStep():
                return frozenset({"received", "timeout"})
            case WatchStep():
                return frozenset({"kept", "breached"})
            case ForEachStep() if step.for_each.first is None:
                return frozenset({"ok"})
            case ForEachStep() | RepeatStep():
                return frozenset({"ok", "exhausted"})
        return frozenset({"ok"})

    def compensation(self, variable: str, undo: Compensation, scope: Scope, indent: int) -> str:
        """The call of `compensate`."""
        data = _dump(undo)
        value = self._spelling.value
        options = [
            f"{key}={value(data[key], scope)}" for key in ("retry", "timeout") if key in data
        ]
        maker = self._step_type(undo.uses)[0]
        maker = f"{maker}.options({', '.join(options)})" if options else maker
        arguments = [variable, maker, *self._values(undo.with_, scope)]
        return called(self._use("compensate"), arguments, indent)

    def _values(self, values: Mapping[str, Any], scope: Scope) -> list[str]:
        return self._spelling.keywords(values, lambda value: self._spelling.value(value, scope))

    def _cases(self, step: SwitchStep, scope: Scope) -> list[str]:
        last = list(step.switch)[-1]
        spelled = {
            name: "True"
            if name == last and case == _ELSE
            else self._spelling.expression(case, scope)
            for name, case in step.switch.items()
        }
        return self._spelling.keywords(spelled, str)

    def _approve(self, step: ApproveStep, scope: Scope) -> list[str]:
        data = _dump(step.approve)
        role = data.pop("role")
        return [f"role={literal(role)}", *self._values(data, scope)]

    def _receive(self, step: ReceiveStep, scope: Scope) -> list[str]:
        data = _dump(step.receive)
        arguments = [literal(step.receive.event)]
        if step.receive.match is not None:
            arguments.append(f"match={self._spelling.expression(step.receive.match, scope)}")
        if "timeout" in data:
            arguments.append(f"timeout={self._spelling.value(data['timeout'], scope)}")
        return arguments

    def _wait(self, step: WaitStep, scope: Scope) -> list[str]:
        if isinstance(step.wait, BusinessTime):
            return [f"{key}={literal(value)}" for key, value in _dump(step.wait).items()]
        return [self._spelling.value(_dump(step)["wait"], scope)]


def _dump(part: Part) -> dict[str, Any]:
    return part.model_dump(mode="json", by_alias=True, exclude_defaults=True)

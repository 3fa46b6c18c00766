"""The values in a run's events, with what is personal in them replaced: what is sealed, and what is masked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace as with_fields

from auterity_sdk.checks.dataflow.labels import NONE
from auterity_sdk.runs import events as e
from auterity_sdk.runs.failure import Failure
from auterity_sdk.runtime.classes import PLAIN, Replace, Slot, Slots

SlotOf = Callable[[str], Slot]


def replaced(event: e.Event, classes: Slots, replace: Replace) -> e.Event:
    """The event with its values replaced; the same object where it holds none."""
    match event:
        case e.RunStarted() | e.RunMigrated():
            return with_fields(event, input=_members(event.input, classes.input, replace))
        case e.StepStarted():
            return _step_started(event, classes, replace)
        case e.StepEnded():
            return _step_ended(event, classes, replace)
        case e.BodyEnded():
            return _body_ended(event, classes, replace)
        case e.ApprovalRecorded():
            form = _members(event.form, lambda name: classes.form(event.step, name), replace)
            return with_fields(event, form=form)
        case e.PeopleAsked():
            proposed = _members(
                event.proposed, lambda name: classes.result(event.step, name), replace
            )
            return with_fields(event, proposed=proposed)
        case e.RunEnded():
            output = _members(event.output, classes.output, replace)
            return with_fields(event, output=output, error=_error(event.error, replace))
        case e.StepStopping() | e.ScopeStopping() | e.CompensationEnded():
            return _with_error(event, replace)
        case e.StepSettled():
            return with_fields(event, reason=replace(event.reason, NONE))
        case e.AttemptEnded() | e.AttemptStopping() | e.StepUncertain() | e.BudgetAsked():
            return _with_error(event, replace)
        case _:
            return event


def _members(value: Any, slot: SlotOf, replace: Replace) -> Any:
    """A map of values, each by its own slot; anything else as one value without a name."""
    if isinstance(value, Mapping):
        return {name: _named(name, inner, slot(name), replace) for name, inner in value.items()}
    return value if value is None else PLAIN.replaced(value, replace)


def _named(name: str, value: Any, slot: Slot, replace: Replace) -> Any:
    # Through a map of one, so that a value without a type is known by its name here too.
    properties = {"properties": {name: slot.schema}}
    return Slot(properties, slot.definitions, slot.flow).replaced({name: value}, replace)[name]


def _step_started(event: e.StepStarted, classes: Slots, replace: Replace) -> e.Event:
    if event.arguments is None and event.detail is None:
        return event
    arguments = _members(event.arguments, lambda name: classes.argument(event.step, name), replace)
    detail = event.detail
    if detail is not None:
        detail = classes.detail(event.step).replaced(detail, replace)
    return with_fields(event, arguments=arguments, detail=detail)


def _step_ended(event: e.StepEnded, classes: Slots, replace: Replace) -> e.Event:
    if event.output is None and event.error is None and event.undo is None:
        return event
    undo = event.undo
    if isinstance(undo, Mapping) and undo.get("with") is not None:
        given = _members(undo["with"], lambda name: classes.undo(event.step, name), replace)
        undo = {**undo, "with": given}
    return with_fields(
        event,
        output=_members(event.output, lambda name: classes.result(event.step, name), replace),
        undo=undo,
        error=_error(event.error, replace),
    )


def _body_ended(event: e.BodyEnded, classes: Slots, replace: Replace) -> e.Event:
    loop = event.scope.rpartition("[")[0]
    return with_fields(
        event,
        output=_members(event.output, lambda name: classes.result(loop, name), replace),
        error=_error(event.error, replace),
        more=None if event.more is None else classes.detail(loop).replaced(event.more, replace),
    )


def _with_error(
    event: e.StepStopping
    | e.ScopeStopping
    | e.AttemptEnded
    | e.AttemptStopping
    | e.StepUncertain
    | e.BudgetAsked
    | e.CompensationEnded,
    replace: Replace,
) -> e.Event:
    return event if event.error is None else with_fields(event, error=_error(event.error, replace))


def _error(error: Failure | None, replace: Replace) -> Failure | None:
    return None if error is None else with_fields(error, message=replace(error.message, NONE))

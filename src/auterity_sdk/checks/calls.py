"""What a workflow passes to step types and to other workflows: each call with its signature, as far as it is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from auterity_sdk.checks.subject import Subject
from auterity_sdk.checks.written_types import misfit
from auterity_sdk.diagnostics import Path
from auterity_sdk.workflow.graph import Node
from auterity_sdk.workflow.model import Workflow
from auterity_sdk.workflow.signature import Catalog, Parameter, Problem, Signature
from auterity_sdk.workflow.step import CallStep, UsesStep
from auterity_sdk.workflow.types import is_required, schema_of


class StepCall(Struct, frozen=True):
    """One call: `path` is where its `with` stands, `key` the key that names what is called.

    `uses` is the name of the step type, empty for a called workflow. `place` is the key of the arguments.
    """

    path: Path
    key: str
    uses: str
    signature: Signature | None
    arguments: Mapping[str, Any]
    place: str = "with"

    def check_literal(self, name: str, value: Any) -> tuple[Problem, ...]:
        """What is wrong with a plain value as an argument."""
        return () if self.signature is None else self.signature.check_literal(name, value)


def calls(subject: Subject) -> Iterator[StepCall]:
    """The calls of all steps and compensations, and what triggers give the run as its input."""
    if subject.workflow is not None:
        yield from _starts(subject.workflow, subject.catalog)
    for node in subject.nodes():
        step = node.step
        if isinstance(step, UsesStep):
            yield StepCall(node.path, "uses", step.uses, node.signature, step.with_)
        elif isinstance(step, CallStep):
            yield StepCall(node.path, "call", "", _child(subject, step), step.with_)
        yield from _compensation(subject, node)


def _starts(workflow: Workflow, catalog: Catalog) -> Iterator[StepCall]:
    """Without `input` only a schedule says what the input is: nothing."""
    signature = None
    for index, trigger in enumerate(workflow.triggers):
        if trigger.input or trigger.schedule:
            signature = signature or _signature(workflow, catalog)
            kind = next(key for key in ("webhook", "event", "schedule") if getattr(trigger, key))
            path = ("triggers", index)
            yield StepCall(path, kind, "", signature, trigger.input, "input")


def _compensation(subject: Subject, node: Node) -> Iterator[StepCall]:
    undo = node.step.compensate if isinstance(node.step, UsesStep | CallStep) else None
    if undo is not None:
        signature = subject.catalog.signature(undo.uses)
        path = (*node.path, "compensate")
        yield StepCall(path, "uses", undo.uses, signature, undo.with_)


def _child(subject: Subject, step: CallStep) -> Signature | None:
    """The input of a called workflow, as the face of a step type."""
    child = subject.catalog.called_workflow(step.call)
    own = subject.workflow
    if child is None and own is not None and step.call == own.name:
        child = own
    return None if child is None else _signature(child, subject.catalog)


def _signature(child: Workflow, catalog: Catalog) -> Signature:
    parameters = {}
    for name, written in child.input.items():
        try:
            schema = schema_of(written, catalog)
        except KeyError:
            schema = {}
        parameters[name] = Parameter(schema, required=is_required(written))
    definitions = {
        key: value
        for parameter in parameters.values()
        for key, value in parameter.schema.get("$defs", {}).items()
    }

    def check(name: str, value: Any) -> tuple[Problem, ...]:
        reason = misfit(value, parameters[name].schema)
        return (Problem((), reason),) if reason else ()

    return Signature(child.name, parameters, {}, definitions, check_literal=check)


def holds_expression(value: Any) -> bool:
    """A text with `${…}` is anywhere in a value."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            if "${" in value:
                return True
        elif isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return False


def existing(path: Path, value: Any, place: Path) -> Path:
    """As much of a place below a value as is in the value: types of its own may name more."""
    for part in place:
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and part in range(len(value)):
            value = value[int(part)]
        else:
            break
        path = (*path, part)
    return path

"""Where expressions stand in a workflow: each with its path, its text and its role."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from msgspec import Struct

from auterity_sdk.diagnostics import Path
from auterity_sdk.expression.problem import Problem
from auterity_sdk.expression.templates import Template, parse_template
from auterity_sdk.workflow.model import Workflow
from auterity_sdk.workflow.step import (
    AnyStep,
    ApproveStep,
    CallStep,
    Compensation,
    ForEachStep,
    ReceiveStep,
    RepeatStep,
    SwitchStep,
    UsesStep,
    WaitStep,
)
from auterity_sdk.workflow.trigger import Trigger

ELSE = "else"
"""The last case of a switch that is always true; not an expression."""


class Role(StrEnum):
    """What an expression is for; it decides the names it may read and the type it must have."""

    WHEN = "when"
    WITH = "with"
    CASE = "case"
    MATCH = "match"
    IN = "in"
    WHERE = "where"
    MORE = "more"
    UNTIL = "until"
    OUTPUT = "output"
    FORM = "form"
    WAIT = "wait"
    TIMEOUT = "timeout"
    COUNT = "count"
    LOCK = "lock"
    KEY = "key"
    PRIORITY = "priority"
    COMPENSATE = "compensate"
    TRIGGER = "trigger"
    TRIGGERED = "triggered"
    SCHEDULED = "scheduled"


class Occurrence(Struct, frozen=True):
    """One text that holds expressions.

    `templated`: the text holds `${…}`; otherwise all of it is one expression.
    """

    path: Path
    text: str
    role: Role
    templated: bool

    def expressions(self) -> tuple[tuple[int, str], ...]:
        """Each expression with its code point offset in the text; none where a `${` is not closed."""
        if not self.templated:
            return ((0, self.text),)
        parsed = parse_template(self.text)
        if isinstance(parsed, Problem):
            return ()
        return tuple((hole.start, hole.expression) for hole in parsed.holes)

    @property
    def alone(self) -> bool:
        """The text is one expression and nothing else, whose value keeps its type."""
        if not self.templated:
            return True
        parsed = parse_template(self.text)
        return isinstance(parsed, Template) and parsed.alone is not None


def of_step(step: AnyStep, path: Path) -> Iterator[Occurrence]:
    """The expressions of a step that are evaluated in its own graph, not those in its body."""
    if step.when is not None:
        yield Occurrence((*path, "when"), step.when, Role.WHEN, False)
    match step:
        case UsesStep() | CallStep():
            yield from _of_call(step, path)
        case SwitchStep():
            for name, case in step.switch.items():
                if case != ELSE:
                    yield Occurrence((*path, "switch", name), case, Role.CASE, False)
        case ApproveStep():
            yield from _of_approve(step, path)
        case ReceiveStep():
            inside = (*path, "receive")
            if step.receive.match is not None:
                yield Occurrence((*inside, "match"), step.receive.match, Role.MATCH, False)
            yield from _templates(step.receive.timeout, (*inside, "timeout"), Role.TIMEOUT)
        case WaitStep():
            yield from _templates(step.wait, (*path, "wait"), Role.WAIT)
        case ForEachStep():
            yield Occurrence((*path, "for_each", "in"), step.for_each.in_, Role.IN, False)
            yield from _templates(step.for_each.first, (*path, "for_each", "first"), Role.COUNT)
            yield from _of_loop(step, path)
        case RepeatStep():
            yield from _of_loop(step, path)


def of_body(step: ForEachStep | RepeatStep, path: Path) -> Iterator[Occurrence]:
    """The expressions beside a body's steps that read what the body gives."""
    if isinstance(step, ForEachStep):
        inside = (*path, "for_each")
        if step.for_each.where is not None:
            yield Occurrence((*inside, "where"), step.for_each.where, Role.WHERE, False)
        if step.for_each.more is not None:
            yield Occurrence((*inside, "more"), step.for_each.more, Role.MORE, False)
        yield from _templates(step.for_each.output, (*inside, "output"), Role.OUTPUT)
        return
    inside = (*path, "repeat")
    yield Occurrence((*inside, "until"), step.repeat.until, Role.UNTIL, False)
    yield from _templates(step.repeat.output, (*inside, "output"), Role.OUTPUT)


def of_workflow(workflow: Workflow) -> Iterator[Occurrence]:
    """The expressions outside of steps."""
    for index, trigger in enumerate(workflow.triggers):
        yield from of_trigger(trigger, ("triggers", index))
    if workflow.concurrency:
        yield Occurrence(("concurrency", "key"), workflow.concurrency.key, Role.KEY, False)
    if workflow.idempotency_key is not None:
        yield Occurrence(("idempotency_key",), workflow.idempotency_key, Role.KEY, False)
    if isinstance(workflow.priority, str):
        yield Occurrence(("priority",), workflow.priority, Role.PRIORITY, False)
    yield from _templates(workflow.output, ("output",), Role.OUTPUT)


def of_trigger(trigger: Trigger, path: Path) -> Iterator[Occurrence]:
    """The expressions of a trigger, which are read when it fires."""
    if trigger.event and trigger.event.match is not None:
        yield Occurrence((*path, "event", "match"), trigger.event.match, Role.TRIGGER, False)
    role = Role.SCHEDULED if trigger.schedule else Role.TRIGGERED
    yield from _templates(trigger.input, (*path, "input"), role)
    for name, limit in (("rate_limit", trigger.rate_limit), ("debounce", trigger.debounce)):
        if limit is not None and limit.key is not None:
            yield Occurrence((*path, name, "key"), limit.key, role, False)


def _of_call(step: UsesStep | CallStep, path: Path) -> Iterator[Occurrence]:
    if step.with_:
        yield from _templates(step.with_, (*path, "with"), Role.WITH)
    if step.timeout is not None:
        yield from _templates(step.timeout, (*path, "timeout"), Role.TIMEOUT)
    if step.retry is not None:
        yield from _templates(step.retry.timeout, (*path, "retry", "timeout"), Role.TIMEOUT)
    if step.lock is not None:
        yield Occurrence((*path, "lock"), step.lock, Role.LOCK, False)
    if isinstance(step, UsesStep) and step.cache is not None:
        yield Occurrence((*path, "cache", "key"), step.cache.key, Role.LOCK, False)
    if step.compensate is not None:
        yield from _of_compensation(step.compensate, (*path, "compensate"))


def _of_compensation(undo: Compensation, path: Path) -> Iterator[Occurrence]:
    yield from _templates(undo.with_, (*path, "with"), Role.COMPENSATE)
    yield from _templates(undo.timeout, (*path, "timeout"), Role.COMPENSATE)
    if undo.retry is not None:
        yield from _templates(undo.retry.timeout, (*path, "retry", "timeout"), Role.COMPENSATE)


def _of_approve(step: ApproveStep, path: Path) -> Iterator[Occurrence]:
    inside = (*path, "approve")
    yield from _templates(step.approve.title, (*inside, "title"), Role.FORM)
    yield from _templates(step.approve.form, (*inside, "form"), Role.FORM)
    yield from _templates(step.approve.edit, (*inside, "edit"), Role.FORM)
    yield from _templates(step.approve.timeout, (*inside, "timeout"), Role.TIMEOUT)
    yield from _templates(step.approve.quorum, (*inside, "quorum"), Role.COUNT)


def _of_loop(step: ForEachStep | RepeatStep, path: Path) -> Iterator[Occurrence]:
    yield from _templates(step.timeout, (*path, "timeout"), Role.TIMEOUT)
    if step.lock is not None:
        yield Occurrence((*path, "lock"), step.lock, Role.LOCK, False)


def _templates(value: Any, path: Path, role: Role) -> Iterator[Occurrence]:
    # A stack, not recursion: nesting comes from a file.
    waiting = [(value, path)]
    while waiting:
        value, path = waiting.pop()
        if isinstance(value, str):
            if "${" in value:
                yield Occurrence(path, value, role, True)
        elif isinstance(value, dict):
            waiting.extend(
                (inner, (*path, key)) for key, inner in reversed(value.items()) if _may_read(inner)
            )
        elif isinstance(value, list):
            inner = [(entry, (*path, index)) for index, entry in enumerate(value)]
            waiting.extend(reversed(inner))


def _may_read(value: Any) -> bool:
    # Most values are texts that read nothing: no path is made for them.
    return "${" in value if isinstance(value, str) else isinstance(value, dict | list)

"""Auterity: dealership workflows as code.

The public names, each imported when it is first used: `from auterity_sdk import workflow, step, sms`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from auterity_sdk.dealership.appointment import Appointment
    from auterity_sdk.dealership.customer import Customer
    from auterity_sdk.dealership.lead import Lead
    from auterity_sdk.dealership.money import Money
    from auterity_sdk.dealership.vehicle import Vehicle
    from auterity_sdk.errors import AuterityError, StepError
    from auterity_sdk.steps.builtin import (
        consent,
        email,
        hours,
        http,
        lead,
        sms,
        task,
        trade,
        vehicle,
    )
    from auterity_sdk.steps.context import StepContext
    from auterity_sdk.steps.output import Outcome, Output
    from auterity_sdk.steps.step_type import step
    from auterity_sdk.workflow.builder import (
        any_of,
        approve,
        at_least,
        call,
        choose,
        compensate,
        contains,
        days,
        edge,
        ends,
        event,
        expr,
        first_of,
        for_each,
        has,
        inputs,
        more,
        not_,
        one_of,
        optional,
        outcome,
        present,
        receive,
        repeat,
        run,
        secrets,
        size,
        switch,
        text,
        until,
        uses,
        verbatim,
        wait,
        where,
        workflow,
    )
    from auterity_sdk.workflow.duration import Duration

__version__ = "0.1.0"

_BUILDER = "auterity_sdk.workflow.builder"
_BUILTIN = "auterity_sdk.steps.builtin"
_STEP_GROUPS = frozenset(
    ("consent", "email", "hours", "http", "lead", "sms", "task", "trade", "vehicle")
)

_HOMES = {
    "Appointment": "auterity_sdk.dealership.appointment",
    "AuterityError": "auterity_sdk.errors",
    "Customer": "auterity_sdk.dealership.customer",
    "Duration": "auterity_sdk.workflow.duration",
    "Lead": "auterity_sdk.dealership.lead",
    "Money": "auterity_sdk.dealership.money",
    "Outcome": "auterity_sdk.steps.output",
    "Output": "auterity_sdk.steps.output",
    "StepContext": "auterity_sdk.steps.context",
    "StepError": "auterity_sdk.errors",
    "Vehicle": "auterity_sdk.dealership.vehicle",
    "step": "auterity_sdk.steps.step_type",
}
"""Where a public name lives that is neither a group of step types nor of the builder."""

__all__ = [
    "Appointment",
    "AuterityError",
    "Customer",
    "Duration",
    "Lead",
    "Money",
    "Outcome",
    "Output",
    "StepContext",
    "StepError",
    "Vehicle",
    "__version__",
    "any_of",
    "approve",
    "at_least",
    "call",
    "choose",
    "compensate",
    "consent",
    "contains",
    "days",
    "edge",
    "email",
    "ends",
    "event",
    "expr",
    "first_of",
    "for_each",
    "has",
    "hours",
    "http",
    "inputs",
    "lead",
    "more",
    "not_",
    "one_of",
    "optional",
    "outcome",
    "present",
    "receive",
    "repeat",
    "run",
    "secrets",
    "size",
    "sms",
    "step",
    "switch",
    "task",
    "text",
    "trade",
    "until",
    "uses",
    "vehicle",
    "verbatim",
    "wait",
    "watch",
    "where",
    "workflow",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name in _STEP_GROUPS:
        return import_module(f"{_BUILTIN}.{name}")
    return getattr(import_module(_HOMES.get(name, _BUILDER)), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

"""The Python spelling of a workflow: `language.md` section 7."""

from auterity_sdk.workflow.builder.bodies import for_each, more, repeat, until, where
from auterity_sdk.workflow.builder.child import call
from auterity_sdk.workflow.builder.definition import WorkflowDefinition, ends, workflow
from auterity_sdk.workflow.builder.edge import any_of, at_least, first_of, one_of
from auterity_sdk.workflow.builder.functions import (
    choose,
    connections,
    contains,
    days,
    event,
    expr,
    has,
    inputs,
    not_,
    optional,
    outcome,
    present,
    run,
    secrets,
    size,
    text,
    verbatim,
)
from auterity_sdk.workflow.builder.input_types import FileType
from auterity_sdk.workflow.builder.kinds import approve, receive, switch, wait, watch
from auterity_sdk.workflow.builder.step_value import edge
from auterity_sdk.workflow.builder.uses import compensate, uses

__all__ = [
    "FileType",
    "WorkflowDefinition",
    "any_of",
    "approve",
    "at_least",
    "call",
    "choose",
    "compensate",
    "connections",
    "contains",
    "days",
    "edge",
    "ends",
    "event",
    "expr",
    "first_of",
    "for_each",
    "has",
    "inputs",
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
    "switch",
    "text",
    "until",
    "uses",
    "verbatim",
    "wait",
    "watch",
    "where",
    "workflow",
]

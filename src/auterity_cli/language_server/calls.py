"""What a `with` is passed to: the signature of the step type or workflow that stands beside it."""

from __future__ import annotations

from auterity_cli.language_server.analysis import Analysis
from auterity_cli.language_server.outline import Outline
from auterity_sdk.diagnostics import Path
from auterity_sdk.workflow.signature import Parameter, Signature
from auterity_sdk.workflow.step import CallStep, UsesStep
from auterity_sdk.workflow.types import is_required, schema_of


def called_signature(analysis: Analysis, path: Path) -> Signature | None:
    """The signature that the arguments at a path (of a `with`) are for, None where it is not known."""
    beside = path[:-1]
    name = _written(analysis.outline, (*beside, "uses"))
    if name is None:
        name = _read(analysis, beside)
    if name is not None:
        return analysis.catalog.signature(name)
    called = _written(analysis.outline, (*beside, "call"))
    return workflow_signature(analysis, called) if called else None


def workflow_signature(analysis: Analysis, name: str) -> Signature | None:
    """The input of a workflow as the arguments of a `call`."""
    child = analysis.catalog.called_workflow(name)
    if child is None:
        return None
    parameters = {}
    for key, written in child.input.items():
        try:
            schema = schema_of(written, analysis.catalog)
        except KeyError:
            schema = {}
        default = written.get("default") if isinstance(written, dict) else None
        parameters[key] = Parameter(schema, required=is_required(written), default=default)
    definitions = {
        key: value
        for parameter in parameters.values()
        for key, value in parameter.schema.get("$defs", {}).items()
    }
    outcomes = tuple(child.ends) or ("ok",)
    return Signature(child.name, parameters, {}, definitions, outcomes, summary=child.description)


def _written(outline: Outline, path: Path) -> str | None:
    entry = outline.find(path)
    if entry is None or not entry.filled:
        return None
    text = outline.lines.text[entry.value[0] : entry.value[1]]
    return text.partition(" #")[0].strip().strip("\"'") or None


def _read(analysis: Analysis, path: Path) -> str | None:
    """The step type of a step in brackets, which the outline does not look into."""
    node = analysis.node(path)
    step = node.step if node else None
    if path[-1:] == ("compensate",):
        undo = step.compensate if isinstance(step, UsesStep | CallStep) else None
        return undo.uses if undo else None
    return step.uses if isinstance(step, UsesStep) else None

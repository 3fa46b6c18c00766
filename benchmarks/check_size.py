"""10,000 steps, 1,000 of them with an expression: from the model to a plan, and from a file of 60,000 lines."""

from __future__ import annotations

import gc
from statistics import median
from typing import Any

import yaml

from auterity_sdk.checks.check import Checked, check_document, check_workflow
from auterity_sdk.diagnostics import Location, Span
from auterity_sdk.runs.compile_plan import compile_plan
from auterity_sdk.runs.plan import Plan
from auterity_sdk.runtime.plugins import builtin_registry
from auterity_sdk.workflow.document import load_document
from auterity_sdk.workflow.model import load
from benchmarks.rounds import Line, Work, interleaved, ratio, show

STEPS, ROW, ROUNDS = 10_000, 10, 7
MODEL = "model, graph, all rules, plan"
FILE = "file, model, graph, all rules, plan"
YAML = "PyYAML's C loader, the same file"


class Nowhere:
    """The places of a workflow that no file holds."""

    file = "benchmark"

    def span(self, location: Location) -> Span:  # noqa: ARG002 - the protocol's signature
        return Span(self.file, 1, 1, 1, 1)

    def line(self, number: int) -> str:  # noqa: ARG002
        return ""


def workflow(number: int) -> dict[str, Any]:
    """Rows of ten tasks, the last of which reads the one before; no two numbers share an expression."""
    steps: dict[str, Any] = {}
    for at in range(STEPS):
        row, place = divmod(at, ROW)
        body = f"Step {place} of row {row}"
        if place == ROW - 1:
            said = "size(input.lead.comments) > 0 ? input.lead.comments : 'nothing'"
            body = f"${{s{at - 1}.task_id + ' of {number}: ' + ({said})}}"
        steps[f"s{at}"] = {
            **({"needs": f"s{at - 1}"} if place else {}),
            "uses": "task.assign",
            "with": {"role": "bdc", "title": "Call", "due": "5m", "details": body},
        }
    return {"auterity": 1, "name": "large", "input": {"lead": "Lead"}, "steps": steps}


def text_of(number: int) -> str:
    """The same as a file."""
    return yaml.safe_dump(workflow(number), sort_keys=False, width=10_000)


def planned(checked: Checked) -> Plan:
    """The plan of what was checked, which has to be right."""
    if not checked.report.ok or checked.workflow is None or checked.graph is None:
        raise SystemExit(f"the benchmark's workflow is wrong: {checked.report.diagnostics[:1]}")
    subject = checked.subject
    return compile_plan(checked.workflow, checked.graph, subject.catalog, subject.scopes)


def of_model(number: int) -> Work:
    data = workflow(number)
    return lambda: planned(check_workflow(load(data), Nowhere(), builtin_registry()))


def of_file(number: int) -> Work:
    text = text_of(-number).encode()
    return lambda: planned(
        check_document(load_document(text, file="large.yaml"), builtin_registry())
    )


def of_yaml(number: int) -> Work:
    text = text_of(-number)
    return lambda: yaml.load(text, Loader=yaml.CSafeLoader)


def main() -> None:
    """Measure and print."""
    gc.disable()  # as the command does
    measured = interleaved(ROUNDS, {MODEL: of_model, FILE: of_file, YAML: of_yaml})
    gc.enable()
    lines = text_of(0).count("\n")
    show(
        f"check of {STEPS:,} steps, {STEPS // ROW:,} with an expression; the file has {lines:,} lines",
        measured,
        [
            Line(MODEL, median(measured[MODEL]), 1.5, "s"),
            Line(FILE, median(measured[FILE]), 3.0, "s"),
            Line(f"{FILE} / {YAML}", ratio(measured, FILE, YAML), None, "x"),
        ],
    )

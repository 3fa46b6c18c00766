"""A workflow in Python and the same in YAML are one workflow: equal canonical forms."""

from __future__ import annotations

import itertools
import linecache
from typing import Any

from hypothesis import given, settings

from auterity_sdk.workflow.builder import WorkflowDefinition
from auterity_sdk.workflow.canonical import canonical_json
from auterity_sdk.workflow.export import to_python
from auterity_sdk.workflow.graph import build_graph
from auterity_sdk.workflow.model import Workflow, dump, load
from tests.workflow.random_workflows import REGISTRY, workflows

_numbers = itertools.count()
HERE = {
    "test.echo": "tests.workflow.random_workflows:echo",
    "test.pick": "tests.workflow.random_workflows:pick",
}


def canonical(workflow: Workflow) -> bytes:
    return canonical_json(workflow, build_graph(workflow, REGISTRY))


def built(source: str) -> Workflow:
    """The workflow of a program, which is run as a file would be."""
    name = f"<exported {next(_numbers)}>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    try:
        names: dict[str, Any] = {"__name__": "exported"}
        exec(compile(source, name, "exec"), names)  # noqa: S102 - the program that was just written
        (found,) = [each for each in names.values() if isinstance(each, WorkflowDefinition)]
        return found.workflow
    finally:
        del linecache.cache[name]


@given(workflows())
@settings(max_examples=60)
def test_python_source_gives_the_same_workflow(workflow: Workflow) -> None:
    assert canonical(built(to_python(workflow, REGISTRY))) == canonical(workflow)


@given(workflows(hostile=False))
@settings(max_examples=60)
def test_imported_step_types_give_the_same_workflow(workflow: Workflow) -> None:
    assert canonical(built(to_python(workflow, REGISTRY, HERE))) == canonical(workflow)


@given(workflows())
@settings(max_examples=20)
def test_random_workflows_are_read_back_as_themselves(workflow: Workflow) -> None:
    assert load(dump(workflow)) == workflow

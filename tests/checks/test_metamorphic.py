"""Changes of a workflow that may not change what is found in it: other ids, another spelling, another layout."""

from __future__ import annotations

import itertools
import linecache
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auterity_sdk.checks.check import Checked, check_workflow
from auterity_sdk.diagnostics import Path
from auterity_sdk.errors import AuterityError
from auterity_sdk.workflow.builder import WorkflowDefinition
from auterity_sdk.workflow.export import to_python
from auterity_sdk.workflow.graph import Graph, Node
from auterity_sdk.workflow.model import Workflow, dump
from auterity_sdk.workflow.rename import renamed
from tests.workflow.random_workflows import REGISTRY as RANDOM
from tests.workflow.random_workflows import workflows

from .examples import NAMES, Example, Found, moved, step_of, whole

NAMES_THEMSELVES = {"AUT210", "AUT219"}
"""Findings on ids as such, which others may not have."""
TOGETHER = {"AUT302", "AUT604"}
"""Findings on several steps alike: which of them comes first says nothing."""


def placed(checked: Checked) -> Found:
    return Counter((each.code, each.location.path) for each in checked.report.diagnostics)


def at_steps(checked: Checked) -> Found:
    return Counter((each.code, step_of(each.location.path)) for each in checked.report.diagnostics)


def new_ids(graph: Graph) -> dict[Path, str]:
    """Ids in an order of their own; where a join cancels the rest, in the order of the old ones.

    What starts in one moment starts in the order of ids, and such a join may be met in that very moment: then it is
    by its id that a member still starts, or never does.
    """
    paths = []
    for inner in graph.walk():
        nodes = inner.nodes.values()
        paths += [n.path for n in (sorted(nodes, key=_by_id) if cancels(inner) else nodes)]
    return {path: f"renamed_{at:04}" for at, path in enumerate(paths)}


def cancels(graph: Graph) -> bool:
    needs = [*(node.needs for node in graph.nodes.values()), *graph.ends.values()]
    return any(group.cancel_rest for groups in needs for group in groups)


def _by_id(node: Node) -> str:
    return node.id


def other_ids(example: Example, workflow: Workflow) -> None:
    checked = example.check(workflow)
    assert checked.graph is not None
    if not NAMES_THEMSELVES.isdisjoint(each.code for each in checked.report.diagnostics):
        return
    names = new_ids(checked.graph)
    after = example.check(renamed(workflow, checked.graph, names))
    assert Counter(involved(after, {})) == Counter(involved(checked, names))


def involved(checked: Checked, names: dict[Path, str]) -> Iterator[tuple[str, frozenset[Path]]]:
    """The findings with their places, under new ids; of several steps alike, with all of these."""
    for each in checked.report.diagnostics:
        places = [each.location.path]
        if each.code in TOGETHER:
            places = [step_of(place.path) for place in (each.location, *each.related)]
        yield each.code, frozenset(moved(place, names) for place in places)


@pytest.mark.parametrize("name", NAMES)
def test_other_ids_change_no_finding(name: str) -> None:
    example, checked = whole()[name]
    assert checked.workflow is not None
    other_ids(example, checked.workflow)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(workflows(most=4, hostile=False))
def test_other_ids_change_no_finding_of_a_random_workflow(workflow: Workflow) -> None:
    other_ids(Example("random", b"", RANDOM), workflow)


_numbers = itertools.count()


def built(source: str) -> WorkflowDefinition[Any, Any]:
    """The definition in a program, which is run as a file would be."""
    name = f"<metamorphic {next(_numbers)}>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    names: dict[str, Any] = {"__name__": "exported"}
    exec(compile(source, name, "exec"), names)  # noqa: S102 - the program that was just written
    (found,) = [each for each in names.values() if isinstance(each, WorkflowDefinition)]
    assert found.source.file == name
    return found


def in_python(example: Example, workflow: Workflow) -> None:
    before = example.check(workflow)
    try:
        made = built(to_python(workflow, example.registry))
    except AuterityError:
        assert not before.report.ok  # what Python refuses is found in YAML
        return
    after = check_workflow(made.workflow, made.source, example.registry, policy=example.policy)
    assert at_steps(after) == at_steps(before)


@pytest.mark.parametrize("name", NAMES)
def test_python_has_the_same_findings(name: str) -> None:
    example, checked = whole()[name]
    assert checked.workflow is not None
    in_python(example, checked.workflow)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(workflows(most=4, hostile=False))
def test_python_has_the_same_findings_of_a_random_workflow(workflow: Workflow) -> None:
    in_python(Example("random", b"", RANDOM), workflow)


def turned(data: Any, random: Random) -> Any:
    """The same with keys in another order, where their order means nothing."""
    if isinstance(data, list):
        return [turned(value, random) for value in data]
    if not isinstance(data, dict):
        return data
    keys = sorted(data, key=lambda _: random.random())
    made = {key: turned(data[key], random) for key in keys}
    ordered = {key: made[key] for key in ("switch", "ends") if isinstance(data.get(key), dict)}
    return made | {key: {name: made[key][name] for name in data[key]} for key in ordered}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(NAMES), st.integers(0, 2**16))
def test_layout_changes_no_finding(name: str, seed: int) -> None:
    example, checked = whole()[name]
    assert checked.workflow is not None
    data = turned(dump(checked.workflow), Random(seed))
    text = yaml.safe_dump(data, sort_keys=False, width=20 + seed % 90, allow_unicode=seed % 2 == 0)
    after = example.read(f"# a comment\n\n{text}\n# another\n")
    assert placed(after) == placed(example.check(checked.workflow))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(workflows(most=4), st.integers(0, 2**16))
def test_layout_changes_no_finding_of_a_random_workflow(workflow: Workflow, seed: int) -> None:
    example = Example("random", b"", RANDOM)
    text = yaml.safe_dump(turned(dump(workflow), Random(seed)), sort_keys=False, width=40)
    assert placed(example.read(text)) == placed(example.check(workflow))

"""The tables of places agree with the model: what an expression is for, where edges and names stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from auterity_cli.language_server.places import (
    Expected,
    expected_at,
    is_arguments,
    is_edge,
    is_step,
    is_type,
    is_uses,
)
from auterity_sdk.checks.check import check_document
from auterity_sdk.checks.subject import Subject
from auterity_sdk.runtime.project import workflow_files
from auterity_sdk.workflow.document import load_document
from auterity_sdk.workflow.step import UsesStep
from tests.language_server.reading import ROOT, registry

FILES = sorted([*workflow_files((ROOT / "workflows",)), *ROOT.glob("tests/corpus/sound/*.yaml")])


def subject(file: Path) -> Subject:
    document = load_document(file.read_bytes(), file=file.name)
    return check_document(document, registry(), rules=()).subject


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_expressions_stand_where_the_tables_say(file: Path) -> None:
    for each in subject(file).expressions:
        found = each.occurrence
        assert expected_at(found.path) == Expected(found.role, found.templated), found.path


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_edges_steps_and_names_stand_where_the_tables_say(file: Path) -> None:
    for graph in subject(file).graphs:
        for groups in graph.ends.values():
            assert all(is_edge(place.path) for group in groups for place in group.places)
        for node in graph.nodes.values():
            assert is_step(node.path)
            if not node.implicit:
                assert all(is_edge(place.path) for group in node.needs for place in group.places)
            if isinstance(node.step, UsesStep):
                assert is_uses((*node.path, "uses"))
                assert is_arguments((*node.path, "with"))


def test_a_step_may_have_any_name() -> None:
    step = ("steps", "steps", "for_each", "steps", "needs")
    assert is_step(step)
    assert is_edge((*step, "needs", 0))
    assert not is_edge(("steps", "needs", "with", "needs"))


def test_types() -> None:
    assert is_type(("input", "lead"))
    assert is_type(("input", "leads", "items"))
    assert is_type(("steps", "a", "approve", "form", "price"))
    assert not is_type(("input", "lead", "description"))
    assert not is_type(("steps", "input", "with"))


def test_no_expression_elsewhere() -> None:
    for path in (("name",), ("timeout",), ("steps", "a", "uses"), ("steps", "a", "needs"), ()):
        assert expected_at(path) is None

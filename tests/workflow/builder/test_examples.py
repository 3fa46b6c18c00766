"""The Python examples: right to the checker and to mypy, and the same as what they say they are."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from auterity_sdk.checks.check import check_workflow
from auterity_sdk.diagnostics import Severity
from auterity_sdk.runtime.plugins import builtin_registry
from auterity_sdk.steps.step_type import StepType
from auterity_sdk.workflow.builder import WorkflowDefinition
from auterity_sdk.workflow.canonical import version
from auterity_sdk.workflow.document import load_document
from auterity_sdk.workflow.export import to_python
from auterity_sdk.workflow.graph import build_graph
from auterity_sdk.workflow.model import Workflow, dump, load
from tests.workflow.builder.test_same_workflow import built

ROOT = Path(__file__).parents[3]
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))


def loaded(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"example_{file.stem}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def version_of(workflow: Workflow) -> str:
    return version(workflow, build_graph(workflow, builtin_registry()))


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_an_example_is_right_and_the_same_in_yaml_and_in_python(file: Path) -> None:
    names = vars(loaded(file)).values()
    types = [
        each for each in names if isinstance(each, StepType) and each.name.startswith("inventory.")
    ]
    registry = builtin_registry().extended(types)
    flows = [each for each in names if isinstance(each, WorkflowDefinition)]
    assert flows
    for flow in flows:
        report = check_workflow(flow.workflow, flow.source, registry).report
        assert [each for each in report.diagnostics if each.severity is not Severity.INFO] == []
        assert version_of(load(dump(flow.workflow))) == version_of(flow.workflow)
        assert version_of(built(to_python(flow.workflow, registry))) == version_of(flow.workflow)


def test_lead_response_in_python_is_the_workflow_in_yaml() -> None:
    file = ROOT / "workflows" / "lead-response.yaml"
    written = load(load_document(file.read_bytes(), file=str(file)).data)
    flow = loaded(ROOT / "examples" / "lead_response.py").lead_response
    assert version_of(flow.workflow) == version_of(written)


def test_examples_type_check(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mypy", f"--cache-dir={tmp_path}", *map(str, EXAMPLES)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr

"""Workflows written as Python: shipped ones, and shapes that random ones seldom have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from auterity_sdk.errors import UsageError
from auterity_sdk.runtime.plugins import BUILTIN_STEP_TYPES, BUILTIN_TYPES, builtin_registry
from auterity_sdk.runtime.project import workflow_files
from auterity_sdk.steps.registry import Registry
from auterity_sdk.workflow.canonical import canonical_json
from auterity_sdk.workflow.document import load_document
from auterity_sdk.workflow.export import to_python
from auterity_sdk.workflow.graph import build_graph
from auterity_sdk.workflow.model import Workflow, load
from tests.workflow.builder.test_same_workflow import built
from tests.workflow.random_workflows import HOSTILE

ROOT = Path(__file__).parents[3]
SHIPPED = list(workflow_files((ROOT / "workflows",)))


def workflow(steps: dict[str, Any], **keys: Any) -> Workflow:
    return load({"auterity": 1, "name": "test", "steps": steps, **keys})


def same(made: Workflow, source: str, registry: Registry) -> bool:
    one, other = (
        canonical_json(each, build_graph(each, registry)) for each in (made, built(source))
    )
    return one == other


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_shipped_workflows_are_the_same_in_python(file: Path) -> None:
    registry = builtin_registry()
    made = load(load_document(file.read_bytes(), file=str(file)).data)
    source = to_python(made, registry, BUILTIN_STEP_TYPES, BUILTIN_TYPES)
    assert "uses(" not in source
    assert same(made, source, registry)


WAIT = {"wait": "1d"}
SHAPES: dict[str, dict[str, Any]] = {
    "one need twice": {"a": WAIT, "b": {"needs": ["a", "a.ok"], **WAIT}},
    "many needs": {
        **{f"a{n}": WAIT for n in range(30)},
        "b": {"needs": [f"a{n}" for n in range(30)], **WAIT},
    },
    "outcome that is a field": {
        "a": {"switch": {"ok": "true", "x": "else"}},
        "b": {"needs": "a.ok", **WAIT},
    },
    "unknown outcome": {"a": WAIT, "b": {"needs": "a.nothing", **WAIT}},
    "else too early": {"a": {"switch": {"x": "else", "y": "else"}}},
    "true last": {"a": {"switch": {"x": "1 > 2", "y": "true"}}},
    "edges into a body's neighbour": {
        "each": {"for_each": {"in": "[1]", "steps": {"a": WAIT}}},
        "again": {"for_each": {"in": "[1]", "steps": {"a": WAIT}}},
        "b": {"needs": ["each", "again.failed"], **WAIT},
    },
    "names of Python and of the builder": {
        **dict.fromkeys(("class", "def", "wait", "expr", "uses", "workflow", "test", "Any"), WAIT),
        **dict.fromkeys(("print", "self", "match", "_", "__init__", "text", "edge"), WAIT),
    },
    "binding names": {
        "each": {"for_each": {"in": "[1]", "as": "class", "steps": {"a": {"wait": "${days(class)}"}}}},
        "some": {"for_each": {"in": "[1]", "as": "wait", "steps": {"b": {"wait": "${days(wait)}"}}}},
        "more": {"repeat": {"as": "def", "until": "def_index > 1", "steps": {"c": WAIT}}},
    },
    "odd arguments": {
        "a": {"uses": "x y'z", "with": {"a b": 1, "class": None, "self": 2**70, "n": 1e300, "": []}},
    },
    "a template without its end": {"a": {"uses": "x", "with": {"a": "${input", "b": "${'$'}x"}}},
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_shapes_are_the_same_in_python(name: str) -> None:
    made = workflow(SHAPES[name])
    assert same(made, to_python(made, Registry()), Registry())


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_becomes_code(text: str) -> None:
    steps = {
        "a": {
            "uses": text,
            "description": text,
            "with": {text: text, "list": [{text: [text]}], "of": f"{text} ${{input.x}}"},
            "queue": text,
        },
        "b": {"approve": {"role": text, "title": text, "form": {"x": {"type": "string", "default": text}}}},
        "c": {"receive": {"event": text}},
        "d": {"call": text},
    }  # fmt: skip
    inputs: dict[str, Any] = {
        "x": {"type": "string", "default": text},
        "y": {"enum": [text]},
        "z": text,
    }
    made = workflow(steps, description=text, labels={text: text}, input=inputs, guarantees=[text])
    assert same(made, to_python(made, Registry()), Registry())


def test_a_circle_has_no_order() -> None:
    made = workflow({"a": {"needs": "b", **WAIT}, "b": {"needs": "a", **WAIT}})
    with pytest.raises(UsageError, match="wait for one another in a circle"):
        to_python(made, Registry())


def test_an_edge_of_no_step_is_refused() -> None:
    with pytest.raises(UsageError, match="an edge leaves `b`, which is no step here"):
        to_python(workflow({"a": {"needs": "b", **WAIT}}), Registry())


def test_simple_expressions_read_as_python() -> None:
    made = workflow(
        {
            "a": {"uses": "crm.find", "with": {"name": "${input.lead.name}"}},
            "b": {"switch": {"hot": "a.score >= 80", "warm": "!has(a.phone)", "cold": "else"}},
            "c": {"needs": "b.hot", "uses": "x", "with": {"body": "Hi ${input.lead.name}, $${"}},
            "d": {"needs": "b.hot", "when": "a.x > 1 && a.y", "wait": "2d"},
        },
        input={"lead": "Lead", "least": {"type": "number", "default": 3}},
    )
    types = {"Lead": "auterity_sdk.dealership.lead:Lead"}
    assert to_python(made, Registry(), {}, types) == SIMPLE


SIMPLE = """\
from auterity_sdk.dealership.lead import Lead
from auterity_sdk.workflow.builder import expr, has, not_, switch, text, uses, wait, workflow


@workflow(name="test")
def test(lead: Lead, least: float = 3) -> None:
    a = uses("crm.find")(name=lead.name)
    b = switch(hot=a.score >= 80, warm=not_(has(a.phone)), cold=True)
    with b.hot:
        c = uses("x")(body=text("Hi ", lead.name, ", ${"))
        d = wait.options(when=expr("a.x > 1 && a.y"))("2d")
"""

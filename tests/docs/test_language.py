"""The page on the language names every key of the model, with its default."""

from __future__ import annotations

import re
from typing import Any

import console
import pytest
from pydantic import BaseModel

from auterity_sdk.workflow.model import Workflow
from auterity_sdk.workflow.step import Approve, ForEach, Receive, Repeat, Retry, UsesStep

PAGE = (console.ROOT / "docs/reference/language.md").read_text(encoding="utf-8")
STEP_KEYS = {"description", "needs", "when"}
MODELS: dict[str, tuple[type[BaseModel], set[str]]] = {
    "## A workflow file": (Workflow, set()),
    "### `uses`": (UsesStep, STEP_KEYS),
    "### `approve`": (Approve, set()),
    "### `receive`": (Receive, set()),
    "### `for_each`": (ForEach, set()),
    "### `repeat`": (Repeat, set()),
    "## Retry and timeout": (Retry, set()),
}
"""Headings with a table of keys, the model that they are of, and its keys that stand elsewhere."""


def section(heading: str) -> str:
    level = heading.partition(" ")[0]
    found = PAGE.partition(f"\n{heading}\n")[2]
    assert found, heading
    return re.split(rf"\n#{{2,{len(level)}}} ", found)[0]


def keys(text: str) -> dict[str, str]:
    """The keys in the first column of the tables, each with the last column."""
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|.*\| ([^|]*) \|$", text, re.MULTILINE)
    return {key: last for cell, last in rows for key in re.findall(r"`(\w+)`", cell)}


@pytest.mark.parametrize("heading", MODELS)
def test_each_key_of_the_model_is_named_with_its_default(heading: str) -> None:
    model, elsewhere = MODELS[heading]
    named = keys(section(heading))
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    assert set(named) == set(fields) - elsewhere
    for name, field in fields.items():
        value: Any = None if field.is_required() else field.get_default()
        if name in named and field.is_required():
            assert named[name].startswith("required"), name
        elif name in named and isinstance(value, int | float):
            shown = str(value).lower().removesuffix(".0")
            assert f"`{shown}`" in named[name], name
        elif name in named and value and heading == "## Retry and timeout":
            assert named[name] == f"`{value}`", name

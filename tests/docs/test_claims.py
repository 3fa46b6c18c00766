"""Each test that a page names as the proof of a claim exists."""

from __future__ import annotations

import ast
import re

import console
import pytest

NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
CLAIMS = sorted(
    {
        (page.name, *found)
        for page in console.pages()
        for found in NAMED.findall(page.read_text(encoding="utf-8"))
    }
)


@pytest.mark.parametrize(("page", "file", "name"), CLAIMS)
def test_a_named_test_exists(page: str, file: str, name: str) -> None:
    tree = ast.parse((console.ROOT / file).read_text(encoding="utf-8"))
    functions = ast.FunctionDef | ast.AsyncFunctionDef
    assert name in {node.name for node in ast.walk(tree) if isinstance(node, functions)}


def test_security_names_tests() -> None:
    assert {"security.md", "durability.md"} <= {page for page, _, _ in CLAIMS}

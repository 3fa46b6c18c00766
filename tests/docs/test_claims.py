"""Each test that a page names as the proof of a claim exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import console
import pytest

from auterity_sdk.runtime.stores.sqlite import SqliteStore

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


def test_the_run_store_flushes_each_transaction(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "runs.db")
    try:
        pragmas = ("journal_mode", "synchronous")
        found = [store._database.execute(f"PRAGMA {name}").fetchone()[0] for name in pragmas]
    finally:
        store.close()
    assert found == ["wal", 2]  # 2 is FULL


def test_security_names_tests() -> None:
    assert {"security.md", "durability.md"} <= {page for page, _, _ in CLAIMS}

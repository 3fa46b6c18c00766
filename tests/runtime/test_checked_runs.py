"""A run goes on with what its check has compiled."""

from __future__ import annotations

import pytest

from auterity_sdk.expression.compile import compile_expression
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.workflow import scope
from auterity_sdk.workflow.graph import build_graph
from auterity_sdk.workflow.scope import Scopes
from tests.runtime.worlds import REGISTRY, workflow, world

TEXT = """
    input: {n: integer}
    steps:
      a: {when: input.n > 1, uses: add, with: {n: "${input.n}"}}
      b: {uses: add, with: {n: "${a.n}", to: "${input.n * 2}"}}
    output: {n: "${b.n}"}
"""


async def test_what_the_check_compiled_is_not_compiled_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compiled: list[str] = []

    def counted(text: str, *arguments: object, **options: object) -> object:
        compiled.append(text)
        return compile_expression(text, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(scope, "compile_expression", counted)
    made = workflow(TEXT)
    scopes = Scopes(made, build_graph(made, REGISTRY), REGISTRY)
    runtime = LocalRuntime(world())
    run_id = await runtime.start(made, {"n": 2}, scopes=scopes)
    assert sorted(compiled) == ["a.n", "b.n", "input.n", "input.n * 2", "input.n > 1"]
    again = await runtime.start(made, {"n": 2}, scopes=scopes)
    assert len(compiled) == 5
    for each in (run_id, again):
        assert (await runtime.drive(each)).output == {"n": 7}

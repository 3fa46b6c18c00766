"""What the checks call known is known when it runs: random workflows without a finding never meet a closed gate."""

from __future__ import annotations

import asyncio
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auterity_sdk.checks.check import check_document
from auterity_sdk.connections.memory import MemoryConnections
from auterity_sdk.runs.gate import GATE_MISSING
from auterity_sdk.runtime.attempt import World
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.view import RunView
from auterity_sdk.steps.registry import Registry
from auterity_sdk.steps.step_type import step
from auterity_sdk.testing.virtual_clock import VirtualClock
from auterity_sdk.workflow.declaration import declare, effect, fact
from auterity_sdk.workflow.document import load_document, write_document
from auterity_sdk.workflow.duration import Duration
from auterity_sdk.workflow.model import load

ALLOWED = "authorization.credit"


@step(name="t.allow", declares=declare(gives=[fact(ALLOWED, "who", lifetime="1h")]))
async def allow(who: str) -> None:
    """Have somebody allow it."""


@step(name="t.revoke", declares=declare(withdraws=[fact(ALLOWED, "who")]))
async def revoke(who: str) -> None:
    """Take it back."""


@step(name="t.pull", declares=declare(effects=[effect("credit.pull", "who")]))
async def pull(who: str) -> None:
    """Pull credit."""


REGISTRY = Registry().extended([allow, revoke, pull])
WAITS = ("10m", "50m", "61m")


@st.composite
def workflows(draw: st.DrawFn) -> dict[str, Any]:
    steps: dict[str, Any] = {}
    edges: list[str] = []
    for at in range(draw(st.integers(2, 7))):
        kind = draw(st.sampled_from(("allow", "allow", "pull", "pull", "revoke", "wait", "switch")))
        made: dict[str, Any]
        if kind == "wait":
            made = {"wait": draw(st.sampled_from(WAITS))}
        elif kind == "switch":
            made = {"switch": {"a": f"input.one == '{draw(st.sampled_from('xy'))}'", "b": "else"}}
        else:
            who = draw(st.sampled_from(("one", "two")))
            made = {"uses": f"t.{kind}", "with": {"who": f"${{input.{who}}}"}}
        if edges and draw(st.integers(0, 5)):
            made["needs"] = draw(_needs(edges))
        steps[f"s{at}"] = made
        edges += [f"s{at}.{outcome}" for outcome in (("a", "b") if kind == "switch" else ("ok",))]
    return {
        "auterity": 1,
        "name": "demo",
        "input": {"one": "string", "two": "string"},
        "steps": steps,
        "ends": {"end": {"any": edges}},
    }


def _needs(edges: list[str]) -> st.SearchStrategy[Any]:
    some = st.lists(st.sampled_from(edges), min_size=1, max_size=3, unique=True)
    return st.one_of(
        st.sampled_from(edges),
        some,
        some.map(lambda s: {"any": s}),
        some.map(lambda s: {"first": s}),
    )


async def played(data: dict[str, Any]) -> RunView:
    clock = VirtualClock(1_800_000_000_000)
    runtime = LocalRuntime(World(REGISTRY, MemoryConnections()), clock=clock)
    view = await runtime.run(load(data), {"one": "x", "two": "z"})
    for _ in range(100):
        if view.status != "waiting":
            return view
        clock.advance(Duration.parse("1m").timedelta * 10)
        view = await runtime.drive(view.run_id)
    return view


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(workflows())
def test_a_fact_that_is_proved_is_there(data: dict[str, Any]) -> None:
    document = load_document(write_document(data), file="demo.yaml")
    found = {each.code for each in check_document(document, REGISTRY).report.diagnostics}
    view = asyncio.run(played(data))
    closed = view.error is not None and view.error.type == GATE_MISSING
    assert not closed or "CRD005" in found

"""Python that cannot become a graph is refused at its line, with the right spelling."""

# ruff: noqa: F841 - the name that a step is assigned to is its id

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from auterity_sdk.errors import BuildError
from auterity_sdk.workflow.builder import (
    approve,
    ends,
    for_each,
    has,
    repeat,
    switch,
    uses,
    wait,
    workflow,
)
from tests.workflow.builder.flows import Lead, Sorted, send, sort


def _if(lead: Lead) -> None:
    if lead.name == "x":  # here
        a = wait("1d")


def _else(lead: Lead) -> None:
    a = send(to="x" if lead.phone else "y")  # here


def _while(lead: Lead) -> None:
    while lead.name:  # here
        a = wait("1d")


def _and(lead: Lead) -> None:
    a = switch(hot=bool(1) and lead.name == "x" and lead.phone == "y", cold=True)  # here


def _or(lead: Lead) -> None:
    a = switch(hot=lead.name == "x" or lead.phone == "y", cold=True)  # here


def _not(lead: Lead) -> None:
    a = switch(hot=not lead.phone, cold=True)  # here


def _in(lead: Lead) -> None:
    a = switch(hot="x" in lead.tags, cold=True)  # here


def _in_list(lead: Lead) -> None:
    a = switch(hot=lead.name in ["x", "y"], cold=True)  # here


def _chain(lead: Lead) -> None:
    a = send(to="x")
    b = switch(hot=1 < a.count < 3, cold=True)  # here


def _is(lead: Lead) -> None:
    phone = lead.phone
    a = switch(hot=phone is None, cold=True)  # here


def _is_on_a_step(lead: Lead) -> None:
    seen = sort(name="x")
    a = switch(hot=seen.score is not None, cold=True)  # here


def _isinstance(lead: Lead) -> None:
    seen = sort(name="x")
    if isinstance(seen, Sorted):  # here
        a = wait("1d")


def _match(lead: Lead) -> None:
    match lead.name:  # here
        case "x":
            a = wait("1d")
        case _:
            b = wait("1d")


def _len(lead: Lead) -> None:
    a = switch(hot=len(lead.tags) > 2, cold=True)  # here


def _f_string(lead: Lead) -> None:
    a = send(to=f"Hi {lead.name}")  # here


def _percent(lead: Lead) -> None:
    a = send(to="Hi %s" % lead.name)  # noqa: UP031  # here


def _str(lead: Lead) -> None:
    a = send(to=str(lead.name))  # here


def _int(lead: Lead) -> None:
    a = send(to="x" * int(lead.name))  # here


def _for(lead: Lead) -> None:
    for tag in lead.tags:  # here
        a = send(to=tag)


def _comprehension(lead: Lead) -> None:
    a = uses("x")(tags=[tag + "!" for tag in lead.tags])  # here


def _assert(lead: Lead) -> None:
    assert lead.phone  # here
    a = wait("1d")


def _floor(lead: Lead) -> None:
    a = send(to="x")
    b = switch(hot=a.count // 2 == 1, cold=True)  # here


def _no_id(lead: Lead) -> None:
    wait("1d")  # here


def _two_targets(lead: Lead) -> None:
    a = b = wait("1d")  # here


def _into_an_attribute(lead: Lead) -> None:
    kept: dict[str, Any] = {}
    kept["a"] = wait("1d")  # here


def _one_id_twice(lead: Lead) -> None:
    a = wait("1d")
    a = wait("2d")  # here


def _id_in_a_loop(lead: Lead) -> None:
    for _ in range(2):
        a = wait("1d")  # here


def _id_that_hides(lead: Lead) -> None:
    a = wait("1d")

    @for_each(lead.tags)
    def each(item: str) -> None:
        a = send(to=item)  # here


def _bound_id(lead: Lead) -> None:
    @for_each(lead.tags)
    def each(tag: str) -> None:
        tag_index = send(to=tag)  # here


def _misspelt_outcome(lead: Lead) -> None:
    seen = sort(name="x")
    with seen.nwe:  # type: ignore[attr-defined]  # here
        a = wait("1d")


def _no_ok(lead: Lead) -> None:
    seen = sort(name="x")
    with seen.ok:  # here
        a = wait("1d")


def _step_as_outcome(lead: Lead) -> None:
    seen = sort(name="x")
    with seen:  # type: ignore[attr-defined]  # here
        a = wait("1d")


def _misspelt_case(lead: Lead) -> None:
    route = switch(hot=has(lead.phone), cold=True)
    with route.warm:  # here
        a = wait("1d")


def _misspelt_kind_outcome(lead: Lead) -> None:
    agreed = approve(role="gm")
    with agreed.aproved:  # type: ignore[attr-defined]  # here
        a = wait("1d")


def _bad_duration(lead: Lead) -> None:
    a = wait("2 days")  # here


def _bad_option(lead: Lead) -> None:
    a = wait.options(timeout="5s")("2d")  # here


def _strange_value(lead: Lead) -> None:
    a = uses("x")(value=object())  # here


def _no_until(lead: Lead) -> None:
    @repeat(max=3)  # here
    def each() -> None:
        a = wait("1d")


def _ends_in_a_body(lead: Lead) -> None:
    @for_each(lead.tags)
    def each(item: str) -> None:
        a = wait("1d")
        ends(over=a.ok)  # here


def _own_mistake(lead: Lead) -> None:
    a = send(to="x" * (1 // 0))  # here


CASES = {
    _if: ("`if` asks", "switch"),
    _else: ("`… if … else …` asks", "choose"),
    _while: ("`while` asks", "repeat"),
    _and: ("`and` asks", "a & b"),
    _or: ("`or` asks", "a | b"),
    _not: ("`not` asks", "not_"),
    _in: ("`in` asks", "contains"),
    _in_list: ("`in` asks", "contains"),
    _chain: ("a chain of comparisons asks", "(a < b) & (b < c)"),
    _is: ("`is` asks", "has(value)"),
    _is_on_a_step: ("`is` asks", "has(value)"),
    _isinstance: ("`isinstance()` asks", "switch"),
    _match: ("`match` asks", "switch"),
    _len: ("length", "size(value)"),
    _f_string: ("f-string", "text("),
    _percent: ("text", "text("),
    _str: ("text", "text("),
    _int: ("only the run knows", "expr"),
    _for: ("items", "for_each"),
    _comprehension: ("items", "for_each"),
    _assert: ("`assert` asks", "switch"),
    _floor: ("`//`", "expr"),
    _no_id: ("has no id", ".options(id=…)"),
    _two_targets: ("has no id", ".options(id=…)"),
    _into_an_attribute: ("has no id", ".options(id=…)"),
    _one_id_twice: ("a step `a` already", "another name"),
    _id_in_a_loop: ("a step `a` already", "another name"),
    _id_that_hides: ("a step `a` already", "another name"),
    _bound_id: ("a name that the body binds", "another id"),
    _misspelt_outcome: ("`seen` has no outcome `nwe`", "did you mean `seen.new`?"),
    _no_ok: ("`seen` has no outcome `ok`", "`seen.new` or `seen.known`"),
    _step_as_outcome: ("`seen` is a step", "`seen.new`"),
    _misspelt_case: ("`route` has no outcome `warm`", "`route.hot`"),
    _misspelt_kind_outcome: ("no outcome `aproved`", "did you mean `agreed.approved`?"),
    _bad_duration: ("is not a duration", ""),
    _bad_option: ("timeout", ""),
    _strange_value: ("type `object` has no spelling", "numbers"),
    _no_until: ("until when", "until(condition)"),
    _ends_in_a_body: ("a body has no ends", "workflow's function"),
    _own_mistake: ("ZeroDivisionError", ""),
}


@pytest.mark.parametrize("function", CASES, ids=lambda function: function.__name__)
def test_is_refused_at_its_line_with_the_right_spelling(function: Callable[..., Any]) -> None:
    fact, proposal = CASES[function]
    with pytest.raises(BuildError) as caught:
        _ = workflow()(function).workflow
    lines, first = inspect.getsourcelines(function)
    (marked,) = [number for number, line in enumerate(lines, first) if "# here" in line]
    error = caught.value
    assert (error.file, error.line) == (__file__, marked)
    assert fact in error.message
    assert proposal in (error.help or "")


def test_plain_python_in_a_workflow_function_is_fine() -> None:
    debug = None

    @workflow()
    def flow(lead: Lead) -> None:
        if debug is None and not isinstance(debug, str):
            a = send(to=lead.name)
        for number in range(2):
            if number in (0, 1):
                wait.options(id=f"wait_{number}")("1d")

    assert list(flow.workflow.steps) == ["a", "wait_0", "wait_1"]


def test_a_coroutine_function_is_no_workflow() -> None:
    @workflow()
    async def flow(lead: Lead) -> None:
        a = wait("1d")

    with pytest.raises(BuildError, match="no coroutine"):
        _ = flow.workflow


def test_an_input_without_a_type_is_refused() -> None:
    @workflow()
    def flow(lead) -> None:  # type: ignore[no-untyped-def]
        a = wait("1d")

    with pytest.raises(BuildError, match="the input `lead` has no type"):
        _ = flow.workflow


def test_a_workflow_without_a_step_is_refused() -> None:
    @workflow()
    def flow(lead: Lead) -> None: ...

    with pytest.raises(BuildError, match="has no step"):
        _ = flow.workflow

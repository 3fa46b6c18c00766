"""The steps that are no step type: `switch`, `approve`, `receive`, `wait` and `watch`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from auterity_sdk.workflow.builder.building import Graph, graph_now
from auterity_sdk.workflow.builder.cel import Symbolic
from auterity_sdk.workflow.builder.input_types import type_expression
from auterity_sdk.workflow.builder.maker import Described, StepMaker
from auterity_sdk.workflow.builder.source import refuse
from auterity_sdk.workflow.builder.step_value import Approval, Received, Switched, Waited, Watched
from auterity_sdk.workflow.builder.value import Verbatim, as_expression, as_value


def _switch(**cases: bool) -> Described[Switched]:
    """Pick the first true case, whose name is the outcome; `True` as the last case is `else`.

    `route = switch(hot=score.score >= 80, cold=True)`, then `with route.hot:`.
    """
    graph = graph_now("switch")
    last = list(cases)[-1:]
    data = {
        name: "else" if [name] == last and case is True else as_expression(case, graph)
        for name, case in cases.items()
    }
    return Described({"switch": data}, tuple(cases), ("switch",))


def _approve(
    *,
    role: str,
    quorum: int | None = None,
    title: str | None = None,
    form: Mapping[str, object] | None = None,
    edit: Mapping[str, object] | None = None,
    exclude: Literal["requester"] | None = None,
    remind: Mapping[str, str | timedelta] | None = None,
    escalate: Mapping[str, str | timedelta] | None = None,
    timeout: str | timedelta | None = None,
    default: Literal["approved", "rejected"] | None = None,
) -> Described[Approval]:
    """Ask people of a role. `form` maps names to types (`{"price": float}`); its values are the output."""
    given = {key: value for key, value in locals().items() if value is not None}
    graph = graph_now("approve")
    if form is not None:
        given["form"] = {name: _field_type(kind) for name, kind in form.items()}
    data = {key: value if key == "role" else as_value(value, graph) for key, value in given.items()}
    return Described({"approve": data}, ("approved", "rejected", "timeout"), ("approve",))


def _receive(
    event: str, *, match: object = None, timeout: str | timedelta | None = None
) -> Described[Received]:
    """Wait for an outside event for which `match` is true: `match=event["from"] == lead.phone`."""
    graph = graph_now("receive")
    data: dict[str, Any] = {"event": event}
    if match is not None:
        data["match"] = as_expression(match, graph)
    if timeout is not None:
        data["timeout"] = as_value(timeout, graph)
    return Described({"receive": data}, ("received", "timeout"), ("receive",), ("event",))


def _wait(
    time: str | timedelta | datetime | None = None,
    *,
    business: str | timedelta | None = None,
    calendar: str | None = None,
) -> Described[Waited]:
    """Wait durably: for `"2d"`, until a time, or `business="4h"` by the calendar of that name."""
    graph = graph_now("wait")
    if (time is None) == (business is None):
        raise refuse("`wait` takes a time, or business=…", 'write wait("2d")')
    if business is None:
        return Described({"wait": as_value(time, graph)})
    return Described({"wait": _business(business, calendar, graph)}, keywords=("wait",))


def _watch(sentence: str) -> Described[Watched]:
    """Watch that something happens in time: `watch("one of [text, call] within 5m of start")`, in ids of its own graph."""
    graph_now("watch")
    return Described({"watch": sentence}, ("kept", "breached"), ("watch",))


def _field_type(kind: object) -> object:
    return kind if isinstance(kind, Symbolic | Verbatim) else type_expression(kind)


def _business(business: object, calendar: str | None, graph: Graph) -> dict[str, Any]:
    named = {} if calendar is None else {"calendar": calendar}
    return {"business": as_value(business, graph), **named}


switch = StepMaker("switch", _switch)
approve = StepMaker("approve", _approve)
receive = StepMaker("receive", _receive)
wait = StepMaker("wait", _wait)
watch = StepMaker("watch", _watch)

"""A workflow whose model may look into the stock, and propose a visit that a person approves."""

from __future__ import annotations

from typing import Any

from auterity_sdk.steps.builtin.ai import redact, tools
from auterity_sdk.steps.builtin.task import assign
from auterity_sdk.steps.output import Output
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.builder import any_of, approve, expr, repeat, until, workflow
from auterity_sdk.workflow.declaration import argument, declare, effect

WRITTEN: list[str] = []
"""The days of the visits that were written down."""


class Found(Output):
    vehicles: list[dict[str, Any]]


@step(name="stock.find")
def find(make: str) -> Found:
    """Find vehicles in stock."""
    price = {"minor": 2149900, "currency": "USD"}
    return Found(vehicles=[{"year": 2024, "make": make, "model": "Civic", "price": price}])


@step(
    name="visit.write",
    idempotent=True,
    declares=declare(effects=[effect("write", text=argument("day"))]),
)
def write(day: str) -> None:
    """Write a visit down."""
    WRITTEN.append(day)


@workflow(name="stock-talk")
def stock_talk(question: str) -> dict[str, Any]:
    clean = redact(text=question)
    with clean.ok:

        @repeat(max=5)
        def talk() -> Any:
            turn = tools.options(timeout="1m")(
                prompt="Answer the shopper.",
                longest=400,
                text=clean.text,
                so_far=expr("previous.?conversation.orValue([])"),
                results={"search": expr("previous.?found.orValue([])")},
                tools={
                    "search": {
                        "description": "Search the vehicles in stock",
                        "uses": "stock.find",
                        "input": ["make"],
                    },
                    "visit": {
                        "description": "Propose a visit",
                        "input": {"day": {"type": "string", "format": "date"}},
                    },
                },
            )
            with turn.search:
                look = find(make=turn.arguments["search"]["make"])
            with turn.visit:
                agreed = approve(
                    role="bdc", timeout="1h", edit={"day": turn.arguments["visit"]["day"]}
                )
            with agreed.approved:
                write.options(id="book")(day=agreed["day"])
            with any_of(
                *(turn.invalid, turn.refused, turn.over_budget, turn.failed),
                *(look.failed, agreed.rejected, agreed.timeout),
            ):
                assign.options(id="person")(role="bdc", due="15m", title="Answer")
            until(expr("turn.?reply.orValue('') != '' || outcome.?person.hasValue()"))
            return {
                "conversation": expr("turn.?conversation.orValue([])"),
                "found": expr("look.?vehicles.orValue([])"),
                "reply": expr("turn.?reply.orValue('')"),
            }

    with talk.exhausted:
        assign.options(id="late")(role="bdc", due="15m", title="Answer")
    return {"reply": expr("talk.?last.?reply.orValue('')")}

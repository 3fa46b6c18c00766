"""Wrong uses: each marked line is a type error."""

# ruff: noqa: F841 - the name that a step is assigned to is its id

from typing import ClassVar

from pydantic import BaseModel

from auterity_sdk.steps.context import StepContext
from auterity_sdk.steps.output import Outcome, Output
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.builder import (
    any_of,
    approve,
    call,
    compensate,
    ends,
    for_each,
    receive,
    switch,
    wait,
    workflow,
)


class Lead(BaseModel):
    phone: str | None = None
    name: str
    lenders: list[str] = []


class Dedupe(Output):
    new: ClassVar[Outcome] = Outcome()
    duplicate: ClassVar[Outcome] = Outcome()
    customer_id: str


@step
async def deduplicate(lead: Lead) -> Dedupe:
    return Dedupe.new(Dedupe(customer_id=lead.name))


@step(name="lead.ask")
def ask(context: StepContext, lender: str) -> None: ...


@workflow(name="child")
def child(lead: Lead) -> None:
    waited = wait("2d")
    ends(over=waited.ok)


@workflow(nmae="lead-response")  # E: misspelt key
def misspelt(lead: Lead) -> None:
    deduplicate.options(id="seen")(lead=lead)


@workflow(name="lead-response")
def lead_response(lead: Lead) -> None:
    seen = deduplicate(lead="Ann")  # E: wrong argument
    more = deduplicate(laed=lead)  # E: misspelt argument
    none = deduplicate()  # E: missing argument
    asked = ask(lender=lead.phone)  # E: may be None
    named = ask.options(tiemout="1m")(lender="x")  # E: misspelt option
    field = seen.customer_idd  # E: misspelt field
    another = lead.nmae  # E: misspelt field of the input
    with seen.nwe:  # E: misspelt outcome
        waited = wait("2d")
    with seen.customer_id:  # E: a field is no outcome
        route = switch(hot=seen.customer_id, cold=True)  # E: no condition
    with any_of(route.hot, seen):  # E: a step is no outcome
        agreed = approve(roel="gm")  # E: misspelt argument of a kind
    with agreed.aproved:  # E: misspelt outcome of a kind
        reply = receive("sms.received", match=True, timeout=5)  # E: a number is no duration
    compensate(reply, ask, lendre="x")  # E: misspelt argument of a compensation
    handed = call(child, laed=lead)  # E: misspelt input of a child

    @for_each(lead.lenders)  # E: another type of item
    def quotes(lender: int) -> None:
        ask.options(id="one")(lender="x")

    ends(
        over=waited,  # E: a step is no outcome
        none=none.duplicat,  # E: misspelt outcome
        more=[
            more.new,
            asked,  # E: a step is no outcome
            named.failed,
            handed.ok,
            quotes.okay,  # E: misspelt outcome of a kind
        ],
    )

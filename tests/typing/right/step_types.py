"""Right uses: everything here type-checks, and its types are revealed."""

from typing import Any, ClassVar, assert_type

from pydantic import BaseModel

from auterity_sdk.steps.context import StepContext
from auterity_sdk.steps.output import Outcome, Output
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.builder import (
    any_of,
    approve,
    at_least,
    call,
    choose,
    compensate,
    contains,
    days,
    ends,
    event,
    expr,
    first_of,
    for_each,
    has,
    not_,
    one_of,
    optional,
    outcome,
    present,
    receive,
    repeat,
    run,
    size,
    switch,
    text,
    until,
    uses,
    wait,
    watch,
    where,
    workflow,
)
from auterity_sdk.workflow.builder.edge import OutcomeEdge


class Lead(BaseModel):
    phone: str | None = None
    name: str
    lenders: list[str] = []


class Dedupe(Output):
    new: ClassVar[Outcome] = Outcome()
    duplicate: ClassVar[Outcome] = Outcome()
    customer_id: str


class Score(Output):
    score: float


class Quote(Output):
    rate: float


@step
async def deduplicate(lead: Lead) -> Dedupe:
    return Dedupe.new(Dedupe(customer_id=lead.name))


@step(name="lead.rate", idempotent=False)
def rate(context: StepContext, lead: Lead, hint: str = "") -> Score:
    return Score(score=len(context.run_id + lead.name + hint))


@step
async def ask(lender: str) -> Quote:
    return Quote(rate=len(lender))


@workflow(name="child")
def child(lead: Lead, amount: int = 1) -> None:
    waited = wait("2d")
    ends(over=waited.ok)


@workflow(name="lead-response", labels={"team": "bdc"})
def lead_response(lead: Lead, min_score: float = 50) -> dict[str, Any]:
    seen = deduplicate(lead=lead)
    assert_type(seen, Dedupe)
    assert_type(seen.customer_id, str)
    with seen.new:
        score = rate.options(timeout="1m", retry={"attempts": 3})(lead, hint=text("Hi ", lead.name))
        assert_type(score, Score)
        assert_type(score.score >= 80, bool)
        hot = (score.score >= min_score) & not_(has(lead.phone)) | contains(lead.lenders, "x")
        assert_type(hot, bool)
        route = switch(hot=hot, warm=size(lead.lenders) > 2, cold=True)
        assert_type(route.hot, OutcomeEdge)
    with any_of(route.hot, route.warm, seen.failed):
        reply = receive("sms.received", match=event["from"] == lead.phone, timeout=days(2))
        told = uses("crm.note")(phone=present(lead.phone), words=choose(hot, "hot", "cold"))
        compensate(told, rate.options(timeout="5s"), lead=lead)

    @for_each(lead.lenders, first=1)
    def quotes(lender: str) -> Quote:
        offer = ask(lender=lender)
        where(offer.rate < 5)
        return offer

    assert_type(quotes.results, list[Quote])

    @repeat(max=3, every="1d")
    def chase(index: int, previous: Any) -> None:
        again = wait("1d")
        until(outcome(again) == "ok")

    agreed = approve(role="gm", timeout="4h", form={"price": float})
    handed = call(child, lead=lead, amount=3)
    with one_of(agreed.approved, agreed.timeout), at_least(1, handed.over, chase.exhausted):
        wait.options(id="cool_off", when=agreed["price"] > 3)("1h")
    slow = watch("reply.received within 1h of start")
    assert_type(slow.breached, OutcomeEdge)
    ends(
        duplicate=seen.duplicate,
        answered=[reply.received, first_of(quotes.ok, quotes.exhausted, cancel_rest=True)],
    )
    return {"end": run.end, "score": optional(score).score.or_value(0), "one": expr("1")}

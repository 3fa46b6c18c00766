"""The workflow of `workflows/lead-response.yaml` in Python: one graph, so one version.

A part of a workflow is a plain function. What it makes belongs to the workflow that calls it.

auterity validate examples/lead_response.py
"""

from typing import Annotated, Any

from pydantic import Field

from auterity_sdk.dealership.lead import Lead
from auterity_sdk.steps.builtin.ai import classify, draft, redact
from auterity_sdk.steps.builtin.consent.check import check
from auterity_sdk.steps.builtin.consent.record import record
from auterity_sdk.steps.builtin.hours.gate import gate
from auterity_sdk.steps.builtin.lead.deduplicate import deduplicate
from auterity_sdk.steps.builtin.lead.score import score as rate
from auterity_sdk.steps.builtin.sms.read_reply import read_reply
from auterity_sdk.steps.builtin.sms.send import send
from auterity_sdk.steps.builtin.task.assign import assign
from auterity_sdk.workflow.builder import (
    any_of,
    ends,
    event,
    has,
    not_,
    one_of,
    optional,
    present,
    receive,
    run,
    switch,
    text,
    workflow,
)
from auterity_sdk.workflow.duration import Duration

TOPICS = {
    "availability": "asks whether the vehicle is there",
    "price": "asks what it costs, or for less",
    "trade": "has a vehicle to trade in",
    "finance": "asks about loans, leases or payments",
    "appointment": "wants to come by, or to drive it",
    "opt_out": "wants no messages",
    "complaint": "is unhappy with the dealership or its people",
    "other": "none of these",
}


def promising(lead: Lead, least_score: float) -> tuple[Any, Any]:
    """Whether the lead is new, and who is to answer it."""
    dedupe = deduplicate.options(timeout="30s")(lead=lead, window=Duration.parse("30d"))
    with dedupe.new:
        score = rate.options(timeout="30s")(lead=lead)
        route = switch.options(
            description="Only who can be texted, and is likely to come, is texted."
        )(
            no_phone=not_(has(lead.customer.phone)),
            promising=score.score >= least_score,
            other=True,
        )
    return dedupe, route


def read(lead: Lead) -> tuple[Any, Any, Any]:
    """What the customer wrote, as far as a model may see it, and what it is about."""
    comments = redact.options(
        description="What the customer wrote, without names, numbers and addresses. Only this goes to a model.",
        timeout="30s",
    )(text=lead.comments, names=[lead.customer.first_name, lead.customer.last_name])
    with comments.ok:
        topic = classify.options(timeout="30s")(text=comments.text, labels=TOPICS)
    with topic.ok:
        tone = switch.options(
            description="Who wants no messages, or is unhappy, is called by a person."
        )(person=(topic.label == "opt_out") | (topic.label == "complaint"), text=True)
    return comments, topic, tone


def texted(lead: Lead, car: str, written: Any) -> tuple[Any, Any, Any]:
    """The text, where the law lets it be sent."""
    customer = lead.customer
    phone = present(customer.phone)
    state = optional(customer).address.region.or_value("")
    hours = gate.options(timeout="30s")(phone=phone, state=state)
    with hours.open:
        consent = check.options(timeout="30s")(channel="sms", customer=customer, lead=lead)
    with consent.granted:
        ours = "Thank you for asking about the " + car + ". Can you come by this week?"
        sent = send.options(
            id="text",
            description=(
                "The draft, with the sentence that says who wrote it; a text of ours where there is none."
            ),
            retry={"attempts": 4, "initial": "2s", "max": "1m"},
            timeout="5m",
        )(
            to=phone,
            body=text(
                "Hi ",
                customer.first_name,
                "! ",
                optional(written).message.or_value(ours),
                " Reply STOP to opt out.",
            ),
        )
    return hours, consent, sent


def answered(lead: Lead, name: str) -> tuple[Any, Any, Any]:
    """What follows of the customer's answer."""
    phone = present(lead.customer.phone)
    reply = receive("sms.received", match=event["from"] == phone, timeout="2d")
    with reply.received:
        body = optional(reply).body.or_value("")
        answer = read_reply(text=body)
    with answer.stop:
        opt_out = record(channel="sms", address=phone, said="stop", evidence=body)
    with one_of(answer.yes, answer.no, answer.unclear):
        follow_up = assign(
            role="sales", due=Duration.parse("15m"), title=text("Answer ", name), details=body
        )
    return reply, opt_out, follow_up


@workflow(
    name="lead-response",
    description=(
        "Answer an internet lead by text where it is allowed, else by a person; a model reads what is asked and writes"
        " the text; understand the answer, and let nobody who writes STOP be texted again."
    ),
    labels={"team": "bdc"},
    guarantees=[
        "text only after consent.granted",
        "text only after hours.open",
        "text never after opt_out",
        "exactly one of [dedupe.duplicate, opt_out, follow_up, call]",
        "one of [text, call] within 5m of start",
        "topic only after comments.ok",
        "draft only after comments.ok",
        "text never after tone.person",
    ],
)
def lead_response(
    lead: Lead, least_score: Annotated[float, Field(ge=0, le=100)] = 40
) -> dict[str, Any]:
    name = text(lead.customer.first_name, " ", lead.customer.last_name)
    car = optional(lead).vehicle.model.or_value("car")
    dedupe, route = promising(lead, least_score)
    with route.promising:
        comments, topic, tone = read(lead)
    with tone.text:
        written = draft.options(id="draft", timeout="1m")(
            prompt=text(
                "The message is about ",
                topic.label,
                ". Write a short text, without a greeting: thank the customer, name the vehicle,"
                " and ask when they can come by.",
            ),
            text=comments.text,
            facts={"vehicle": car},
            longest=240,
        )
    with any_of(
        written.ok,
        *(written.invalid, written.refused, written.over_budget, written.failed),
        *(topic.invalid, topic.refused, topic.over_budget, topic.failed, comments.failed),
    ):
        hours, consent, sent = texted(lead, car, written)
    with sent.ok:
        reply, opt_out, follow_up = answered(lead, name)
    with one_of(
        *(route.no_phone, route.other, tone.person, hours.closed, consent.denied),
        *(sent.failed, reply.timeout),
    ):
        call = assign(
            role="bdc",
            due=Duration.parse("5m"),
            title=text("Call ", name),
            details=lead.comments,
        )
    ends(duplicate=dedupe.duplicate, opted_out=opt_out.ok, answered=follow_up.ok, called=call.ok)
    return {
        "disposition": run.end,
        "topic": optional(topic).label.or_value(""),
        "message": optional(sent).message_id.or_value(""),
    }

"""The workflow of `workflows/lead-response.yaml` in Python: one graph, so one version.

auterity validate examples/lead_response.py
"""

from typing import Annotated, Any

from pydantic import Field

from auterity_sdk.dealership.lead import Lead
from auterity_sdk.steps.builtin.consent.check import check
from auterity_sdk.steps.builtin.consent.record import record
from auterity_sdk.steps.builtin.hours.gate import gate
from auterity_sdk.steps.builtin.lead.deduplicate import deduplicate
from auterity_sdk.steps.builtin.lead.score import score as rate
from auterity_sdk.steps.builtin.sms.read_reply import read_reply
from auterity_sdk.steps.builtin.sms.send import send
from auterity_sdk.steps.builtin.task.assign import assign
from auterity_sdk.workflow.builder import (
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


@workflow(
    name="lead-response",
    description=(
        "Answer an internet lead by text where it is allowed, else by a person; understand the answer,"
        " and let nobody who writes STOP be texted again."
    ),
    labels={"team": "bdc"},
    guarantees=[
        "text only after consent.granted",
        "text only after hours.open",
        "text never after opt_out",
        "exactly one of [dedupe.duplicate, opt_out, follow_up, call]",
        "one of [text, call] within 5m of start",
    ],
)
def lead_response(
    lead: Lead, least_score: Annotated[float, Field(ge=0, le=100)] = 40
) -> dict[str, Any]:
    customer = lead.customer
    phone = present(customer.phone)
    name = text(customer.first_name, " ", customer.last_name)

    dedupe = deduplicate.options(timeout="1m")(lead=lead, window=Duration.parse("30d"))
    with dedupe.new:
        score = rate.options(timeout="1m")(lead=lead)
        route = switch.options(
            description="Only who can be texted, and is likely to come, is texted."
        )(
            no_phone=not_(has(customer.phone)),
            promising=score.score >= least_score,
            other=True,
        )
        with route.promising:
            state = optional(customer).address.region.or_value("")
            hours = gate.options(timeout="1m")(phone=phone, state=state)
        with hours.open:
            consent = check.options(timeout="1m")(channel="sms", customer=customer, lead=lead)
        with consent.granted:
            car = optional(lead).vehicle.model.or_value("car")
            # `text` is the step's id in the file, and a function here
            texted = send.options(
                id="text",
                retry={"attempts": 4, "initial": "2s", "max": "1m"},
                timeout="5m",
            )(
                to=phone,
                body=text(
                    "Hi ",
                    customer.first_name,
                    ", thank you for asking about the ",
                    car,
                    ". Can you come by this week? Reply STOP to opt out.",
                ),
            )
        with texted.ok:
            reply = receive("sms.received", match=event["from"] == phone, timeout="2d")
        with reply.received:
            body = optional(reply).body.or_value("")
            answer = read_reply(text=body)
        with answer.stop:
            opt_out = record(channel="sms", address=phone, said="stop", evidence=body)
        with one_of(answer.yes, answer.no, answer.unclear):
            follow_up = assign(
                role="sales",
                due=Duration.parse("15m"),
                title=text("Answer ", name),
                details=body,
            )
        with one_of(
            route.no_phone,
            route.other,
            hours.closed,
            consent.denied,
            texted.failed,
            reply.timeout,
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
        "message": optional(texted).message_id.or_value(""),
    }

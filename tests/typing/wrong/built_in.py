"""Wrong uses of built-in step types: each marked line is a type error."""

from auterity_sdk.dealership.lead import Lead
from auterity_sdk.steps.builtin.lead.deduplicate import deduplicate
from auterity_sdk.steps.builtin.sms.send import send
from auterity_sdk.workflow.builder import ends, workflow


@workflow(name="built-in")
def built_in(lead: Lead) -> None:
    seen = deduplicate(lead=lead, window=30)  # E: a number is no duration
    with seen.nwe:  # E: misspelt outcome
        sent = send(to=lead.customer.phone, body="Hi")  # E: may be None
    again = send(to=seen.customer, text="Hi")  # E: misspelt field, misspelt argument
    ends(new=seen.customer_id, sent=sent.okay, again=again.ok)  # E: no outcome, misspelt outcome

from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import event, expr, first_of, receive, switch, wait, workflow


@workflow(name="deferred-choice")
def deferred_choice(deal: str) -> None:
    lender = receive("lender.answered", match=event.deal == deal)
    reply = receive("sms.received", match=event.deal == deal)
    silence = wait("2d")
    with first_of(reply.received, lender.received, silence.ok, cancel_rest=True):
        what = switch(
            replied=expr('outcome.?reply.orValue("") == "received"'),
            answered=expr('outcome.?lender.orValue("") == "received"'),
            silent=True,
        )
    with what.silent:
        ask = task_assign(role="bdc", due="1d", title="Ask again")
    with what.replied:
        call = task_assign(role="sales", due="1d", title="Call back")
    with what.answered:
        desk = task_assign(role="desk", due="1d", title="Work the deal")

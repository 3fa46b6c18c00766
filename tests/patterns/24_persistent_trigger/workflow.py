from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import ends, event, receive, workflow


@workflow(name="persistent-trigger")
def persistent_trigger(deal: str) -> None:
    submit = task_assign(role="finance", due="1d", title="Send the deal to the lender")
    with submit.ok:
        answer = receive("lender.answered", match=event.deal == deal, timeout="2d")
    with answer.timeout:
        call = task_assign(role="finance", due="1d", title="Call the lender")
    with answer.received:
        desk = task_assign(role="desk", due="1d", title="Work the deal")
    ends(answered=desk.ok, called=call.ok)

from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import event, first_of, receive, workflow


@workflow(name="cancel-task")
def cancel_task(deal: str) -> None:
    quote = task_assign(role="finance", due="1d", title="Wait for the quote of North Bank")
    withdrawn = receive("quote.withdrawn", match=event.deal == deal)
    with first_of(quote.ok, withdrawn.received, cancel_rest=True):
        desk = task_assign(role="desk", due="1d", title="Work the deal")

from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import call, event, first_of, receive, workflow


@workflow(name="cancel-region")
def cancel_region(deal: str) -> None:
    cash = receive("deal.paid", match=event.deal == deal)
    recon = task_assign(role="recon", due="1d", title="Make the car ready")
    section = call("finance-section")
    with recon.ok, first_of(section.ok, cash.received, cancel_rest=True):
        deliver = task_assign(role="sales", due="1d", title="Deliver the car")

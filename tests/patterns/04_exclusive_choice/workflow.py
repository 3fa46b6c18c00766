from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import expr, switch, workflow


@workflow(name="exclusive-choice")
def exclusive_choice(paid_by: str) -> None:
    way = switch(
        cash=expr('input.paid_by == "cash"'),
        lease=expr('input.paid_by == "lease"'),
        finance=True,
    )
    with way.cash:
        cashier = task_assign(role="cashier", due="1d", title="Take the money")
    with way.lease:
        leasing = task_assign(role="leasing", due="1d", title="Write the lease")
    with way.finance:
        lenders = task_assign(role="finance", due="1d", title="Find a lender")

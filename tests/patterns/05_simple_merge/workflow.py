from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import one_of, switch, workflow


@workflow(name="simple-merge")
def simple_merge(cash: bool) -> None:
    way = switch(cash=cash, finance=True)
    with way.cash:
        cashier = task_assign(role="cashier", due="1d", title="Take the money")
    with way.finance:
        lenders = task_assign(role="finance", due="1d", title="Find a lender")
    with one_of(cashier.ok, lenders.ok):
        delivery = task_assign(role="sales", due="1d", title="Deliver the car")

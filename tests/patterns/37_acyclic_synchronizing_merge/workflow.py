from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import any_of, workflow


@workflow(name="acyclic-synchronizing-merge")
def acyclic_synchronizing_merge(trade: bool, financed: bool) -> None:
    appraise = task_assign.options(when=trade)(
        role="used-cars", due="1d", title="Appraise the trade"
    )
    lender = task_assign.options(when=financed)(role="finance", due="1d", title="Find a lender")
    with appraise.ok, lender.ok:
        payoff = task_assign(role="finance", due="1d", title="Pay off the old loan")
    with appraise.ok:
        title = task_assign(role="title-clerk", due="1d", title="Get the title")
    with any_of(payoff.ok, title.ok, lender.ok, appraise.skipped):
        contract = task_assign(role="finance", due="1d", title="Print the contract")

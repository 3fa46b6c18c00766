from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import at_least, workflow


@workflow(name="structured-partial-join")
def structured_partial_join() -> None:
    address = task_assign(role="finance", due="1d", title="Get the proof of address")
    income = task_assign(role="finance", due="1d", title="Get the proof of income")
    references = task_assign(role="finance", due="1d", title="Get the references")
    with at_least(2, income.ok, address.ok, references.ok):
        submit = task_assign(role="finance", due="1d", title="Send the deal to the lender")

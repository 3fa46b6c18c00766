from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import wait, workflow


@workflow(name="implicit-termination")
def implicit_termination() -> None:
    plates = task_assign(role="title-clerk", due="1d", title="Order the plates")
    thank = task_assign(role="sales", due="1d", title="Thank the customer")
    with thank.ok:
        follow_up = wait("7d")

from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import first_of, workflow


@workflow(name="structured-discriminator")
def structured_discriminator() -> None:
    east = task_assign(role="finance", due="1d", title="Ask East Bank")
    north = task_assign(role="finance", due="1d", title="Ask North Bank")
    south = task_assign(role="finance", due="1d", title="Ask South Bank")
    with first_of(north.ok, south.ok, east.ok):
        desk = task_assign(role="desk", due="1d", title="Work the deal")

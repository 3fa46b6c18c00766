from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import workflow


@workflow(name="sequence")
def sequence() -> None:
    inspect = task_assign(role="technician", due="1d", title="Inspect the trade-in")
    with inspect.ok:
        repair = task_assign(role="technician", due="1d", title="Repair it")
    with repair.ok:
        detail = task_assign(role="detailer", due="1d", title="Clean it")

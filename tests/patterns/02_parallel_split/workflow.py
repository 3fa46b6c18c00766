from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import workflow


@workflow(name="parallel-split")
def parallel_split() -> None:
    intake = task_assign(role="recon", due="1d", title="Take the car in")
    with intake.ok:
        body = task_assign(role="body-shop", due="1d", title="Body work")
        detail = task_assign(role="detailer", due="1d", title="Detailing")
        mechanical = task_assign(role="technician", due="1d", title="Mechanical work")

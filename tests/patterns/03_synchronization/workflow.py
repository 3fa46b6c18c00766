from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import workflow


@workflow(name="synchronization")
def synchronization() -> None:
    body = task_assign(role="body-shop", due="1d", title="Body work")
    detail = task_assign(role="detailer", due="1d", title="Detailing")
    mechanical = task_assign(role="technician", due="1d", title="Mechanical work")
    with mechanical.ok, body.ok, detail.ok:
        photos = task_assign(role="photographer", due="1d", title="Take photos")

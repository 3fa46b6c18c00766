from typing import Annotated, Any

from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import FileType, for_each, text, workflow


@workflow(name="thread-split")
def thread_split(drivers: Annotated[Any, FileType({"type": "array", "items": "string"})]) -> None:
    order = task_assign(role="parts", due="1d", title="Order the keys")
    with order.ok:

        @for_each(drivers)
        def keys(driver: Any) -> None:
            cut = task_assign(role="parts", due="1d", title=text("Cut the key of ", driver))
            with cut.ok:
                program = task_assign(role="technician", due="1d", title="Program the key")

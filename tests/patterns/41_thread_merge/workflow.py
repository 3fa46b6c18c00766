from typing import Annotated, Any

from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import FileType, for_each, text, workflow


@workflow(name="thread-merge")
def thread_merge(cars: Annotated[Any, FileType({"type": "array", "items": "string"})]) -> None:

    @for_each(cars)
    def wash(car: Any) -> None:
        clean = task_assign(role="detailer", due="1d", title=text("Clean ", car))

    with wash.ok:
        truck = task_assign(role="lot", due="1d", title="Load the truck")

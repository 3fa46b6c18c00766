from typing import Annotated, Any

from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import FileType, for_each, text, workflow


@workflow(name="multi-merge")
def multi_merge(shops: Annotated[Any, FileType({"type": "array", "items": "string"})]) -> None:

    @for_each(shops)
    def each(shop: Any) -> None:
        repair = task_assign(role="service", due="1d", title=text("Repair by ", shop))
        with repair.ok:
            bill = task_assign(role="accounting", due="1d", title=text("Bill of ", shop))

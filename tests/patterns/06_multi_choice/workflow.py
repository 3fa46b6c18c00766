from typing import Annotated, Any

from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import FileType, expr, workflow


@workflow(name="multi-choice")
def multi_choice(products: Annotated[Any, FileType({"type": "array", "items": "string"})]) -> None:
    menu = task_assign(role="finance", due="1d", title="Show the menu")
    with menu.ok:
        gap = task_assign.options(when=expr('"gap" in input.products'))(
            role="finance",
            due="1d",
            title="Write GAP",
        )
        tires = task_assign.options(when=expr('"tires" in input.products'))(
            role="finance",
            due="1d",
            title="Write tire cover",
        )
        warranty = task_assign.options(when=expr('"warranty" in input.products'))(
            role="finance",
            due="1d",
            title="Write the warranty",
        )

from typing import Annotated, Any

from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import FileType, any_of, ends, expr, workflow


@workflow(name="structured-synchronizing-merge")
def structured_synchronizing_merge(
    products: Annotated[Any, FileType({"type": "array", "items": "string"})],
) -> None:
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
    with any_of(warranty.ok, gap.ok, tires.ok):
        contract = task_assign(role="finance", due="1d", title="Print the contract")
    ends(signed=contract.ok, bare=[warranty.skipped, gap.skipped, tires.skipped])

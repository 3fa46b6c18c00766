from typing import Annotated, Any

from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import FileType, any_of, ends, expr, repeat, until, workflow


@workflow(name="general-synchronizing-merge")
def general_synchronizing_merge(
    rounds: Annotated[
        Any, FileType({"type": "array", "items": {"type": "array", "items": "string"}})
    ],
) -> None:

    @repeat(max=10)
    def haggle() -> None:
        price = task_assign.options(when=expr('"price" in input.rounds[index]'))(
            role="desk",
            due="1d",
            title="Find a price",
        )
        rate = task_assign.options(when=expr('"rate" in input.rounds[index]'))(
            role="finance",
            due="1d",
            title="Find a rate",
        )
        with any_of(price.ok, rate.ok):
            offer = task_assign(role="sales", due="1d", title="Make the offer")
        until(expr("index + 1 >= size(input.rounds)"))

    ends(over=haggle.ok, apart=haggle.exhausted)

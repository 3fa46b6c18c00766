from typing import Any

from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import ends, first_of, repeat, until, workflow


@workflow(name="blocking-discriminator")
def blocking_discriminator() -> None:

    @repeat(max=3)
    def days(index: Any) -> None:
        ann = task_assign(role="appraiser", due="1d", title="Price of Ann")
        bob = task_assign(role="appraiser", due="1d", title="Price of Bob")
        with first_of(ann.ok, bob.ok):
            open_ = task_assign.options(id="open")(role="desk", due="1d", title="Open the day")
        until(index == 1)

    ends(over=days.ok, on=days.exhausted)

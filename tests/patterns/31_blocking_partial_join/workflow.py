from typing import Any

from auterity_sdk.steps.builtin.task import assign as task_assign
from auterity_sdk.workflow.builder import at_least, ends, repeat, until, workflow


@workflow(name="blocking-partial-join")
def blocking_partial_join() -> None:

    @repeat(max=3)
    def rounds(index: Any) -> None:
        ann = task_assign(role="appraiser", due="1d", title="Price of Ann")
        auction = task_assign(role="appraiser", due="1d", title="Price of the auction")
        bob = task_assign(role="appraiser", due="1d", title="Price of Bob")
        with at_least(2, ann.ok, bob.ok, auction.ok):
            offer = task_assign(role="desk", due="1d", title="Set the offer")
        until(index == 1)

    ends(over=rounds.ok, on=rounds.exhausted)

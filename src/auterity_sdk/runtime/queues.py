"""Which part of a run is for a driver that serves some queues alone."""

from __future__ import annotations

from collections.abc import Collection

from auterity_sdk.runs.orders import Order, RunAttempt, StopAttempt
from auterity_sdk.runs.state import RunState


def is_of_queues(state: RunState, order: Order, queues: Collection[str]) -> bool:
    """Whether an order is the driver's: to make an attempt of a step of these queues, or to stop one."""
    match order:
        case StopAttempt():
            return True
        case RunAttempt() if order.step not in state.undoing:
            admission = state.place(order.step)[1].admission
            queue = None if admission is None else admission.queue
            return queue is not None and queue.name in queues
        case _:
            return False


def waits_in(state: RunState, step: str, queues: Collection[str] | None) -> bool:
    """Whether a step that asks for a turn does so in one of these queues; None stands for all, and for locks."""
    if queues is None:
        return True
    run = state.active.get(step)
    return run is not None and run.queue in queues

"""Child runs of `call`: how they are named, started, and answer."""

from __future__ import annotations

import hashlib

from auterity_sdk.errors import AuterityError
from auterity_sdk.runs.commands import AttemptFailed, ChildEnded, Start
from auterity_sdk.runs.decision import failure_of
from auterity_sdk.runs.failure import Failure
from auterity_sdk.runs.locks import is_called_locked
from auterity_sdk.runs.orders import StartChild
from auterity_sdk.runs.state import RunState
from auterity_sdk.runtime.live import Live
from auterity_sdk.runtime.plans import Plans
from auterity_sdk.runtime.ports import Clock, Store


def child_id(run_id: str, step: str, attempt: int) -> str:
    """The id of a child run: the same in every process, so that it is started once."""
    return hashlib.sha256(f"{run_id}\0{step}\0{attempt}".encode()).hexdigest()[:20]


async def begin_child(
    caller: RunState, order: StartChild, child: str, store: Store, plans: Plans, clock: Clock
) -> None:
    """Start a child run. Raises an `AuterityError` where it cannot be."""
    plan = await plans.of_call(order.work.call)
    command = Start(
        at=clock.now(),
        input=await plans.accepted(plan, order.arguments or {}),
        requester=caller.requester,
        parent_run=caller.run_id,
        parent=order.step,
        attempt=order.attempt,
        connections=caller.connections,
        locked=is_called_locked(caller, order.step),
        priority=caller.priority,
        fresh=caller.fresh,
    )
    await Live(child, plan, store, RunState(plan)).apply([command])


def ended_child(child: RunState, now: int) -> ChildEnded:
    """What the run that called is told of a child run that has ended."""
    return ChildEnded(
        at=now,
        step=child.parent,
        attempt=child.parent_attempt,
        status=child.status,
        end=child.end,
        output=child.output,
        error=child.error,
    )


def not_started(order: StartChild, error: AuterityError, now: int) -> AttemptFailed:
    """A child run that cannot be started."""
    failure: Failure = failure_of(error)
    return AttemptFailed(now, order.step, order.attempt, failure)

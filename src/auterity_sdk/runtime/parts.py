"""Which part of a run is for a driver that serves some queues alone, or has not the code of every step type."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct

from auterity_sdk.runs.orders import Order, RunAttempt, StopAttempt, outstanding
from auterity_sdk.runs.plan import Uses
from auterity_sdk.runs.state import RunState
from auterity_sdk.steps.registry import Registry

_NOBODYS: Mapping[str, str] = {}


class Part(Struct, frozen=True):
    """What a driver carries out. With `queues`, attempts of steps of these alone.

    `own` are the step types of a project whose code is here, each with the digest of what it declares; one that the
    registry knows by another declaration is left to others. With `only_own`, attempts of these alone are made.
    """

    registry: Registry
    queues: Sequence[str] | None = None
    own: Mapping[str, str] = _NOBODYS
    only_own: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether all of a run is for the driver, but for step types of which it has no code."""
        return self.queues is None and not self.only_own

    @property
    def may_lack_some(self) -> bool:
        """Whether there may be step types whose code is elsewhere."""
        return bool(self.registry.declared)

    @property
    def turns_of(self) -> Collection[str] | None:
        """The queues in which it takes turns; None for all, and for locks."""
        return () if self.only_own else self.queues

    def carries_out(self, step_type: str) -> bool:
        """Whether the code of a step type is here, and is what was declared."""
        declared = self.registry.declared.get(step_type)
        if declared is None:
            return True
        if step_type in self.own:
            return self.own[step_type] == declared.digest
        # An installed package may bring it to the server too.
        return step_type in self.registry.step_types

    def has(self, state: RunState, order: Order) -> bool:
        """Whether an order is for the driver."""
        match order:
            case StopAttempt():
                return True
            case RunAttempt():
                return self._has_attempt(state, order)
            case _:
                return self.is_whole

    def makes(self, state: RunState, path: str) -> bool:
        """Whether attempts of the step, or the compensation, at a path may be made here, in whatever queue they are."""
        undone = state.undoing.get(path)
        work = state.place(path)[1].work if undone is None else undone.undo[-1].work
        return isinstance(work, Uses) and self._makes(work.uses)

    def _makes(self, step_type: str) -> bool:
        return self.carries_out(step_type) and (not self.only_own or step_type in self.own)

    def _has_attempt(self, state: RunState, order: RunAttempt) -> bool:
        if not self._makes(order.work.uses):
            return False
        if self.only_own or self.queues is None:
            return True
        if order.step in state.undoing:
            return False
        admission = state.place(order.step)[1].admission
        queue = None if admission is None else admission.queue
        return queue is not None and queue.name in self.queues

    def lacks(self, state: RunState) -> tuple[str, ...]:
        """For what a run waits that only other workers can do: names as `needed` gives them; empty where there is
        something else to do."""
        found = set()
        for order in outstanding(state):
            uses = order.work.uses if isinstance(order, RunAttempt) else ""
            if uses not in self.registry.declared or (self.is_whole and self.carries_out(uses)):
                return ()
            found.add(needed(uses, self.registry.declared[uses].digest))
        return tuple(sorted(found))


def needed(step_type: str, digest: str) -> str:
    """Under what the store keeps that a run waits for a worker with a step type, as it does for types of events."""
    return f"#step {step_type}@{digest}"


def waits_in(state: RunState, step: str, queues: Collection[str] | None) -> bool:
    """Whether a step that asks for a turn does so in one of these queues; None stands for all, and for locks."""
    if queues is None:
        return True
    run = state.active.get(step)
    return run is not None and run.queue in queues

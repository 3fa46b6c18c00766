"""Attempts of a run that follow one another at once, while one alone is ready and none has to wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct

from auterity_sdk.errors import LeaseLost, VersionConflict
from auterity_sdk.runs.commands import AttemptSucceeded
from auterity_sdk.runs.events import Event
from auterity_sdk.runs.orders import Order, RunAttempt, new_orders
from auterity_sdk.runs.straight import straight, straight_on
from auterity_sdk.runtime.eager import Carrier
from auterity_sdk.runtime.live import Live
from auterity_sdk.runtime.running import Running

Recorded = tuple[Sequence[Event], Sequence[Order]]
"""What was recorded, and what is to be done about it."""


class Row(Struct, eq=False):
    """One such row. It ends where `others` have brought something, and behind an attempt that ended at `until` or later.

    `tell` is told what is recorded; `has` says whether a step type is for who makes the row, None: all are.
    """

    live: Live
    running: Running
    others: Sequence[object]
    until: int
    tell: Callable[[Live, Sequence[Event]], None] | None
    has: Callable[[str], bool] | None

    async def go(
        self, order: RunAttempt, carrier: Carrier, caller: asyncio.Task[Any]
    ) -> Recorded | None:
        """Make an attempt and those behind it; gives what was recorded at last, where that asks for more than an attempt.

        What one brought that cannot be recorded here is reported, and one that has to wait is left to its task.
        """
        live, running, others, until = self.live, self.running, self.others, self.until
        state, append, run_id, lease = live.state, live.store.append, live.run_id, live.lease
        rested, go_on = live.straight_from(), straight
        while True:
            command = running.first_part(live, order, carrier, caller)
            if command is None:
                return None
            if rested is None or others or type(command) is not AttemptSucceeded:
                break
            before = state.seq
            found = go_on(state, command)
            if found is None:
                break
            events, attempts = found
            try:
                if not attempts or len(attempts) > 1:
                    await live.append_straight(before, events, rested)
                    return events, self._orders(events, attempts)
                await append(run_id, before, events, None, (), lease)
            except (VersionConflict, LeaseLost):
                await live.start_over(overtaken=True)
                break
            except BaseException:
                await live.start_over()
                raise
            go_on, order = straight_on, attempts[0]
            if self.tell is not None:
                self.tell(live, events)
            uses = order.work.uses
            if self.has is not None and not self.has(uses):
                return None  # it is for another worker
            is_late = command.at >= until or others or carrier.is_taken()
            if is_late or not running.begins_without_task(uses):
                running.start(live, order)
                return None
        running.report(live, command)
        return None

    def _orders(
        self, events: Sequence[Event], attempts: Sequence[RunAttempt] | None
    ) -> Sequence[Order]:
        if attempts is not None:
            return attempts
        return new_orders(self.live.state, events, self.running.attempts)

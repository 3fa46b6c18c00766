"""The events of all runs of a store, masked, in the order in which they were recorded."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from auterity_sdk.errors import RunNotFound
from auterity_sdk.runs.event_form import event_data
from auterity_sdk.runs.events import RunEnded
from auterity_sdk.runtime.inspection import Looking
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.ports import Recorded, Recording

_PAGE = 500
_MOST_RUNS = 500
"""Of so many runs it is remembered what is personal in them; that of others is read again."""


class AskedEvents(Struct, frozen=True):
    """Which events of all runs: of one `workflow`, of these `kinds` (`RunEnded`), from a time on, the `last` so many."""

    workflow: str = ""
    kinds: Sequence[str] = ()
    since: datetime | None = None
    last: int | None = None


ALL_EVENTS = AskedEvents()


class Followed(Struct):
    """A run of which the events up to `seq` have been seen."""

    looking: Looking
    seq: int


class RecordedEvents(Struct, eq=False):
    """Those that are asked for. Personal data is masked, unless `reveal`."""

    runtime: LocalRuntime
    asked: AskedEvents = ALL_EVENTS
    reveal: bool = False
    _runs: dict[str, Followed] = field(default_factory=dict)

    async def behind(self, position: int, limit: int = _PAGE) -> Recording:
        """The next of them behind a position. There may be none, and yet more behind `upto`."""
        found = await self.runtime.store.recorded(position, limit, self.asked.workflow)
        shown = [await self._shown(each) for each in found.events]
        return Recording([each for each in shown if each is not None], found.upto)

    async def beginning(self) -> int:
        """The position behind which the `last` so many are, and those `since` then; the later of both.

        Where neither is asked for, it is behind all that there is.
        """
        found = []
        if self.asked.last is not None:
            found.append(await self._behind_last(self.asked.last))
        if self.asked.since is not None:
            found.append(await self._behind_time(self.asked.since))
        return max(found) if found else await self._newest()

    async def _newest(self) -> int:
        found = await self.runtime.store.last_recorded(None, 1)
        return found[0].position if found else 0

    async def _behind_last(self, count: int) -> int:
        if count == 0:
            return await self._newest()
        async for page in self._backwards():
            for each in filter(self._is_asked, page):
                count -= 1
                if count == 0:
                    return each.position - 1
        return 0

    async def _behind_time(self, since: datetime) -> int:
        """Times may fall a little from one position to the next: two machines, and forks, which keep old times."""
        moment, found = since.timestamp() * 1000, await self._newest()
        async for page in self._backwards():
            young = [each.position for each in page if each.event.at >= moment]
            if not young:
                break
            found = young[-1] - 1
        return found

    async def _backwards(self) -> AsyncIterator[list[Recorded]]:
        before = None
        while page := await self.runtime.store.last_recorded(before, _PAGE, self.asked.workflow):
            yield page
            before = page[-1].position

    def _is_asked(self, each: Recorded) -> bool:
        return not self.asked.kinds or type(each.event).__name__ in self.asked.kinds

    async def _shown(self, each: Recorded) -> Recorded | None:
        """The event as it may be shown; None where it is not asked for, or its run was pruned meanwhile."""
        asked, known = self._is_asked(each), self._runs.pop(each.run_id, None)
        if known is None or known.seq != each.seq - 1:
            known = await self._caught_up(each) if asked else None
        if known is None:
            return None
        event, known.seq = await known.looking.at(each.event), each.seq
        if not isinstance(each.event, RunEnded):
            self._remember(each.run_id, known)
        return replace(each, event=event) if asked else None

    async def _caught_up(self, each: Recorded) -> Followed | None:
        """What is personal in a run is known from what came before in it."""
        looking = Looking(self.runtime, each.run_id, self.reveal)
        if self.reveal or each.seq == 1:
            return Followed(looking, each.seq - 1)
        try:
            before = await self.runtime.store.events(each.run_id)
        except RunNotFound:
            return None
        for event in before[: each.seq - 1]:
            await looking.at(event)
        return Followed(looking, each.seq - 1)

    def _remember(self, run_id: str, known: Followed) -> None:
        if len(self._runs) >= _MOST_RUNS:
            del self._runs[next(iter(self._runs))]
        self._runs[run_id] = known


def recorded_data(each: Recorded) -> dict[str, Any]:
    """An event as data: as `event_data` has it, with its position and the workflow of its run."""
    data = event_data(each.run_id, each.seq, each.event)
    return {**data, "position": each.position, "workflow": each.workflow}

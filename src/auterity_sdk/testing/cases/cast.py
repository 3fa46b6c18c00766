"""The people and the outside world of a case: they answer once the run asks, each after its delay."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo

from auterity_sdk.errors import AuterityError
from auterity_sdk.runs.events import (
    ApprovalEscalated,
    BudgetAsked,
    Event,
    StepEnded,
    StepStarted,
    StepUncertain,
)
from auterity_sdk.testing.cases.model import Cancelled, Person, Sent, Settled
from auterity_sdk.testing.rehearsal import RUN_ID, Rehearsal
from auterity_sdk.testing.scripts import without_indexes
from auterity_sdk.testing.steps_by_path import StepsByPath
from auterity_sdk.workflow.step import ApproveStep, ReceiveStep


class CaseCast:
    """Implements `rehearsal.Cast`.

    `refused` are answers that could not be taken, by the key under which they stand; `unsent` events that never came, and
    `unsaid` what nobody had to say of an uncertain step.
    """

    def __init__(
        self,
        known: StepsByPath,
        people: Iterable[Person],
        events: Sequence[Sent],
        zone: tzinfo,
        *,
        settle: Sequence[Settled] = (),
        cancel: Cancelled | None = None,
    ) -> None:
        self.refused: list[tuple[str, str]] = []
        self.unsent = list(events)
        self.unsaid = list(settle)
        self._known = known
        self._people = tuple(people)
        self._cancel = cancel
        self._zone = zone
        self._over: set[tuple[str, str]] = set()

    def join(self, rehearsal: Rehearsal) -> None:
        """Take note of what the run asks for from now on."""
        self._rehearsal = rehearsal
        clock = rehearsal.stage.clock
        rehearsal.stage.listeners.append(self._told)
        for sent in tuple(self.unsent):
            if sent.at is not None:
                self._send(sent, round(in_zone(sent.at, self._zone).timestamp() * 1000))
        if self._cancel is not None:
            clock.at_time(clock.now() + self._cancel.after.milliseconds, self._ask_to_cancel)

    def _told(self, run_id: str, events: Sequence[Event]) -> None:
        for event in events:
            match event:
                case StepEnded():
                    self._over.add((run_id, event.step))
                case ApprovalEscalated():
                    self._asked(run_id, event.step, event.role, event.at)
                case BudgetAsked():
                    self._asked(run_id, event.step, event.role, event.at)
                case StepStarted():
                    self._started(run_id, event)
                case StepUncertain():
                    self._in_doubt(run_id, event.step, event.at)

    def _started(self, run_id: str, event: StepStarted) -> None:
        path = self._rehearsal.stage.path(run_id, event.step)
        node = self._known.get(without_indexes(path))
        match node.step if node else None:
            case ApproveStep(approve=approve):
                self._asked(run_id, event.step, approve.role, event.at)
            case ReceiveStep(receive=receive):
                self._awaited(receive.event, event.at)

    def _asked(self, run_id: str, step: str, role: str, at: int) -> None:
        path = self._rehearsal.stage.path(run_id, step)
        for person in self._people:
            if person.role == role and person.step in (None, path, without_indexes(path)):
                self._answer(person, run_id, step, at)

    def _answer(self, person: Person, run_id: str, step: str, at: int) -> None:
        async def answer() -> None:
            if (run_id, step) in self._over:
                return
            try:
                await self._rehearsal.runtime.approve(
                    run_id,
                    step,
                    by=person.name,
                    roles=[person.role],
                    approved=person.answer == "approve",
                    form=person.form,
                )
            except AuterityError as error:
                text = f"{person.name} could not answer `{step}`: {error.message}"
                self.refused.append(("people", text))

        self._rehearsal.stage.clock.at_time(at + person.after.milliseconds, answer)

    def _awaited(self, type: str, at: int) -> None:
        for sent in self.unsent:
            if sent.send == type:
                self._send(sent, at + (sent.after.milliseconds if sent.after else 0))
                return

    def _send(self, sent: Sent, at: int) -> None:
        self.unsent.remove(sent)

        async def send() -> None:
            await self._rehearsal.runtime.send(sent.send, sent.with_)

        self._rehearsal.stage.clock.at_time(at, send)

    def _in_doubt(self, run_id: str, step: str, at: int) -> None:
        """The first that is said of the step is said of this attempt."""
        path = self._rehearsal.stage.path(run_id, step)
        for said in self.unsaid:
            if said.step in (path, without_indexes(path)):
                self.unsaid.remove(said)
                self._settle(said, run_id, step, at)
                return

    def _settle(self, said: Settled, run_id: str, step: str, at: int) -> None:
        async def settle() -> None:
            if (run_id, step) in self._over:
                return
            try:
                await self._rehearsal.runtime.settle(
                    run_id, step, said.outcome, output=said.output, by=said.name
                )
            except AuterityError as error:
                text = f"{said.name} could not settle `{step}`: {error.message}"
                self.refused.append(("settle", text))

        self._rehearsal.stage.clock.at_time(at + said.after.milliseconds, settle)

    async def _ask_to_cancel(self) -> None:
        after_step = self._cancel is not None and self._cancel.after_step
        await self._rehearsal.runtime.cancel(RUN_ID, by="tester", after_step=after_step)


def in_zone(at: datetime, zone: tzinfo) -> datetime:
    """A time as it is, or one without an offset as one of the zone."""
    return at if at.tzinfo else at.replace(tzinfo=zone)

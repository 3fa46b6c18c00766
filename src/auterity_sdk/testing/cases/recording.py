"""A run that took place, as a test file: its input, what its steps gave, who answered, what came, and how it ended."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from auterity_sdk.errors import StepError, UsageError
from auterity_sdk.runs import events as e
from auterity_sdk.runs.failure import Failure
from auterity_sdk.runs.producer import moment
from auterity_sdk.runs.state import RETRY
from auterity_sdk.runtime.classes import classes_of
from auterity_sdk.runtime.local import OVER, LocalRuntime
from auterity_sdk.steps.registry import Registry
from auterity_sdk.testing.cases.model import NOT_REACHED
from auterity_sdk.testing.cases.stand_ins import StandIns
from auterity_sdk.testing.scripted_steps import as_result
from auterity_sdk.testing.scripts import RETRYABLE, without_indexes
from auterity_sdk.testing.steps_by_path import StepsByPath
from auterity_sdk.workflow.duration import Duration
from auterity_sdk.workflow.graph import build_graph
from auterity_sdk.workflow.model import Workflow
from auterity_sdk.workflow.signature import CANCELLED, UNCERTAIN
from auterity_sdk.workflow.step import ApproveStep, ReceiveStep, UsesStep

_SHORTEST_SHOWN = 1000
"""Attempts that took less (in milliseconds) are recorded without their length."""

_LONGER = 60_000
"""An attempt that was cancelled would have taken at least so many milliseconds more."""

Data = dict[str, Any]


async def record(runtime: LocalRuntime, run_id: str, *, reveal: bool = False) -> Data:
    """The data of a test file with one case, which plays as the run did.

    What is personal is replaced by values of the same look, unless `reveal` asks for it in clear. Raises
    `RunNotFound`, and `UsageError` for a run that has not ended.
    """
    summary = await runtime.store.run(run_id)
    if summary is not None and summary.status not in OVER:
        raise UsageError(
            f"the run {run_id} has not ended", help="what is to be expected of it is not known yet"
        )
    registry = runtime.world.registry
    case = _Case(
        StepsByPath.of(build_graph(await _workflow(runtime, run_id), registry), registry), registry
    )
    async for prefix, events in _journals(runtime, run_id, reveal=reveal):
        case.take(prefix, events)
    for path, scripts in case.data.get("steps", {}).items():
        if len(scripts) == 1:
            case.data["steps"][path] = scripts[0]
    began = case.data["at"][:10]
    return {"auterity_test": 1, "cases": {f"a run of {began}": case.data}}


async def _workflow(runtime: LocalRuntime, run_id: str) -> Workflow:
    return await runtime.plans.workflow(_version(await runtime.store.events(run_id)))


async def _journals(
    runtime: LocalRuntime, run_id: str, *, reveal: bool
) -> AsyncIterator[tuple[str, Sequence[e.Event]]]:
    """The journal of the run and, behind it, those of the runs that it called, each with the path of its call."""
    waiting = [("", run_id)]
    while waiting:
        prefix, this = waiting.pop(0)
        events = await runtime.store.events(this)
        if not reveal:
            stand_ins = StandIns(classes_of(await _workflow(runtime, this), runtime.world.registry))
            stand_ins.learn(events)
            events = [stand_ins.event(event) for event in events]
        yield prefix, events
        called = await runtime.store.runs(parent_run=this)
        waiting += [(f"{prefix}{each.parent}/", each.run_id) for each in reversed(called)]


def _version(events: Sequence[e.Event]) -> str:
    for event in reversed(events):
        if isinstance(event, e.RunStarted | e.RunMigrated):
            return event.version
    raise UsageError("the run has no beginning")


class _Case(Struct):
    """Puts a case together, event by event."""

    known: StepsByPath
    registry: Registry
    data: Data = field(default_factory=dict)
    _began: dict[str, int] = field(default_factory=dict)
    _roles: dict[str, str] = field(default_factory=dict)
    _people: dict[str, str] = field(default_factory=dict)
    _said: dict[str, Data] = field(default_factory=dict)

    def take(self, prefix: str, events: Iterable[e.Event]) -> None:
        """Take in the journal of the run, or of one that it called."""
        expect: Data = self.data.setdefault("expect", {})
        for event in events:
            match event:
                case e.RunStarted() if not prefix:
                    at = f"{moment(event.at):%Y-%m-%dT%H:%M:%SZ}"
                    self.data |= {"at": at, "input": dict(event.input)}
                    self._expect_last(expect)
                case e.CancelAsked() if not prefix:
                    start = self._began.get("", event.at)
                    after = _length(event.at - start)
                    self.data["cancel"] = (
                        {"after": after, "after_step": True} if event.after_step else after
                    )
                case e.RunEnded() if not prefix:
                    self._end(event, expect)
                case e.GuaranteeBreached():
                    self._breached(event.guarantee, expect)
                case _ if hasattr(event, "step"):
                    self._step(prefix + event.step, event, expect)
            if not prefix:
                self._began.setdefault("", event.at)

    def _expect_last(self, expect: Data) -> None:
        """What is expected stands behind what happens."""
        self.data["expect"] = self.data.pop("expect", expect)

    def _end(self, event: e.RunEnded, expect: Data) -> None:
        if event.status != "succeeded":
            expect["status"] = event.status
        if event.end:
            expect["end"] = event.end
        if event.error is not None and event.status == "failed":
            step = {"step": event.error.step} if event.error.step else {}
            expect["error"] = {"type": event.error.type, **step}
        if event.output is not None:
            expect["output"] = event.output
        self._expect_last(expect)

    def _breached(self, guarantee: str, expect: Data) -> None:
        known = expect.setdefault("breaches", [])
        if guarantee not in known:
            known.append(guarantee)

    def _step(self, path: str, event: e.Event, expect: Data) -> None:
        match event:
            case e.StepStarted() | e.AttemptStarted() | e.CompensationStarted():
                self._began[path] = event.at
            case e.ApprovalEscalated(role=role):
                self._roles[path] = role
                self._began[path] = event.at  # their delay counts from here
            case e.ApprovalRecorded() | e.BudgetAnswered():
                self._answered(path, event)
            case e.BudgetAsked(role=role):
                self._roles[path] = role
                self._began[path] = event.at
            case e.AttemptEnded():
                self._script(path, _raised(event.error) | self._took(path, event.at))
            case e.CompensationEnded(error=error) if error is not None:
                self._script(path, _raised(error))
            case e.StepUncertain(error=error):
                self._script(path, {"outcome": UNCERTAIN} | self._took(path, event.at))
                self._began[path] = event.at  # what is said of it counts from here
            case e.StepSettled():
                self._settled(path, event)
            case e.StepEnded():
                self._ended(path, event, expect)
            case e.StepNotReached():
                expect.setdefault("steps", {})[path] = NOT_REACHED

    def _settled(self, path: str, event: e.StepSettled) -> None:
        said = {"step": path, "outcome": event.outcome}
        after = event.at - self._began.get(path, event.at)
        if after >= _SHORTEST_SHOWN:
            said["after"] = _length(after)
        self.data.setdefault("settle", []).append(said)
        if event.outcome != RETRY:
            self._said[path] = said

    def _ended(self, path: str, event: e.StepEnded, expect: Data) -> None:
        expect.setdefault("steps", {})[path] = event.outcome
        node = self.known.get(without_indexes(path))
        step = None if node is None else node.step
        began = self._began.get(path)
        said = self._said.pop(path, None)
        if said is not None:
            if isinstance(event.output, Mapping) and event.outcome == said["outcome"]:
                said["output"] = dict(event.output)
            return
        if isinstance(step, ReceiveStep) and event.outcome == "received":
            self._came(step.receive.event, event, began or event.at)
        elif isinstance(step, UsesStep) and began is not None:
            if event.outcome == CANCELLED:
                # It has not ended by then when the case is played.
                takes = _length(event.at - began + _LONGER)
                self._script(path, {"raises": CANCELLED, "takes": takes})
                return
            if event.outcome == UNCERTAIN:
                self._script(path, {"outcome": UNCERTAIN} | self._took(path, event.at))
                return
            if event.error is not None:
                self._script(path, _raised(event.error) | self._took(path, event.at))
            else:
                given = self._gave(step.uses, event.output, event.outcome)
                self._script(path, given | self._took(path, event.at))

    def _gave(self, uses: str, output: Any, outcome: str) -> Data:
        """The output, or the outcome alone where stand-ins do not fit the type."""
        made = self.registry.step_type(uses)
        if made is None or not isinstance(output, Mapping):
            return {"outcome": outcome}
        try:
            as_result(made, output, outcome, (outcome,))
        except StepError:
            return {"outcome": outcome}
        named = {"outcome": outcome} if len(made.outcomes) > 1 else {}
        return {"returns": dict(output), **named}

    def _took(self, path: str, at: int) -> Data:
        length = at - self._began.get(path, at)
        return {"takes": _length(length)} if length >= _SHORTEST_SHOWN else {}

    def _script(self, path: str, script: Data) -> None:
        self.data.setdefault("steps", {}).setdefault(path, []).append(script)

    def _came(self, type: str, event: e.StepEnded, began: int) -> None:
        data = dict(event.output) if isinstance(event.output, Mapping) else {}
        sent: Data = {"send": type, "with": data}
        if event.at > began:
            sent["after"] = _length(event.at - began)
        self.data.setdefault("events", []).append(sent)

    def _answered(self, path: str, event: e.ApprovalRecorded | e.BudgetAnswered) -> None:
        node = self.known.get(without_indexes(path))
        step = None if node is None else node.step
        own = step.approve.role if isinstance(step, ApproveStep) else ""
        role = self._roles.get(path, own)
        if not role:
            return
        name = self._people.setdefault(event.by, f"person-{len(self._people) + 1}")
        person: Data = {
            "role": role,
            "name": name,
            "answer": "approve" if event.approved else "reject",
            "step": path,
            "after": _length(event.at - self._began.get(path, event.at)),
        }
        if isinstance(event, e.ApprovalRecorded) and event.form:
            person["form"] = dict(event.form)
        self.data.setdefault("people", []).append(person)


def _length(milliseconds: int) -> str:
    """In whole seconds, cut: what came just before a time limit still does."""
    return str(Duration(milliseconds - milliseconds % 1000))


def _raised(error: Failure) -> Data:
    raised: Data = {"type": error.type}
    if error.retryable != (error.type in RETRYABLE):
        raised["retryable"] = error.retryable
    if error.retry_after:
        raised["retry_after"] = str(Duration(round(error.retry_after * 1000)))
    return {"raises": raised if len(raised) > 1 else error.type}

"""A run whose attempts are answered by hand, and whose time is moved by hand. Every transition is replayed."""

from __future__ import annotations

from textwrap import dedent
from typing import Any, ClassVar

from msgspec import Struct

from auterity_sdk.dealership.money import Money
from auterity_sdk.runs import commands as c
from auterity_sdk.runs.compile_plan import compile_plan
from auterity_sdk.runs.decide import decide
from auterity_sdk.runs.events import Event
from auterity_sdk.runs.evolve import evolve
from auterity_sdk.runs.failure import Failure
from auterity_sdk.runs.journal import from_line, to_line
from auterity_sdk.runs.orders import outstanding
from auterity_sdk.runs.plan import GraphPlan
from auterity_sdk.runs.state import RunState, Scope, Status
from auterity_sdk.steps.output import Outcome, Output
from auterity_sdk.steps.registry import Registry
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.document import load_document
from auterity_sdk.workflow.duration import Duration
from auterity_sdk.workflow.graph import build_graph
from auterity_sdk.workflow.model import Workflow, load


class Number(Output):
    n: int = 0
    note: str | None = None


class Pick(Output):
    left: ClassVar[Outcome] = Outcome()
    right: ClassVar[Outcome] = Outcome()
    timeout: ClassVar[Outcome] = Outcome()
    n: int = 0


@step
async def do(n: int = 0, text: str = "") -> Number:
    return Number(n=n)


@step
async def pick(n: int = 0) -> Pick:
    return Pick.left(Pick(n=n))


@step(idempotent={"text": ("again",)})
async def once(n: int = 0, text: str = "") -> Number:
    """An attempt may be made again only with that text."""
    return Number(n=n)


REGISTRY = Registry().extended([do, pick, once], [Money])


def workflow(text: str) -> Workflow:
    """A workflow of which only what matters is written."""
    read = load_document(dedent(text).encode(), file="test.yaml")
    assert isinstance(read.data, dict), read.diagnostics
    return load({"auterity": 1, "name": "test", **read.data})


class ByHand:
    """A run. `at` is its time in milliseconds."""

    def __init__(
        self,
        text: str,
        registry: Registry = REGISTRY,
        *,
        locked: bool = False,
        priority: int = 0,
        fresh: bool = False,
        **input: Any,
    ) -> None:
        made = workflow(text)
        self.plan = compile_plan(made, build_graph(made, registry), registry)
        self.state = RunState(self.plan)
        self.events: list[Event] = []
        self.at = 1_000_000
        about = {"locked": locked, "priority": priority, "fresh": fresh}
        self.give(c.Start(self.at, input, requester="ann", **about))

    def give(self, command: c.Command) -> list[Event]:
        events = decide(self.plan, self.state, command, "run")
        self.events += events
        self.check_replay()
        return events

    def ok(self, step: str, outcome: str = "ok", **output: Any) -> list[Event]:
        run = self.state.run_of(step)
        attempt = run.attempt if run else 1
        return self.give(c.AttemptSucceeded(self.at, step, attempt, outcome, output))

    def fail(self, step: str, type: str = "network", **more: Any) -> list[Event]:
        run = self.state.run_of(step)
        attempt = run.attempt if run else 1
        error = Failure(type, "it broke", retryable=type == "network", **more)
        return self.give(c.AttemptFailed(self.at, step, attempt, error))

    def stopped(self, step: str, lost: bool = False) -> list[Event]:
        run = self.state.run_of(step)
        assert run is not None
        return self.give(c.AttemptStopped(self.at, step, run.attempt, lost))

    def wait(self, length: str) -> list[Event]:
        self.at += Duration.parse(length).milliseconds
        return self.give(c.TimerDue(self.at))

    def approve(self, step: str, by: str = "bob", approved: bool = True, **form: Any) -> None:
        self.give(c.ApprovalGiven(self.at, step, by, ("manager",), approved, form))

    def send(self, type: str, id: str = "e1", came: int | None = None, **data: Any) -> bool:
        event = c.OutsideEvent(self.at, id, type, data, self.at if came is None else came)
        return bool(self.give(event))

    def die(self) -> list[Event]:
        return self.give(c.DriverDied(self.at))

    def settle(self, step: str, outcome: str, attempt: int = 0, **output: Any) -> list[Event]:
        said = c.Settle(self.at, step, outcome, output or None, "ann", "looked", attempt)
        return self.give(said)

    def cancel(self, *, after_step: bool = False) -> list[Event]:
        return self.give(c.Cancel(self.at, "ann", after_step))

    def outcome(self, path: str) -> str | None:
        """The outcome, or `not reached`, or how the step stands; None if it has not begun."""
        run = self.state.run_of(path)
        if run is None:
            return None
        return run.outcome if run.status is Status.ENDED else run.status.value

    def error(self, path: str) -> str:
        run = self.state.run_of(path)
        assert run is not None
        assert run.error is not None
        return run.error.type

    @property
    def running(self) -> list[str]:
        """The paths of attempts and child runs that are ordered."""
        return [order.step for order in outstanding(self.state)]

    def check_replay(self) -> None:
        """The fold of the journal, once through its JSON, is the state."""
        again = RunState(self.plan)
        for event in self.events:
            line = to_line(event)
            assert from_line(line) == event
            evolve(again, from_line(line))
        assert picture(again) == picture(self.state)


def picture(value: Any) -> Any:
    """A state as plain data, plans left out."""
    if isinstance(value, GraphPlan) or type(value).__module__.endswith("runs.plan"):
        return None
    if isinstance(value, Struct):
        return {
            name: picture(getattr(value, name))
            for name in value.__struct_fields__
            if name not in ("run", "ranked", "places")
            and not isinstance(getattr(value, name), Scope)
        }
    match value:
        case dict():
            return {key: picture(inner) for key, inner in value.items()}
        case list() | tuple():
            return [picture(inner) for inner in value]
        case set():
            return sorted(value)
        case _:
            return value

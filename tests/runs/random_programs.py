"""Random workflows, played by the engine and by the plain model side by side, and compared after each thing that happens.

`python -m tests.runs.random_programs 10000` compares so many; a second argument is the seed to begin with.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from contextlib import suppress
from random import Random
from typing import Any

from auterity_sdk.errors import UsageError
from auterity_sdk.runs import commands as c
from auterity_sdk.runs.compile_plan import compile_plan
from auterity_sdk.runs.decide import decide
from auterity_sdk.runs.events import CompensationStarted, Event, JoinMet
from auterity_sdk.runs.evolve import evolve
from auterity_sdk.runs.failure import Failure
from auterity_sdk.runs.journal import from_line, to_line
from auterity_sdk.runs.orders import outstanding
from auterity_sdk.runs.state import COMPENSATE, RunState, Status
from auterity_sdk.runs.straight import straight
from auterity_sdk.workflow.graph import build_graph
from auterity_sdk.workflow.model import load
from tests.runs.by_hand import REGISTRY, picture
from tests.runs.plain_model import Run
from tests.runs.plain_reading import ONCE
from tests.runs.random_workflow import EVENTS, Drawing

MOST = 400
"""After so many things that happened, the run is cancelled and all attempts answer."""


class Engine:
    """The engine on a journal of JSON lines, which is all that outlives a restart."""

    def __init__(self, workflow: dict[str, Any]) -> None:
        made = load(workflow)
        self.plan = compile_plan(made, build_graph(made, REGISTRY), REGISTRY)
        self.journal: list[str] = []
        self.state = RunState(self.plan)
        self.give(c.Start(0, {}))

    def give(self, command: c.Command, kept: bool = True) -> list[Event]:
        """Decide, and append; where that was not `kept`, the process died before it."""
        events = self.decided(command)
        if kept:
            self.journal += map(to_line, events)
        else:
            self.restart(compare=False)
        return events

    def decided(self, command: c.Command) -> list[Event]:
        """By the short way where there is one, as runs go."""
        found = straight(self.state, command) if isinstance(command, c.AttemptSucceeded) else None
        return decide(self.plan, self.state, command, "r") if found is None else found[0]

    def restart(self, compare: bool = True) -> None:
        """Another process folds the journal."""
        again = RunState(self.plan)
        for line in self.journal:
            evolve(again, from_line(line))
        assert not compare or picture(again) == picture(self.state), "the fold differs"
        self.state = again

    def attempt(self, path: str) -> int:
        run = self.state.run_of(path)
        assert run is not None
        return run.attempt


class Pair:
    """A workflow, played by both."""

    def __init__(self, workflow: dict[str, Any], random: Random) -> None:
        self.workflow = workflow
        self.random = random
        self.engine = Engine(workflow)
        self.model = Run(workflow)
        self.delivered: list[c.Command] = []
        self.people = 0
        self.cancels_at_once = False
        self.early: list[tuple[str, str, int]] = []
        self.log: list[str] = []
        self.counts: Counter[str] = Counter()

    def play(self) -> None:
        self.compare()
        for number in range(MOST):
            if self.model.over:
                break
            if number == MOST // 2:
                self.both_cancel()
            self.happen()
            self.compare()
            self.offer()
        assert self.model.over, self.told("over", True, False)
        self.engine.restart()
        self.compare()

    def happen(self) -> None:
        """One thing happens, at most a few milliseconds after the one before."""
        self.tick()
        chances = [self.lose, self.double, self.die, self.send, self.answer, self.settle]
        draw = self.random.random()
        if draw < 0.015:
            self.both_cancel()
        elif draw < 0.35:
            self.random.choice(chances)()
        elif self.model.attempts and draw < 0.9:
            self.deliver(self.random.choice(sorted(self.model.attempts)))
        elif self.model.alarms:
            self.pass_time()
        else:
            self.answer()
            self.settle()
            self.send()

    def tick(self) -> None:
        """Time goes on, but not over anything that is due."""
        now = self.model.now + self.random.randint(1, 3)
        due = self.model.alarms
        self.model.now = min(now, due[0][0] - 1) if due else now
        self.now = self.model.now

    def pass_time(self) -> None:
        due = self.model.alarms[0][0]
        due += self.random.choice([0, 0, 0, 2_000, 15_000])
        self.note("time", due)
        self.give(c.TimerDue(due))
        self.model.time(due)

    def note(self, *what: object) -> None:
        self.counts[str(what[0])] += 1
        self.log.append(" ".join(map(str, what)))

    def give(self, command: c.Command) -> None:
        """Deliver to the engine; sometimes the process dies before it is on the disk, and it comes again."""
        if self.random.random() < 0.1:
            self.note("lost commit")
            self.engine.give(command, kept=False)
            self.compare()
        self.engine.give(command)
        self.delivered.append(command)

    def deliver(self, path: str) -> None:
        """An attempt answers."""
        attempt = self.engine.attempt(path)
        stopping = path in self.stopping
        draw = self.random.random()
        if stopping and draw < 0.4:
            self.note("stopped", path)
            self.give(c.AttemptStopped(self.now, path, attempt))
            self.model.stopped(path)
        elif draw < 0.8:
            self.deliver_success(path, attempt)
        else:
            self.deliver_failure(path, attempt)

    def deliver_success(self, path: str, attempt: int) -> None:
        outcome, n = "ok", self.random.randint(0, 3)
        step = self.spec(path)
        if not path.endswith(COMPENSATE) and step.get("uses") == "pick":
            outcome = self.random.choice(["left", "right", "left", "right", "timeout"])
        self.note("succeeds", path, attempt, outcome, n)
        if "call" in step and not path.endswith(COMPENSATE):
            self.give(c.ChildEnded(self.now, path, attempt, "succeeded", "", {"n": n}))
        else:
            self.give(c.AttemptSucceeded(self.now, path, attempt, outcome, {"n": n}))
        self.model.succeed(path, outcome, n)

    def deliver_failure(self, path: str, attempt: int) -> None:
        error, after = self.random.choice(["network", "network", "bad_input"]), 0
        if "call" in self.spec(path) and not path.endswith(COMPENSATE):
            how = self.random.choice(["failed", "cancelled"])
            error = f"child_{how}"
            self.note("fails", path, attempt, error)
            self.give(c.ChildEnded(self.now, path, attempt, how))
        else:
            after = self.random.choice([0, 0, 0, 8])
            if self.is_once(path) and self.random.random() < 0.4:
                error = self.random.choice(["timeout", "heartbeat", "effect_unknown"])
            self.note("fails", path, attempt, error, after)
            failure = Failure(error, "x", error == "network", after or None)
            self.give(c.AttemptFailed(self.now, path, attempt, failure))
        self.model.fail(path, error, after)

    def is_once(self, path: str) -> bool:
        spec = self.spec(path)
        return bool((spec["compensate"] if path.endswith(COMPENSATE) else spec)["uses"] == ONCE)

    def spec(self, path: str) -> dict[str, Any]:
        found: dict[str, Any] = self.model.place(path.removesuffix(COMPENSATE))[1].spec
        return found

    @property
    def stopping(self) -> set[str]:
        return {
            graph.path(step)
            for graph in self.model.graphs
            for step in graph.steps.values()
            if step.state == "stopping" and step.kind == "uses"
        }

    def lose(self) -> None:
        """What was under way is lost with the process; the next one orders it again."""
        self.note("restart")
        self.engine.restart()

    def double(self) -> None:
        """Something is delivered that was before: it changes nothing."""
        if self.delivered:
            command = self.random.choice(self.delivered)
            if isinstance(command, c.TimerDue) and self.is_due(command):
                return  # that something is due by then is not said again: it began at that very time
            self.note("double", command)
            with suppress(UsageError):
                assert self.engine.give(command) == [], self.told("double", [], command)

    def is_due(self, command: c.TimerDue) -> bool:
        due = self.engine.state.due
        return due is not None and due <= max(command.at, self.engine.state.at)

    def die(self) -> None:
        self.note("process dies")
        # Sometimes until the attempt is taken to be the reason.
        for _ in range(self.random.choice([1, 1, 1, 1, 1, 9])):
            self.engine.restart()
            self.engine.give(c.DriverDied(self.now))
            self.model.process_died()

    def send(self) -> None:
        """An outside event comes; where nothing waits for it, it is kept and offered again."""
        self.people += 1
        kind = self.random.choice(EVENTS)
        self.note("event", kind)
        self.early.append((f"e{self.people}", kind, self.now))
        self.offer()

    def offer(self) -> None:
        """The oldest events first, each until a `receive` takes it."""
        for event in list(self.early):
            name, kind, came = event
            taken = self.engine.give(c.OutsideEvent(self.model.now, name, kind, {}, came))
            assert self.model.receive(kind, came) == bool(taken), self.told("taken", event, taken)
            if taken:
                self.note("taken", name, kind, came)
                self.early.remove(event)
                self.compare()
                self.offer()
                return

    def answer(self) -> None:
        waiting = self.model.waiting("approve")
        if waiting:
            path = self.random.choice(waiting)
            self.people += 1
            approved = self.random.random() < 0.7
            self.note("answer", path, approved)
            person = f"p{self.people}"
            self.give(c.ApprovalGiven(self.now, path, person, ("boss",), approved))
            self.model.answer(path, approved)

    def settle(self) -> None:
        """A person settles an uncertain step."""
        waiting = self.model.waiting("uses", "uncertain")
        if waiting:
            path = self.random.choice(waiting)
            outcome = self.random.choice(["ok", "ok", "failed", "retry"])
            n = self.random.randint(0, 3) if outcome == "ok" else 0
            self.note("settled", path, outcome, n)
            output = {"n": n} if outcome == "ok" else None
            attempt = self.engine.attempt(path)
            self.give(c.Settle(self.now, path, outcome, output, "ann", attempt=attempt))
            self.model.person_settles(path, outcome, n)

    def both_cancel(self) -> None:
        after_step = self.random.random() < 0.5 and not self.cancels_at_once
        self.cancels_at_once = self.model.cancelled
        self.note("cancel after step" if after_step else "cancel")
        self.engine.give(c.Cancel(self.now, after_step=after_step))
        self.model.cancel(after_step)

    # What is compared.

    def compare(self) -> None:
        ours, theirs = self.seen_by_model(), self.seen_by_engine()
        for name, value in ours.items():
            assert value == theirs[name], self.told(name, value, theirs[name])

    def told(self, name: str, model: Any, engine: Any) -> str:
        if isinstance(model, dict):
            paths = [path for path in model | engine if model.get(path) != engine.get(path)]
            model = {path: model.get(path) for path in paths}
            engine = {path: engine.get(path) for path in paths}
        workflow = "\n".join(
            f"{key}: {json.dumps(value)}" for key, value in self.workflow.items() if key == "ends"
        )
        steps = "\n".join(f"  {at}: {json.dumps(it)}" for at, it in self.workflow["steps"].items())
        found = [f"{name}:", f"model  {model}", f"engine {engine}"]
        return "\n".join([workflow, steps, *self.log, *found])

    def seen_by_model(self) -> dict[str, Any]:
        model = self.model
        steps = {}
        for graph in model.graphs:
            for step in graph.steps.values():
                word = step.outcome or "not reached" if step.settled else step.state
                if step.closing is not None and not step.settled:
                    word = "stopping"
                steps[graph.path(step)] = word
        results = {
            graph.path(step): step.output["results"]
            for graph in model.graphs
            for step in graph.steps.values()
            if "results" in step.output and step.has_value
        }
        return {
            "steps": steps,
            "attempts": model.attempts,
            "alarm": model.alarms[0][0] if model.alarms else None,
            "compensations": model.undone,
            "breached": model.breached,
            "joins": model.taken,
            "results": results,
            "status": model.status if model.over else "open",
            "end": model.end,
            "not undone": model.not_undone,
        }

    def seen_by_engine(self) -> dict[str, Any]:
        state = self.engine.state
        steps, results = {}, {}
        for scope in state.ranked:
            for step, run in zip(scope.plan.steps, scope.runs, strict=True):
                word = "pending"
                if run is not None:
                    word = run.outcome or "" if run.status is Status.ENDED else run.status.value
                    if isinstance(run.output, dict) and "results" in run.output:
                        results[scope.path(step)] = run.output["results"]
                steps[scope.path(step)] = word
        events = [from_line(line) for line in self.engine.journal]
        undone = [event.step for event in events if isinstance(event, CompensationStarted)]
        return {
            "steps": steps,
            "attempts": {
                order.step: self.engine.attempt(order.step) for order in outstanding(state)
            },
            "alarm": state.due,
            "compensations": [path.removesuffix(COMPENSATE) for path in undone],
            "breached": [
                f"{each.scope}/{each.guarantee.rpartition('/')[2]}".lstrip("/")
                for each in state.breaches
            ],
            "joins": {self.join_taken(event) for event in events if isinstance(event, JoinMet)},
            "results": results,
            "status": state.status if state.over else "open",
            "end": state.end if state.over else "",
            "not undone": [path.removesuffix(COMPENSATE) for path, _ in state.not_undone],
        }

    def join_taken(self, event: JoinMet) -> tuple[str, tuple[str, ...]]:
        plan = self.engine.state.scopes[event.scope].plan
        edges = plan.joins[event.join].edges
        taken = (edges[position] for position in event.edges)
        return event.scope, tuple(sorted(f"{plan.steps[at].id}.{name}" for at, name in taken))


def one_case(random: Random, size: int) -> Pair:
    """One workflow of so many steps, drawn and played. Raises `AssertionError` where the two differ."""
    pair = Pair(Drawing(random).workflow(size), random)
    pair.play()
    return pair


def main(count: int, seed: int) -> int:
    happened: Counter[str] = Counter()
    ends: Counter[str] = Counter()
    differing = 0
    for number in range(seed, seed + count):
        try:
            pair = one_case(Random(number), 2 + number % 8)
        except AssertionError as difference:
            differing += 1
            sys.stdout.write(f"seed {number}:\n{difference}\n\n")
            continue
        happened += pair.counts
        ends[pair.model.status] += 1
    counted = ", ".join(f"{word} {times}" for word, times in (ends + happened).most_common())
    sys.stdout.write(f"{count} random programs, {differing} differ ({counted})\n")
    return 1 if differing else 0


if __name__ == "__main__":
    numbers = [int(each) for each in sys.argv[1:]]
    sys.exit(main(*(numbers + [10_000, 0][len(numbers) :])))

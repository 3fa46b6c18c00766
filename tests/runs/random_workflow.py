"""Draws a workflow of every kind of step, in the few forms of expressions that the plain model reads."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.runs.plain_reading import ONCE, kind_of, outcomes_of

KINDS = ("uses",) * 6 + ("switch", "wait", "approve", "receive", "for_each", "repeat", "call")
RETRY = {"attempts": 2, "initial": "5s", "jitter": False}
EVENTS = ("red", "blue")


class Drawing:
    """Draws one workflow; ids are unique over all its graphs."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.count = 0
        self.handles = random.random() * 0.7 + 0.3

    def workflow(self, size: int) -> dict[str, Any]:
        """A workflow of so many steps, not counting those in bodies."""
        steps = self.graph(size, 0, {})
        found: dict[str, Any] = {"auterity": 1, "name": "random", "steps": steps}
        if self.maybe(0.1):
            found["timeout"] = "1m"
        if self.maybe(0.5):
            found["ends"] = self.ends(steps)
        return found

    def maybe(self, chance: float) -> bool:
        return self.random.random() < chance

    def next_id(self) -> str:
        """Ids go up and down, so that ties by id are not those by place."""
        self.count += 1
        return f"s{self.count * 37 % 1000:03}"

    def graph(self, size: int, depth: int, outside: dict[str, Any]) -> dict[str, Any]:
        steps: dict[str, Any] = {}
        for _ in range(size):
            name = self.next_id()
            steps[name] = self.step(steps, depth, outside)
            if self.maybe(0.12):
                steps[self.next_id()] = self.a_watch(steps)
        if self.maybe(self.handles):
            edges = [f"{name}.done" for name in steps]
            steps[self.next_id()] = {"uses": "do", "needs": {"any": edges}}
        return steps

    def a_watch(self, steps: dict[str, Any]) -> dict[str, Any]:
        """It looks at steps that stand before it, and not at one like it."""
        names = [name for name in sorted(steps) if kind_of(steps[name]) != "watch"]
        said = [
            each
            for name in names
            for each in (
                name,
                *(f"{name}.{o}" for o in (*outcomes_of(steps[name]), "failed", "done")),
            )
        ]
        events = ", ".join(dict.fromkeys(self.random.choices(said, k=self.random.randint(1, 2))))
        since = self.random.choice([*said, "start", "start"])
        return {"watch": f"one of [{events}] within {self.random.choice([1, 4, 30])}s of {since}"}

    def step(self, steps: dict[str, Any], depth: int, outside: dict[str, Any]) -> dict[str, Any]:
        kind = self.random.choice(KINDS if depth < 2 else KINDS[:10])
        step: dict[str, Any] = self.work(kind, depth, {**outside, **steps})
        if steps and self.maybe(0.85):
            step["needs"] = self.needs(steps)
        if self.maybe(0.25):
            step["when"] = self.condition(self.readable(step, steps, outside))
        if kind == "uses":
            self.add_argument(step, steps, outside)
        return step

    def add_argument(
        self, step: dict[str, Any], steps: dict[str, Any], outside: dict[str, Any]
    ) -> None:
        sources = [name for name in self.readable(step, steps, outside) if self.gives_n(name)]
        if not sources or not self.maybe(0.3):
            return
        name = self.random.choice(sources)
        plain = self.maybe(0.4) and ("needs" in step or self.specs[name]["uses"] == "do")
        step["with"] = {"n": "${%s}" % (f"{name}.n" if plain else f"{name}.?n.orValue(0)")}

    def gives_n(self, name: str) -> bool:
        return "uses" in self.specs[name]

    def readable(
        self, step: dict[str, Any], steps: dict[str, Any], outside: dict[str, Any]
    ) -> list[str]:
        self.specs = {**outside, **steps}
        return list(self.specs)

    def work(self, kind: str, depth: int, seen: dict[str, Any]) -> dict[str, Any]:
        made: dict[str, Any] = getattr(self, f"a_{kind}")(depth, seen)
        return made

    def a_uses(self, depth: int, seen: dict[str, Any]) -> dict[str, Any]:
        step: dict[str, Any] = {"uses": self.random.choice(["do", "do", "pick", ONCE])}
        if self.maybe(0.3):
            step["retry"] = dict(RETRY, attempts=self.random.randint(2, 3))
            if self.maybe(0.4):
                step["retry"]["backoff"] = self.random.choice(["constant", "linear"])
            if self.maybe(0.2):
                step["retry"]["on"] = ["bad_input"]
        if self.maybe(0.15):
            step["timeout"] = self.random.choice(["7s", "20s"])
        return self.with_compensation(step)

    def a_call(self, depth: int, seen: dict[str, Any]) -> dict[str, Any]:
        step: dict[str, Any] = {"call": "other"}
        if self.maybe(0.3):
            step["retry"] = dict(RETRY)
            if self.maybe(0.5):
                step["retry"]["timeout"] = "6s"
        return self.with_compensation(self.with_timeout(step))

    def with_compensation(self, step: dict[str, Any]) -> dict[str, Any]:
        if self.maybe(0.4):
            step["compensate"] = {"uses": self.random.choice(["do", "do", "do", ONCE])}
            if self.maybe(0.4):
                step["compensate"]["retry"] = dict(RETRY)
            if self.maybe(0.2):
                step["compensate"]["timeout"] = "4s"
        return step

    def a_switch(self, depth: int, seen: dict[str, Any]) -> dict[str, Any]:
        self.specs = seen
        cases = {
            "left": self.condition(list(seen)),
            "right": "else" if self.maybe(0.8) else self.condition(list(seen)),
        }
        return {"switch": cases}

    def a_wait(self, depth: int, seen: dict[str, Any]) -> dict[str, Any]:
        return {"wait": self.random.choice(["0s", "1s", "9s", "40s"])}

    def a_approve(self, depth: int, seen: dict[str, Any]) -> dict[str, Any]:
        asked: dict[str, Any] = {"role": "boss", "quorum": self.random.randint(1, 2)}
        if self.maybe(0.5):
            asked["timeout"] = "30s"
            if self.maybe(0.4):
                asked["default"] = self.random.choice(["approved", "rejected"])
        return {"approve": asked}

    def a_receive(self, depth: int, seen: dict[str, Any]) -> dict[str, Any]:
        waited: dict[str, Any] = {"event": self.random.choice(EVENTS)}
        if self.maybe(0.5):
            waited["timeout"] = "25s"
        return {"receive": waited}

    def a_for_each(self, depth: int, seen: dict[str, Any]) -> dict[str, Any]:
        items = list(range(self.random.randint(0, 4)))
        loop: dict[str, Any] = {
            "in": str(items),
            "as": f"item{self.count}",
            "steps": self.graph(self.random.randint(1, 3), depth + 1, seen),
        }
        if self.maybe(0.5):
            loop["max_parallel"] = self.random.randint(1, 2)
        if self.maybe(0.4):
            loop["until_failures"] = self.random.choice([2, 5, "50%"])
        if self.maybe(0.3):
            loop["first"] = self.random.randint(1, 2)
        self.add_output(loop)
        if "first" in loop and self.maybe(0.4):
            self.specs = loop["steps"]
            loop["where"] = self.condition(list(self.specs))
        if self.maybe(0.3):
            self.specs = loop["steps"]
            condition = self.condition(list(self.specs))
            loop["more"] = f"{condition} ? [7] : []"
            loop["max"] = self.random.randint(2, 6)
        return self.with_timeout({"for_each": loop})

    def a_repeat(self, depth: int, seen: dict[str, Any]) -> dict[str, Any]:
        loop: dict[str, Any] = {
            "as": f"round{self.count}",
            "steps": self.graph(self.random.randint(1, 3), depth + 1, seen),
            "max": self.random.randint(1, 3),
        }
        self.specs = loop["steps"]
        loop["until"] = self.condition(list(self.specs))
        if self.maybe(0.3):
            loop["every"] = "3s"
        self.add_output(loop)
        return self.with_timeout({"repeat": loop})

    def with_timeout(self, step: dict[str, Any]) -> dict[str, Any]:
        return {**step, "timeout": "12s"} if self.maybe(0.15) else step

    def add_output(self, loop: dict[str, Any]) -> None:
        sources = [name for name, step in loop["steps"].items() if "uses" in step]
        if sources and self.maybe(0.7):
            name = self.random.choice(sources)
            read = f"{name}.n" if self.maybe(0.3) else f"{name}.?n.orValue(0)"
            loop["output"] = {"n": f"${{{read}}}"}

    def condition(self, names: list[str]) -> str:
        """True or false; sometimes by what an earlier step gave, or how it ended."""
        if not names or self.maybe(0.4):
            return self.random.choice(["1 < 2", "1 < 2", "2 < 1"])
        name = self.random.choice(names)
        if self.gives_n(name) and self.maybe(0.5):
            return f"{name}.?n.orValue(0) > {self.random.randint(0, 2)}"
        own = outcomes_of(self.specs[name])
        rare = "uncertain" if self.specs[name].get("uses") == ONCE else "skipped"
        outcome = self.random.choice([*own, "failed", rare])
        return f"outcome.?{name}.orValue('') == '{outcome}'"

    def needs(self, steps: dict[str, Any]) -> Any:
        found = [self.join(steps) for _ in range(self.random.choice([1, 1, 1, 2]))]
        return found[0] if len(found) == 1 else found

    def join(self, steps: dict[str, Any]) -> Any:
        if self.maybe(0.45):
            return self.edge(steps, self.random.choice(sorted(steps)))
        count = self.random.randint(1, min(4, len(steps)))
        names = self.random.sample(sorted(steps), count)
        edges = list(dict.fromkeys(self.edge(steps, name) for name in names))
        kind = self.random.choice(["any", "one", "first", "at_least"])
        join: dict[str, Any] = {kind: edges}
        if kind == "at_least":
            join = {"at_least": self.random.randint(1, len(edges)), "of": edges}
        if kind in ("first", "at_least") and self.maybe(0.4):
            join["cancel_rest"] = True
        return join

    def edge(self, steps: dict[str, Any], name: str) -> str:
        own = outcomes_of(steps[name])
        outcome = self.random.choice([*own, *own, "done", "done", "failed", "skipped", "cancelled"])
        if steps[name].get("uses") == ONCE and self.maybe(0.2):
            outcome = "uncertain"
        if outcome == "skipped" and "when" not in steps[name]:
            outcome = "done"
        return name if outcome == "ok" and self.maybe(0.5) else f"{name}.{outcome}"

    def ends(self, steps: dict[str, Any]) -> dict[str, Any]:
        found = {f"e{number}": self.needs(steps) for number in range(self.random.randint(1, 2))}
        if self.maybe(0.8):
            found["rest"] = {"any": [f"{name}.done" for name in steps]}
        return found


def kinds_within(steps: dict[str, Any]) -> list[str]:
    """The kinds of all steps, those in bodies too."""
    found = []
    for step in steps.values():
        kind = kind_of(step)
        found.append(kind)
        if kind in ("for_each", "repeat"):
            found += kinds_within(step[kind]["steps"])
    return found

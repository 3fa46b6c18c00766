"""What runs of random workflows spend, beside what was told of them before: never more."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from auterity_sdk.ai.fallback import FallbackModel
from auterity_sdk.ai.language_model import Answer, LanguageModel, Usage
from auterity_sdk.ai.longest_request import BoundedModel
from auterity_sdk.ai.prices import Prices
from auterity_sdk.ai.request import Request
from auterity_sdk.ai.tokens import most_tokens_asked
from auterity_sdk.checks.cost.most import Most
from auterity_sdk.checks.cost.worst_case import worst_case
from auterity_sdk.connections.memory import MemoryConnections
from auterity_sdk.errors import StepError
from auterity_sdk.runtime.attempt import World
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.project_connections import connections_of
from auterity_sdk.runtime.settings import Settings
from auterity_sdk.testing.rehearsal_connections import RehearsalConnections
from auterity_sdk.testing.scripted_model import Scripted, ScriptedModel
from auterity_sdk.workflow.graph import build_graph
from auterity_sdk.workflow.model import Workflow, load

LONGEST = 2_000
"""Tokens of what is asked: the texts of these workflows come near it, so that what is told is not far too much."""
FIRST = {
    "use": "openai",
    "base_url": "https://first.test/v1",
    "model": "m1",
    "input_price": 3,
    "output_price": 15,
    "max_input_tokens": LONGEST,
    "fallback": ["next"],
}
NEXT = {
    "use": "openai",
    "base_url": "https://next.test/v1",
    "model": "m2",
    "input_price": 1,
    "output_price": 2,
}
PROJECT = Project(Path("nowhere"), Settings(connections={"llm": FIRST, "next": NEXT}))
FIRST_MODEL, NEXT_MODEL = ("first.test", "m1"), ("next.test", "m2")
TEXT = "x" * 600
ITEMS = ["a", "b", "c"]


class Drawing:
    """A random workflow of steps that ask, loops, switches and calls."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.number = 0
        self.children: list[Workflow] = []

    def workflow(self, name: str, depth: int) -> Workflow:
        made = {
            "auterity": 1,
            "name": name,
            "input": {"items": {"type": "array", "items": "string", "maxItems": 3}},
            "steps": self.steps(depth),
        }
        if self.chance.random() < 0.25:
            made["budget"] = self.budget()
        return load(made)

    def steps(self, depth: int) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for _ in range(self.chance.randint(1, 3)):
            self.number += 1
            name = f"s{self.number}"
            made[name] = self.step(depth)
            if "switch" in made[name]:
                for case in made[name]["switch"]:
                    made[f"{name}{case}"] = {"needs": f"{name}.{case}", **self.asking()}
        return made

    def step(self, depth: int) -> dict[str, Any]:
        kinds = ["ask", "ask", "switch"] + ["each", "again", "call"] * (depth > 0)
        kind = self.chance.choice(kinds)
        if kind == "ask":
            return self.asking()
        if kind == "switch":
            return {"switch": {"a": f"{self.chance.randint(0, 1)} == 0", "b": "else"}}
        if kind == "call":
            return self.call(depth)
        body = {"as": f"i{self.number}", "steps": self.steps(depth - 1)}
        if kind == "each":
            lists = ["input.items", "['a', 'b']", "input.items.filter(i, i != 'a')"]
            listed = self.chance.choice(lists)
            return {"for_each": {**body, "in": listed, "until_failures": self.chance.randint(1, 3)}}
        return {"repeat": {**body, "max": self.chance.randint(1, 3), "until": "false"}}

    def call(self, depth: int) -> dict[str, Any]:
        name = f"child-{self.number}"
        self.children.append(self.workflow(name, depth - 1))
        return {"call": name, "with": {"items": "${input.items}"}, **self.retry()}

    def asking(self) -> dict[str, Any]:
        given: dict[str, Any] = {"text": TEXT}
        uses = self.chance.choice(["ai.summarize", "ai.classify"])
        if uses == "ai.classify":
            given["labels"] = ["a", "b"]
        if self.chance.random() < 0.3:
            given["max_tokens"] = self.chance.randint(50, 400)
        made = {"uses": uses, "with": given, **self.retry()}
        if self.chance.random() < 0.25:
            made["budget"] = self.budget()
        return made

    def budget(self) -> dict[str, Any]:
        amount: dict[str, Any] = {"usd": self.chance.choice([0.01, 0.05, 0.2])}
        return {**amount, "when_over": self.chance.choice(["stop", "stop", "warn"])}

    def retry(self) -> dict[str, Any]:
        if self.chance.random() < 0.5:
            return {}
        attempts = self.chance.randint(1, 3)
        return {"retry": {"attempts": attempts, "initial": "1ms", "max": "1ms", "jitter": False}}


def model(provider: tuple[str, str], chance: Random, luck: float) -> LanguageModel:
    """One that takes as much as it may, and answers, or not, by chance."""

    def reply(request: Request) -> Scripted:
        if chance.random() < 0.3:
            kind = chance.choice(["timeout", "rate_limited", "network", "bad_answer"])
            return StepError("no", type=kind, retryable=True)
        read = most_tokens_asked(request, provider[1])
        good = '{"summary": "s"}' if request.longest_answer % 1000 == 0 else "no"
        text = good if chance.random() < luck else "no"
        return Answer(
            text=text,
            usage=Usage(read, request.longest_answer),
            provider=provider[0],
            model=provider[1],
        )

    return ScriptedModel(reply=reply, provider=provider[0], model=provider[1])


def told_and_spent(seed: int, luck: float) -> tuple[Most, int]:
    chance = Random(seed)
    drawing = Drawing(chance)
    workflow = drawing.workflow("whole", 2)
    registry = PROJECT.registry.extended(workflows=drawing.children)
    told = worst_case(workflow, build_graph(workflow, registry), registry, "nano")
    chain = FallbackModel([model(each, chance, luck) for each in (FIRST_MODEL, NEXT_MODEL)])
    memory = MemoryConnections()
    prices = connections_of(PROJECT).get(Prices)
    connections = RehearsalConnections(memory, lambda _: BoundedModel(chain, LONGEST), prices)
    runtime = LocalRuntime(World(registry, connections, chance=lambda: 0.0))
    asyncio.run(runtime.run(workflow, {"items": ITEMS}, to_the_end=True))
    return told, sum(each.amount.nano or 0 for each in memory.usage.recorded)


@given(seed=st.integers(0, 2**32), luck=st.sampled_from([0.0, 0.5, 1.0]))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example(seed=1, luck=0.0)
def test_no_run_spends_more_than_was_told(seed: int, luck: float) -> None:
    told, spent = told_and_spent(seed, luck)
    assert not told.unbounded
    assert spent <= told.amount


def test_what_is_told_is_not_far_from_what_is_spent() -> None:
    """Of unlucky runs some come near it; else the test above would tell nothing."""
    near: Counter[bool] = Counter()
    for seed in range(30):
        told, spent = told_and_spent(seed, 0.0)
        near[spent > told.amount * 0.2] += 1
    assert near[True] >= 5

"""Step types with effects that can be counted, and the world that runs them."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from textwrap import dedent
from typing import Any, TypeVar

from auterity_sdk.errors import ConfigurationError, StepError
from auterity_sdk.runtime.attempt import World
from auterity_sdk.steps.context import StepContext
from auterity_sdk.steps.output import Output
from auterity_sdk.steps.registry import Registry
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.document import load_document
from auterity_sdk.workflow.model import Workflow, load
from auterity_sdk.workflow.queue import Queue

Port = TypeVar("Port")
EFFECTS = "AUTERITY_TEST_EFFECTS"


class Number(Output):
    n: int = 0


class Text(Output):
    text: str


class NoConnections:
    def get(self, port: Callable[..., Port], name: str | None = None) -> Port:
        raise ConfigurationError("no connection is configured")


@step
async def nop() -> None:
    return None


@step
async def add(n: int = 0, to: int = 1) -> Number:
    return Number(n=n + to)


@step
def in_a_thread(n: int = 0) -> Number:
    time.sleep(0.01)
    return Number(n=n)


@step
async def forever() -> None:
    await asyncio.Event().wait()


@step
async def effect(context: StepContext, name: str) -> Number:
    """Leave a mark outside of the store, under the idempotency key; then take a little."""
    marks = Path(os.environ[EFFECTS])
    mark = marks / context.idempotency_key
    with mark.open("a") as file:
        file.write(f"{name} {context.step}\n")
    await asyncio.sleep(0.01)
    return Number(n=len(name))


@step(idempotent=False)
async def charge(context: StepContext, name: str = "card") -> Number:
    """Leave a mark, as `effect` does; then take as long as a file `slow` is there."""
    marks = Path(os.environ[EFFECTS])
    with (marks / context.idempotency_key).open("a") as file:
        file.write(f"{name} {context.step}\n")
    while (marks / "slow").exists():  # noqa: ASYNC110 - another process takes it away
        await asyncio.sleep(0.01)
    return Number(n=len(name))


@step
async def hold(context: StepContext, name: str = "held") -> Number:
    """As `charge`, for what may be done again."""
    return await charge.function(context, name)


@step(idempotent=False)
async def unsure() -> None:
    raise StepError("the line broke", type="effect_unknown")


@step
async def guarded(context: StepContext, name: str) -> Number:
    """Hold a file as long as the step runs; leave a mark where another step holds it."""
    marks = Path(os.environ[EFFECTS])
    held = marks / f"held-{name}"
    mine = f"{context.run_id} {context.step}"
    with suppress(FileNotFoundError):
        if held.read_text() not in ("", mine):
            (marks / "overlap").write_text(mine)
    held.write_text(mine)
    await asyncio.sleep(0.01)
    held.unlink(missing_ok=True)
    with (marks / f"order-{name}").open("a") as order:
        order.write(f"{mine}\n")
    return Number(n=1)


@step
async def crowd(context: StepContext, name: str) -> Number:
    """Write down how many steps of that name run at once, under their idempotency keys."""
    marks = Path(os.environ[EFFECTS])
    inside = marks / f"inside-{name}"
    inside.mkdir(exist_ok=True)
    mine = inside / context.idempotency_key
    mine.touch()
    with (marks / f"crowd-{name}").open("a") as file:
        file.write(f"{len(list(inside.iterdir()))} {context.run_id}\n")
    await asyncio.sleep(0.03)
    mine.unlink()
    return Number(n=1)


@step
async def flaky(context: StepContext, times: int) -> Number:
    if context.attempt < times:
        raise StepError("not yet", type="network", retryable=True)
    return Number(n=context.attempt)


@step
async def crash(text: str = "") -> None:
    raise KeyError(text)


@step
async def echo(text: str) -> Text:
    return Text(text=text)


@step
async def quote(text: str) -> Text:
    raise StepError(f"refused: {text}", type="refused")


@step
async def kill() -> None:
    """End the process that runs it, as the machine does where memory runs out."""
    os.kill(os.getpid(), signal.SIGKILL)


def workflow(text: str, name: str = "test") -> Workflow:
    read = load_document(dedent(text).encode(), file="test.yaml")
    assert isinstance(read.data, dict), read.diagnostics
    return load({"auterity": 1, "name": name, **read.data})


def _circling(name: str, other: str) -> Workflow:
    """One run of its name at once, which calls the other one, which has one at once too."""
    return workflow(
        f"""
        name: {name}
        input: {{leaf: {{type: boolean, default: false}}}}
        concurrency: {{key: "'{name}'"}}
        steps:
          which: {{switch: {{leaf: input.leaf, not: else}}}}
          pause: {{needs: which.not, wait: 200ms}}
          c: {{needs: pause, call: {other}, with: {{leaf: true}}}}
        ends: {{ok: {{any: [which.leaf, c]}}, no: c.failed}}
        """
    )


STEPS = [
    nop,
    kill,
    add,
    in_a_thread,
    forever,
    effect,
    charge,
    hold,
    unsure,
    guarded,
    crowd,
    flaky,
    crash,
    echo,
    quote,
]
QUEUES = [Queue("one", 1), Queue("three", 3), Queue("rated", None, 3, 1000)]
REGISTRY = replace(Registry().extended(STEPS), queues={queue.name: queue for queue in QUEUES})
REGISTRY = REGISTRY.extended(workflows=[_circling("left", "right"), _circling("right", "left")])


def world(secrets: Mapping[str, str] | None = None, registry: Registry = REGISTRY) -> World:
    known = secrets or {}

    def secret(name: str) -> str:
        if name not in known:
            raise ConfigurationError(f"there is no secret `{name}`")
        return known[name]

    return World(registry, NoConnections(), secret)


def outcomes(view: Any) -> dict[str, str]:
    return {found.path: found.state for found in view.walk()}

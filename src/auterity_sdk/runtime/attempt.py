"""One attempt of a step: secrets put in, the function called, its answer made into a command."""

from __future__ import annotations

import asyncio
import hashlib
import random
import threading
from collections.abc import Callable, Collection, Coroutine, Mapping
from contextlib import suppress
from copy import deepcopy
from functools import partial
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from auterity_sdk.errors import AuterityError, ConfigurationError, StepError
from auterity_sdk.runs.commands import AttemptFailed, AttemptSucceeded
from auterity_sdk.runs.decision import failure_of
from auterity_sdk.runs.failure import TIMEOUT_ERROR, Failure
from auterity_sdk.runs.gate import GATE_MISSING
from auterity_sdk.runs.orders import RunAttempt
from auterity_sdk.runs.plan import Secret
from auterity_sdk.runs.producer import moment
from auterity_sdk.runtime.eager import rest_of
from auterity_sdk.runtime.heartbeat import Heart
from auterity_sdk.runtime.ports import Secrets
from auterity_sdk.steps.context import Connections, StepContext, Unwatched
from auterity_sdk.steps.registry import Registry
from auterity_sdk.steps.step_type import StepType
from auterity_sdk.workflow.budget import Bound

OnText = Callable[[str], None]
"""Told all of the text that an attempt has written so far; `""`: what was told is void."""

HIDDEN = "[secret]"
"""What stands in a journal where an output or an error quoted a secret."""


def no_secrets(name: str) -> str:
    """The resolver of a runtime that was given none."""
    raise ConfigurationError(
        f"there is no secret `{name}`", help=f"set the environment variable {name}"
    )


class World(Struct, frozen=True):
    """What attempts may touch.

    `dealership` is the table of that name in the project's settings; `connection_names` are the configured
    ones, which expressions read as `connections.name`. `bounds` are the project's budgets. `chance` gives numbers in [0, 1), which spread retries.
    """

    registry: Registry
    connections: Connections
    secrets: Secrets = no_secrets
    dealership: Mapping[str, Any] = field(default_factory=dict)
    connection_names: Collection[str] = ()
    bounds: tuple[Bound, ...] = ()
    chance: Callable[[], float] = random.random


def idempotency_key(run_id: str, step: str) -> str:
    """The key of a step of a run: the same for all its attempts, whichever process runs them."""
    return hashlib.sha256(f"{run_id}\0{step}".encode()).hexdigest()[:32]


async def execute(
    world: World,
    run_id: str,
    workflow: str,
    order: RunAttempt,
    now: Callable[[], int],
    heart: Heart | None = None,
    on_text: OnText | None = None,
) -> AttemptSucceeded | AttemptFailed:
    """Run an attempt, watched by its `heart`. Its errors become a command; only its being cancelled is passed on.

    `on_text` is told the text that it writes, unless it is given a secret.
    """
    secrets: dict[str, str] = {}
    try:
        if order.until is not None:
            _in_time(order.until, now())
        work = order.work
        step_type = world.registry.step_type(work.uses)
        if step_type is None:
            raise ConfigurationError(f"there is no step type `{work.uses}`")  # noqa: TRY301
        arguments = order.arguments
        if work.secrets:
            arguments = _with_secrets(world.secrets, order, secrets)
        bound = step_type.bind(arguments or {})
        given: tuple[StepContext, ...] = ()
        if step_type.takes_context:
            hears = None if secrets else on_text
            given = (_context(world, run_id, workflow, order, now(), heart, hears),)
        if order.limit is None and heart is None and step_type.is_async:
            returned = await step_type.function(*given, **bound)
        else:
            returned = await _called(step_type, given, bound, order.limit, heart)
        outcome, output = step_type.result(returned)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a step may raise anything
        failure = _failure(error, order.work.uses)
        if secrets:
            failure = replace(failure, message=_hidden(failure.message, secrets))
        return AttemptFailed(now(), order.step, order.attempt, failure, world.chance())
    if secrets:
        output = _hidden(output, secrets)
    return AttemptSucceeded(now(), order.step, order.attempt, outcome, output)


def failed(world: World, order: RunAttempt, error: BaseException, now: int) -> AttemptFailed:
    """What an attempt brought that raised an error."""
    failure = _failure(error, order.work.uses)
    return AttemptFailed(now, order.step, order.attempt, failure, world.chance())


def _in_time(until: int, now: int) -> None:
    if now > until:
        raise StepError("a fact on which the effect rests has expired", type=GATE_MISSING)


async def _called(
    step_type: StepType[..., Any],
    given: tuple[StepContext, ...],
    bound: Mapping[str, Any],
    limit: int | None,
    heart: Heart | None,
) -> Any:
    answer: Coroutine[Any, Any, Any]
    if step_type.is_async:
        answer = step_type.function(*given, **bound)
    else:
        answer = in_thread(partial(step_type.function, *given, **bound))
    if heart is not None:
        answer = heart.watch(answer)
    if limit is None:
        return await answer
    loop = asyncio.get_running_loop()
    over = loop.time() + limit / 1000
    try:
        # A timer is for those that wait: it takes longer to set than most others take.
        waits_for = answer.send(None)
    except StopIteration as ended:
        return ended.value
    try:
        async with asyncio.timeout_at(over) as bounded:
            return await rest_of(answer, waits_for)
    except TimeoutError:
        if not bounded.expired():
            raise
        raise StepError(
            "the attempt ran longer than `retry.timeout`", type=TIMEOUT_ERROR, retryable=True
        ) from None


async def in_thread(function: Callable[[], Any]) -> Any:
    """The result of a function that blocks. A thread cannot be stopped, so it is left to itself on cancel."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Any] = loop.create_future()

    def deliver(result: Any, error: BaseException | None) -> None:
        if answer.done():
            return
        if error is None:
            answer.set_result(result)
        else:
            answer.set_exception(error)

    def work() -> None:
        result: Any = None
        error: BaseException | None = None
        try:
            result = function()
        except StopIteration:
            error = RuntimeError("a step raised StopIteration")
        except BaseException as raised:  # noqa: BLE001 - it belongs to whoever awaits the answer
            error = raised
        with suppress(RuntimeError):  # the loop may be gone by now
            loop.call_soon_threadsafe(deliver, result, error)

    threading.Thread(target=work, name="auterity-step", daemon=True).start()
    return await answer


def _context(
    world: World,
    run_id: str,
    workflow: str,
    order: RunAttempt,
    now: int,
    heart: Heart | None,
    on_text: OnText | None,
) -> StepContext:
    return StepContext(
        run_id=run_id,
        workflow=workflow,
        step=order.step,
        attempt=order.attempt,
        idempotency_key=idempotency_key(run_id, order.step),
        now=moment(now),
        connections=world.connections,
        dealership=world.dealership,
        pulse=heart or Unwatched(),
        catalog=world.registry,
        bounds=(*_bounds(order), *world.bounds),
        on_text=on_text,
    )


def _bounds(order: RunAttempt) -> tuple[Bound, ...]:
    """The budgets of a step, as often as they were granted."""
    if not order.granted:
        return order.work.bounds
    return tuple(each.granted(order.granted.get(each.level, 0)) for each in order.work.bounds)


def _with_secrets(secrets: Secrets, order: RunAttempt, used: dict[str, str]) -> Any:
    """A copy of the arguments with the secrets in their places; `used` tells which."""
    arguments = deepcopy(order.arguments)
    for secret in order.work.secrets:
        used[secret.name] = secrets(secret.name)
        put(arguments, secret, used[secret.name])
    return arguments


def put(arguments: Any, secret: Secret, value: str) -> None:
    """Put a secret into its place in the arguments."""
    *way, last = secret.place
    for part in way:
        arguments = arguments[part]
    arguments[last] = value


def _hidden(value: Any, secrets: Mapping[str, str]) -> Any:
    """The value without the secrets that a step wrote into it."""
    match value:
        case str():
            for secret in secrets.values():
                value = value.replace(secret, HIDDEN) if secret else value
            return value
        case dict():
            return {_hidden(k, secrets): _hidden(v, secrets) for k, v in value.items()}
        case list():
            return [_hidden(inner, secrets) for inner in value]
        case _:
            return value


def _failure(error: BaseException, uses: str) -> Failure:
    """An error as the journal keeps it. The text of a foreign one may quote personal data, so it is left out."""
    if isinstance(error, ConfigurationError):
        return Failure("configuration", error.message)
    if isinstance(error, AuterityError):
        return failure_of(error)
    said = f"`{uses}` raised {type(error).__name__}{_place(error)}"
    if isinstance(error, OSError):
        return Failure("network", said, retryable=True)
    if isinstance(error, TypeError | ValueError):
        return Failure("bad_input", said)
    return Failure("exception", said, retryable=True)


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    return f" at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"

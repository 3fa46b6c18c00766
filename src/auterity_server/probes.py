"""Health and metrics of a process on a port of their own: for workers, which answer nothing else."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial
from http import HTTPStatus

import uvicorn
from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from auterity_sdk.errors import ConfigurationError
from auterity_server.access.metrics_token import shows_token
from auterity_server.database.mails import count_waiting
from auterity_server.health.readiness import Readiness
from auterity_server.metrics.metrics import MEDIA_TYPE, Metrics
from auterity_server.running.hosted_runs import HostedRuns
from auterity_server.running.standing import tell_standing
from auterity_server.settings import Settings, variable

_BEARER = "bearer "


async def metrics_text(runs: HostedRuns, metrics: Metrics, readiness: Readiness) -> bytes:
    """All metrics of this process, how the runs of its environments stand, and which part of it is well."""
    await tell_standing(runs.all_known, metrics, runs.clock.now())
    with suppress(SQLAlchemyError):  # that the database is away is told by the checks
        async with runs.database.reading() as connection:
            metrics.mails_waiting.set(await count_waiting(connection))
    for name, well in (await readiness.state()).items():
        metrics.check_ok.labels(name).set(well)
    return metrics.text()


class Probes:
    """Answers `/health/live`, `/health/ready` and `/metrics`, as the API does."""

    def __init__(
        self,
        token: str,
        readiness: Readiness,
        stopping: asyncio.Event,
        text: Callable[[], Awaitable[bytes]],
    ) -> None:
        self._token = token
        self._readiness = readiness
        self._stopping = stopping
        self._text = text

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        answer = await self._answer(scope["path"], Headers(scope=scope))
        await answer(scope, receive, send)

    async def _answer(self, path: str, headers: Headers) -> Response:
        match path:
            case "/health/live":
                return _told(HTTPStatus.OK, {})
            case "/health/ready":
                return await self._ready()
            case "/metrics":
                return await self._metrics(headers.get("authorization", ""))
            case _:
                return PlainTextResponse("", HTTPStatus.NOT_FOUND)

    async def _ready(self) -> Response:
        checks = await self._readiness.state()
        well = all(checks.values()) and not self._stopping.is_set()
        return _told(HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE, checks)

    async def _metrics(self, shown: str) -> Response:
        given = shown[len(_BEARER) :] if shown.lower().startswith(_BEARER) else ""
        if not shows_token(given, self._token):
            challenge = {"WWW-Authenticate": "Bearer"}
            return PlainTextResponse("", HTTPStatus.UNAUTHORIZED, challenge)
        return Response(await self._text(), media_type=MEDIA_TYPE)


def _told(status: HTTPStatus, checks: Mapping[str, bool]) -> Response:
    said = {
        "status": "ok" if status is HTTPStatus.OK else "failing",
        "checks": {name: "ok" if well else "failing" for name, well in checks.items()},
    }
    return Response(json.dumps(said), status, media_type="application/json")


class _Listener(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Nothing: the process ends in an order of its own."""
        yield


@asynccontextmanager
async def listening(probes: Probes, host: str, port: int) -> AsyncIterator[None]:
    """Answer there, as long as the process works. Raises `ConfigurationError` where it cannot be listened on."""
    try:
        bound = socket.create_server((host, port))
    except OSError as error:
        raise ConfigurationError(
            f"{variable('probe_port')}: {host}:{port} cannot be listened on ({(error.strerror or 'error').lower()})",
            help="is another process there? each needs a port of its own",
        ) from None
    config = uvicorn.Config(
        probes,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    listener = _Listener(config)
    serving = asyncio.create_task(listener.serve(sockets=[bound]))
    try:
        yield
    finally:
        listener.should_exit = True
        await serving
        bound.close()


@asynccontextmanager
async def probing(
    settings: Settings, runs: HostedRuns, readiness: Readiness, stopping: asyncio.Event
) -> AsyncIterator[None]:
    """Answer on the port for probes, where the settings name one. Raises `ConfigurationError`."""
    if settings.probe_port is None:
        yield
        return
    probes = Probes(
        settings.metrics_token.get_secret_value(),
        readiness,
        stopping,
        partial(metrics_text, runs, runs.metrics, readiness),
    )
    async with listening(probes, settings.host, settings.probe_port):
        yield

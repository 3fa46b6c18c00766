"""The process: one socket, the API, and the runs of every environment, until a signal says stop."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress

import uvicorn

from auterity_sdk.errors import ConfigurationError
from auterity_server.app import create_app
from auterity_server.beginning import first_sign_in
from auterity_server.reporting.reported import reported
from auterity_server.settings import Settings, variable
from auterity_server.wiring import Wiring, wire

_SIGNALS = (signal.SIGINT, signal.SIGTERM)

Told = Callable[[str, str | None], None]
"""Told of the address once requests are answered, and of the address of the first owner's sign-in, if nobody did yet."""


class Server(uvicorn.Server):
    """Uvicorn's server over a wiring, on a socket that is bound before anything begins."""

    def __init__(self, wiring: Wiring) -> None:
        settings = wiring.settings
        self.wiring = wiring
        self.bound = _bind(settings)
        self._told: Told | None = None
        super().__init__(
            uvicorn.Config(
                create_app(wiring),
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=max(1, round(settings.drain.seconds)),
            )
        )

    @property
    def url(self) -> str:
        """Where people reach it."""
        if self.wiring.settings.public_url:
            return self.wiring.settings.public_url.rstrip("/")
        host, port = self.bound.getsockname()[:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    async def work(self, told: Told | None = None) -> None:
        """Serve until a signal, or `should_exit`, says stop. Then requests are ended first, and the workers after them."""
        # Not by uvicorn's lifespan, which would print the traceback of what cannot be opened.
        with closing(self.bound), self._signals():
            async with self.wiring.running():
                self._told = told
                await self.serve(sockets=[self.bound])

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer requests, and tell that they are answered."""
        token = None if self._told is None else await first_sign_in(self.wiring)
        await super().startup(sockets)
        if self._told is not None:
            self._told(self.url, None if token is None else f"{self.url}/sign-in#{token}")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let live streams end first: nobody else tells them that the server stops."""
        self.wiring.stopping.set()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Nothing: uvicorn would raise a signal again before the workers have ended."""
        yield

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """Take stop signals, as long as anything is under way."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            with suppress(NotImplementedError):  # Windows, where Ctrl-C ends the loop itself
                loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in _SIGNALS:
                with suppress(NotImplementedError):
                    loop.remove_signal_handler(number)


def serve(settings: Settings, told: Told) -> None:
    """Run the server in this process. Raises `ConfigurationError`, `StoreUnavailable`."""
    with reported(settings):
        asyncio.run(Server(wire(settings)).work(told))


def work(settings: Settings, told: Callable[[], None]) -> None:
    """Carry runs on in this process, and answer no request, until a signal says stop. Raises as `serve`."""

    async def until_told() -> None:
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        for number in _SIGNALS:
            with suppress(NotImplementedError):
                loop.add_signal_handler(number, stop.set)
        async with wire(settings).running():
            told()
            await stop.wait()

    with reported(settings):
        asyncio.run(until_told())


def _bind(settings: Settings) -> socket.socket:
    bound: socket.socket | None = None
    try:
        found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)
        family, kind, protocol, _, address = found[0]
        # With its protocol: only then asyncio turns off Nagle's algorithm, which holds small answers back for 40 ms.
        bound = socket.socket(family, kind, protocol)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except OSError as error:
        if bound is not None:
            bound.close()
        raise ConfigurationError(
            f"{variable('host')} and {variable('port')}: {settings.host}:{settings.port} cannot be listened on "
            f"({(error.strerror or 'error').lower()})",
            help="is another server there? AUTERITY_PORT=0 takes a free port",
        ) from None
    return bound

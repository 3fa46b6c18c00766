"""The process: one socket, the API, and the runs of every environment, until a signal says stop."""

from __future__ import annotations

import socket

import uvicorn

from auterity_sdk.errors import ConfigurationError
from auterity_server.app import create_app
from auterity_server.settings import Settings, variable
from auterity_server.wiring import Wiring


class Server(uvicorn.Server):
    """Uvicorn's server over a wiring, on a socket that is bound before anything begins."""

    def __init__(self, wiring: Wiring) -> None:
        settings = wiring.settings
        self.wiring = wiring
        self.bound = _bind(settings)
        super().__init__(
            uvicorn.Config(
                create_app(wiring),
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

    async def work(self) -> None:
        """Serve until a signal, or `should_exit`, says stop; what is under way is ended."""
        await self.serve(sockets=[self.bound])

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let live streams end first: nobody else tells them that the server stops."""
        self.wiring.stopping.set()
        await super().shutdown(sockets)


def _bind(settings: Settings) -> socket.socket:
    try:
        found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)
        family, _, _, _, address = found[0]
        bound = socket.socket(family)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except OSError as error:
        raise ConfigurationError(
            f"{variable('host')} and {variable('port')}: {settings.host}:{settings.port} cannot be listened on "
            f"({(error.strerror or 'error').lower()})",
            help="is another server there? AUTERITY_PORT=0 takes a free port",
        ) from None
    return bound

"""A real server on loopback, in a thread of its own; and its parts, for tests that look inside."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from auterity_server.serve import Server
from auterity_server.settings import Settings
from auterity_server.wiring import Wiring, wire


@dataclass
class RunningServer:
    url: str
    wiring: Wiring
    _loop: asyncio.AbstractEventLoop

    def do(self, coroutine):  # type: ignore[no-untyped-def]
        """Run a coroutine in the server's own loop: its stores belong to that thread."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(20)


def settings_for(folder: Path, **more: object) -> Settings:
    return Settings.model_validate({"data": folder, "port": 0, "bcrypt_cost": 4, **more})


@contextmanager
def running(settings: Settings) -> Iterator[RunningServer]:
    wiring = wire(settings)
    server = Server(wiring)
    loops: list[asyncio.AbstractEventLoop] = []

    async def work() -> None:
        loops.append(asyncio.get_running_loop())
        await server.work()

    thread = threading.Thread(target=lambda: asyncio.run(work()), daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server ended before it began"
        thread.join(0.01)
    try:
        yield RunningServer(server.url, wiring, loops[0])
    finally:
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive(), "the server did not stop"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def start_server() -> Callable[..., object]:
    """`with start_server(settings) as server:` for tests that start one more than once, or with other settings."""
    return running


@pytest.fixture
def server(data: Path) -> Iterator[RunningServer]:
    with running(settings_for(data)) as found:
        yield found


@pytest.fixture
async def wiring(data: Path) -> AsyncIterator[Wiring]:
    """The parts of a server without its socket, in the test's own loop."""
    made = wire(settings_for(data))
    async with made.running():
        yield made

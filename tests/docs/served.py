"""A server for the commands of a page, which shows it at the address that it has by itself."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

SHOWN = "http://127.0.0.1:8420"
_LINK = re.compile(r"aut_link_[\w-]+")
_SECONDS = 30
_AUTERITY = [sys.executable, "-m", "auterity_cli"]


class Served:
    """`auterity server` on a free port, until it is stopped. `link` is what lets its owner in, once."""

    def __init__(
        self,
        folder: Path,
        environment: Mapping[str, str],
        settings: Mapping[str, str] | None = None,
        workers: int = 0,
    ) -> None:
        """With `settings`, a server as they say; with `workers` beside it, which speak of nothing."""
        self._environment = {
            **environment,
            "AUTERITY_DATA": str(folder / "server"),
            "AUTERITY_BCRYPT_COST": "4",
            **(settings or {}),
        }
        if workers:
            subprocess.run(
                [*_AUTERITY, "server", "migrate"],
                env=self._environment,
                stdout=subprocess.DEVNULL,
                check=True,
            )
        server = self._start("server", "--port", "0", "--json")
        assert server.stdout is not None
        told = json.loads(server.stdout.readline())
        self._processes = [server, *(self._start("worker") for _ in range(workers))]
        self._url: str = told["url"]
        self._link = told["sign_in_link"].partition("#")[2]

    def _start(self, *command: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [*_AUTERITY, *command],
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def real(self, command: str) -> str:
        """A command of the page, with the server's own address, and its own link."""
        return _LINK.sub(self._link, command).replace(SHOWN, self._url)

    def shown(self, lines: list[str]) -> list[str]:
        """Real output with the address that the page shows."""
        return [line.replace(self._url, SHOWN) for line in lines]

    def stop(self) -> None:
        """End all of it, and wait until it is gone."""
        for each in self._processes:
            each.terminate()
        for each in self._processes:
            each.communicate(timeout=_SECONDS)

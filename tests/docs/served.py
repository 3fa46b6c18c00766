"""A server for the commands of a page, which shows it at the address that it has by itself."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

SHOWN = "http://127.0.0.1:8420"
_LINK = re.compile(r"aut_link_[\w-]+")
_SECONDS = 30


class Served:
    """`auterity server` on a free port, until it is stopped. `link` is what lets its owner in, once."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        command = [sys.executable, "-m", "auterity_cli", "server", "--port", "0", "--json"]
        more = {"AUTERITY_DATA": str(folder / "server"), "AUTERITY_BCRYPT_COST": "4"}
        self._process = subprocess.Popen(
            command, env=environment | more, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert self._process.stdout is not None
        told = json.loads(self._process.stdout.readline())
        self._url: str = told["url"]
        self._link = told["sign_in_link"].partition("#")[2]

    def real(self, command: str) -> str:
        """A command of the page, with the server's own address, and its own link."""
        return _LINK.sub(self._link, command).replace(SHOWN, self._url)

    def shown(self, lines: list[str]) -> list[str]:
        """Real output with the address that the page shows."""
        return [line.replace(self._url, SHOWN) for line in lines]

    def stop(self) -> None:
        """End it, and wait until it is gone."""
        self._process.terminate()
        self._process.communicate(timeout=_SECONDS)

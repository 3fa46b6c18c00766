"""A server of the tests ends with them, even where they are killed and tidy nothing up."""

from __future__ import annotations

import subprocess
from pathlib import Path

ENDS = 'cat > /dev/null; kill -QUIT "$1"; sleep 1; kill -KILL "$1"; rm -rf "$2"'


class Lifeline:
    """A shell that waits for this process's end, which closes its input; it ends the server then, and its folder."""

    def __init__(self, pid: int, folder: Path) -> None:
        self._shell = subprocess.Popen(
            ["sh", "-c", ENDS, "lifeline", str(pid), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def let_go(self) -> None:
        """The server has ended: its number may be somebody else's from now on."""
        self._shell.kill()
        self._shell.wait()
        if self._shell.stdin is not None:
            self._shell.stdin.close()

"""Cold starts of the command, beside Python's own and beside the import of its libraries."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.rounds import Line, Prepare, interleaved, more, ratio, show

ROUNDS = 21
FILE = Path(__file__).parent / "ten_steps.yaml"
NOTHING, VERSION, HELP = "python -c pass", "auterity --version", "auterity --help"
LIBRARIES = "python -c 'import pydantic, yaml, typer, networkx'"
VALIDATE = "auterity validate, ten steps"
REMEMBERED = f"{VALIDATE}, as they were"


def commands() -> dict[str, list[str]]:
    """What is started, by its name."""
    auterity = str(Path(sys.executable).with_name("auterity"))
    return {
        NOTHING: [sys.executable, "-c", "pass"],
        VERSION: [auterity, "--version"],
        HELP: [auterity, "--help"],
        LIBRARIES: [sys.executable, "-c", "import pydantic, yaml, typer, networkx"],
        VALIDATE: [auterity, "validate", "--no-cache", str(FILE)],
        REMEMBERED: [auterity, "validate", str(FILE)],
    }


def started(command: list[str], folder: str) -> Prepare:
    """Starts of a command, as where it is installed: with bytecode on disk, which the first round writes."""
    variables = {name: value for name, value in os.environ.items() if name not in _NOT_INSTALLED}
    variables |= {"PYTHONPYCACHEPREFIX": f"{folder}/bytecode", "XDG_CACHE_HOME": f"{folder}/cache"}

    def run() -> None:
        subprocess.run(command, env=variables, check=True, stdout=subprocess.DEVNULL)

    return lambda _: run


_NOT_INSTALLED = frozenset({"PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"})


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        works = {name: started(command, folder) for name, command in commands().items()}
        measured = interleaved(ROUNDS, works)
    show(
        "cold starts",
        measured,
        [
            Line(f"{VERSION} - {NOTHING}", more(measured, VERSION, NOTHING) * 1000, 30, "ms"),
            Line(f"{HELP} - {NOTHING}", more(measured, HELP, NOTHING) * 1000, 120, "ms"),
            Line(f"{VALIDATE} / {LIBRARIES}", ratio(measured, VALIDATE, LIBRARIES), 1.3, "x"),
            Line(f"{REMEMBERED} / it", ratio(measured, REMEMBERED, LIBRARIES), None, "x"),
        ],
    )

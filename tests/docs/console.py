"""Runs the commands that a page shows, and compares or rewrites what it shows of their output.

A fenced block marked `console` holds commands (`$ …`, carried on by `> …`) and their output. One marked
`console one` holds a single command, whose output may itself show commands. All blocks of a page share one
empty project folder, in order. Comments prepare it:

    <!-- file: broken.yaml -->      the fenced block that follows is written to that file
    <!-- copy: workflows/a.yaml --> that file or folder of this repository is copied, under the same name

A third, `<!-- serve -->`, starts a server (see `served.py`), which is stopped behind the last block.

In shown output a line `...` stands for any lines. What differs from run to run is compared by its kind only:
measured times (`0.4 s`, `12 ms`, or `‹time›`), times of day (`‹clock›`), run ids (`‹run›`), message ids (`‹message›`), users (`‹user›`)
and the project's folder (`‹project›`). A run id that the page shows may be typed in a later command: it stands for the real one.
`$ echo $?` shows the exit code of the command before it.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from run_ids import RUN, RunIds
from served import Served

ROOT = Path(__file__).parents[2]
DIRECTIVE = re.compile(r"<!--\s*(file|copy|serve):?\s*(\S*)\s*-->")
PROJECT = "‹project›"
KINDS = (
    ("‹clock›", re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?")),
    ("‹clock›", re.compile(r"\b\d\d:\d\d:\d\d\b")),
    ("‹time›", re.compile(r"\b\d+(\.\d+ ?s|(\.\d+)? ?[mµ]s)\b")),
    ("‹time›", re.compile(r"\b\d+ min( \d+ s)?\b")),
    ("‹message›", re.compile(r"\b(sms|task)-[0-9a-f]{24}\b")),
    ("‹user›", re.compile(r"\busr_[0-9a-f]{16}\b")),
    ("‹run›", RUN),
)
NEVER_SHOWN = ("Traceback (most recent call last)", ": command not found", ": not found")
SECONDS = 60


@dataclass
class Step:
    """One command of a block and the lines of output that the page shows for it."""

    command: str
    typed: list[str]
    shown: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Block:
    """A fenced console block; its contents are the lines `start` to `end` (from 0, end exclusive)."""

    steps: list[Step]
    start: int
    end: int


@dataclass(frozen=True)
class File:
    """A file that a page writes before its commands run."""

    name: str
    text: str


@dataclass(frozen=True)
class Copy:
    """A file or folder of the repository that a page's commands need."""

    name: str


@dataclass(frozen=True)
class Serve:
    """A server that a page's commands speak with from here on."""


Part = Block | File | Copy | Serve
Start = Callable[[Path, dict[str, str]], Served]
"""Starts a server, with a folder for its data and the environment of its process."""


@dataclass(frozen=True)
class Difference:
    """A command whose output is not what the page shows. `line` counts from 1."""

    line: int
    command: str
    shown: list[str]
    real: list[str]

    def __str__(self) -> str:
        shown, real = (
            "\n".join(f"    {line}" for line in part) for part in (self.shown, self.real)
        )
        return f"line {self.line}: $ {self.command}\n  the page shows\n{shown}\n  it is\n{real}"


def parts(text: str) -> Iterator[Part]:
    """What a page does, in order."""
    name = None
    for token in MarkdownIt("commonmark").parse(text):
        if token.type == "html_block":
            for verb, argument in DIRECTIVE.findall(token.content):
                if verb == "copy":
                    yield Copy(argument)
                elif verb == "serve":
                    yield Serve()
                else:
                    name = argument
        elif token.type == "fence":
            if name is not None:
                yield File(name, token.content)
            elif token.info.split(" ")[0] == "console":
                yield block(token)
            name = None


def block(token: Token) -> Block:
    """The commands of a console block."""
    assert token.map is not None
    steps: list[Step] = []
    single = "one" in token.info.split()
    for line in token.content.splitlines():
        if line.startswith("$ ") and not (single and steps):
            steps.append(Step(line[2:], [line]))
        elif not steps:
            raise ValueError(f"line {token.map[0] + 2}: a console block starts with `$ `")
        elif line.startswith("> ") and steps[-1].typed[-1].endswith("\\") and not steps[-1].shown:
            steps[-1].command += "\n" + line[2:]
            steps[-1].typed.append(line)
        else:
            steps[-1].shown.append(line)
    return Block(steps, token.map[0] + 1, token.map[1] - 1)


class Shell:
    """A terminal in an empty project: it keeps the folder and the last exit code, and sees no colour."""

    def __init__(self, folder: Path, start: Start) -> None:
        self._start = start
        self.project = folder / "project"
        self.home = folder / "home"
        self.project.mkdir()
        self.home.mkdir()
        # pytest looks for its settings upwards, and would find those of whoever owns the folder above.
        (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
        self.where = self.project
        self.status = 0
        self._served: Served | None = None

    def run(self, command: str) -> list[str]:
        """The lines that `command` prints, on either stream, with the project's folder named."""
        if self._served is not None:
            command = self._served.real(command)
        place = self.home / ".where"
        script = f"(exit {self.status})\n{command}\nstatus=$?\npwd > {shlex.quote(str(place))}\nexit $status"
        done = subprocess.run(
            ["sh", "-c", script],
            cwd=self.where,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=SECONDS,
        )
        self.status = done.returncode
        if place.exists():
            self.where = Path(place.read_text().strip())
        text = done.stdout.decode("utf-8", "replace").replace(str(self.project), PROJECT)
        lines = [line.rstrip() for line in text.splitlines()]
        return lines if self._served is None else self._served.shown(lines)

    def serve(self) -> None:
        """Start a server, whose data is beside the project."""
        self._served = self._start(self.home, self.environment())

    def close(self) -> None:
        """Stop the server, if there is one."""
        if self._served is not None:
            self._served.stop()

    def environment(self) -> dict[str, str]:
        """A plain 100-column terminal, this Python's commands first on the path."""
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        return {
            "PATH": path,
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "TERM": "dumb",
            "NO_COLOR": "1",
            "COLUMNS": "100",
            "PYTHONDONTWRITEBYTECODE": "1",
            # Plugins of this repository's own tests are no part of a user's project.
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTEST_PLUGINS": "auterity_cli.pytest_plugin",
        }

    def write(self, file: File) -> None:
        """Write a file of the page."""
        path = self.project / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")

    def copy(self, name: str) -> None:
        """Copy a file or folder of the repository, under its own name."""
        target = self.project / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target)
        else:
            shutil.copyfile(ROOT / name, target)


def kinds(line: str) -> str:
    """The line with what differs from run to run named by its kind, and the columns it shifts closed up."""
    named = line
    for kind, pattern in KINDS:
        named = pattern.sub(kind, named)
    return " ".join(named.split()) if "‹" in named else line.rstrip()


def same(shown: Sequence[str], real: Sequence[str]) -> bool:
    """Whether `real` is what `shown` says; `...` alone on a line stands for any lines."""
    wanted = [kinds(line) for line in shown]
    given = "".join(f"{kinds(line)}\n" for line in real)
    pattern = "".join("(?:.*\n)*" if line == "..." else re.escape(line) + "\n" for line in wanted)
    return re.fullmatch(pattern, given) is not None


def trimmed(lines: Sequence[str]) -> list[str]:
    """The lines without the empty ones around them."""
    return "\n".join(lines).strip("\n").split("\n") if any(lines) else []


def differences(page: Path, *, fix: bool = False, start: Start = Served) -> list[Difference]:
    """Run a page; tell which outputs are not as shown and, with `fix`, write the real ones into it.

    `start` starts the server that its commands speak with.
    """
    text = page.read_text(encoding="utf-8")
    found: list[Difference] = []
    lines = text.split("\n")
    moved = 0
    runs = RunIds()
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(Shell(Path(folder).resolve(), start)) as shell,
    ):
        for part in parts(text):
            match part:
                case File():
                    shell.write(part)
                case Copy(name):
                    shell.copy(name)
                case Serve():
                    shell.serve()
                case Block(steps, start, end):
                    found += run_block(shell, runs, part)
                    real = [line for step in steps for line in (*step.typed, *step.shown)]
                    lines[start + moved : end + moved] = real
                    moved += len(real) - (end - start)
    if fix and found:
        page.write_text("\n".join(lines), encoding="utf-8")
    return found


def run_block(shell: Shell, runs: RunIds, block: Block) -> list[Difference]:
    """Run a block's commands; a step that differs is given its real output."""
    found = []
    line = block.start + 1
    for step in block.steps:
        here, line = line, line + len(step.typed) + len(step.shown)
        real = trimmed(shell.run(runs.real(step.command)))
        runs.learn(step.shown, real)
        real = runs.shown(real)
        broken = next((sign for sign in NEVER_SHOWN if sign in "\n".join(real)), None)
        if broken is not None or not same(trimmed(step.shown), real):
            found.append(Difference(here, step.command, step.shown, real))
            step.shown = real if broken is None else step.shown
    return found


def pages() -> list[Path]:
    """Every page of the documentation, and the README."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def main(arguments: Sequence[str]) -> int:
    """Check the named pages (all, without a name); `--fix` writes the real output into them."""
    fix = "--fix" in arguments
    named = [Path(word).resolve() for word in arguments if not word.startswith("-")]
    left = 0
    for page in named or pages():
        for difference in differences(page, fix=fix):
            print(f"{page.relative_to(ROOT)}, {difference}")
            left += 1
    return 1 if left and not fix else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

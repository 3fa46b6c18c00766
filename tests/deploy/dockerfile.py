"""Reads a Dockerfile: its stages, and their instructions."""

from __future__ import annotations

import json
import re
from pathlib import Path

from msgspec import Struct, field

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "deploy" / "Dockerfile"


class Instruction(Struct, frozen=True):
    """`RUN`, `COPY` and so on, with what stands behind it."""

    name: str
    text: str

    @property
    def words(self) -> list[str]:
        """The words, also where they are written as JSON."""
        return json.loads(self.text) if self.text.startswith("[") else self.text.split()


class Stage(Struct, frozen=True):
    """From `FROM` on. `base` is with the defaults of `ARG`s put in."""

    base: str
    name: str
    instructions: list[Instruction] = field(default_factory=list)

    def all(self, name: str) -> list[Instruction]:
        return [each for each in self.instructions if each.name == name]

    @property
    def environment(self) -> dict[str, str]:
        """The variables that it sets."""
        words = (word for each in self.all("ENV") for word in each.words)
        return dict(word.split("=", 1) for word in words)


def stages(text: str) -> list[Stage]:
    """All of a file."""
    found: list[Stage] = []
    arguments: dict[str, str] = {}
    plain = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    for line in filter(None, map(str.strip, plain.splitlines())):
        name, _, rest = line.partition(" ")
        if name == "ARG" and not found:
            arguments.update([rest.split("=", 1)])
        elif name == "FROM":
            base, _, called = rest.partition(" AS ")
            for key, value in arguments.items():
                base = base.replace(f"${{{key}}}", value)
            found.append(Stage(base, called))
        else:
            found[-1].instructions.append(Instruction(name, rest.strip()))
    return found


def of_the_server() -> list[Stage]:
    return stages(DOCKERFILE.read_text(encoding="utf-8"))

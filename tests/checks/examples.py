"""What checks are tried on: the shipped workflows, the corpus, the examples of the rules of law."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path as FilePath
from typing import Any

from auterity_sdk.checks.check import Checked, check_document
from auterity_sdk.checks.law.catalogue import law_rules
from auterity_sdk.checks.policy import Policy
from auterity_sdk.checks.profile import DEFAULT, Profile
from auterity_sdk.diagnostics import Path
from auterity_sdk.runtime.project import is_test_file
from auterity_sdk.steps.registry import Registry
from auterity_sdk.workflow.document import load_document
from auterity_sdk.workflow.model import Workflow, dump

from .law.pages import Page
from .registry import REGISTRY

ROOT = FilePath(__file__).parents[2]
FILES = sorted(
    path
    for folder in ("workflows", "tests/corpus/sound", "tests/corpus/broken")
    for path in (ROOT / folder).glob("*.yaml")
    if not is_test_file(path)
)
Found = Counter[tuple[str, Path]]


_PAIR = re.compile(r"(?<!\\)((?:\\\\)*)(\\ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2})")
"""A character beyond the basic plane as JSON escapes it, and YAML does not."""


def as_yaml(text: str) -> str:
    """JSON as YAML reads it: one escape a character, and none of the deletion character left as it is."""
    return _PAIR.sub(_character, text).replace("\x7f", "\\u007f")


def _character(pair: re.Match[str]) -> str:
    return pair[1] + str(json.loads(f'"{pair[2]}"'))


@dataclass(frozen=True)
class Example:
    """A workflow that can be read whole, and what it is checked with."""

    name: str
    content: bytes
    registry: Registry
    profile: Profile = DEFAULT

    @property
    def policy(self) -> Policy:
        # Comments are of one spelling, so no finding may hide behind one.
        return Policy(as_of=date(2026, 11, 23), dealer=self.profile, suppressions=False)

    def read(self, content: bytes | str) -> Checked:
        document = load_document(content, file="example.yaml")
        return check_document(document, self.registry, policy=self.policy)

    def check(self, workflow: Workflow) -> Checked:
        return self.read(as_yaml(json.dumps(dump(workflow))))

    def law(self, data: Any) -> Found:
        """What each rule of law finds by itself, before what is said twice is left out."""
        document = load_document(json.dumps(data), file="example.yaml")
        checked = check_document(document, self.registry, (), policy=self.policy)
        assert checked.subject.complete, checked.report.diagnostics
        found = (each for rule in law_rules() for each in rule.run(checked.subject))
        return Counter((each.code, step_of(each.location.path)) for each in found)


def examples() -> list[Example]:
    pages = [Page(rule) for rule in law_rules()]
    return [
        *(Example(path.stem, path.read_bytes(), REGISTRY) for path in FILES),
        *(
            Example(
                f"{page.rule.name}: {section}",
                page.example(section).encode(),
                page.registry,
                page.profile,
            )
            for page in pages
            for section in ("Example", "Instead")
        ),
    ]


@cache
def whole() -> dict[str, tuple[Example, Checked]]:
    """The examples of which all could be read, and what is found in them."""
    read = ((example, example.read(example.content)) for example in examples())
    return {
        example.name: (example, checked)
        for example, checked in read
        if checked.subject.complete and not checked.subject.loading
    }


NAMES = sorted(whole())


def step_of(path: Path) -> Path:
    """The innermost step that a place is in; nothing if it is in none."""
    ends = [at + 2 for at, part in enumerate(path[:-1]) if part == "steps"]
    return path[: ends[-1]] if ends else ()


def moved(path: Path, names: dict[Path, str]) -> Path:
    """The path with the new ids of the steps in it."""
    return tuple(names.get(path[: at + 1], part) for at, part in enumerate(path))

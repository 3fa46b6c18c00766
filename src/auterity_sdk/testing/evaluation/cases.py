"""Reads labelled cases, and holds them against the workflow that they are of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from auterity_sdk.diagnostics import Location
from auterity_sdk.diagnostics import Path as Place
from auterity_sdk.runtime.project import read
from auterity_sdk.testing.cases.meaning import setting_mistakes
from auterity_sdk.testing.cases.mistake import InvalidTests, Mistake
from auterity_sdk.testing.cases.model import Setting
from auterity_sdk.testing.cases.reading import parsed
from auterity_sdk.testing.evaluation.model import OUTCOME, EvalCase, EvalFile, EvalSetting
from auterity_sdk.testing.rehearsal import Rehearsed
from auterity_sdk.testing.scripts import without_indexes
from auterity_sdk.testing.steps_by_path import StepsByPath
from auterity_sdk.workflow.document import YamlSource
from auterity_sdk.workflow.graph import Graph, build_graph


class Cases(Struct, frozen=True):
    """The cases of a file."""

    file: Path
    source: YamlSource
    data: Mapping[str, Any]
    model: EvalFile

    def line(self, index: int) -> int:
        """The line of a case, from 1."""
        return self.source.span(Location(("cases", index), "value")).line


def read_cases(file: Path) -> Cases:
    """Read a file of cases. Raises `InvalidTests`, and `UsageError` where it cannot be opened."""
    source, data, model = parsed(read(file), file, EvalFile, "a file of cases")
    return Cases(file, source, data, model)


def check_cases(cases: Cases, of: Rehearsed) -> None:
    """Raises `InvalidTests` for inputs, steps and fields that the workflow does not have."""
    graph = of.checked.graph or build_graph(of.workflow, of.registry)
    wrong = tuple(_mistakes(cases.model, of, graph))
    if wrong:
        raise InvalidTests(cases.source, wrong)


def _mistakes(model: EvalFile, of: Rehearsed, graph: Graph) -> Iterator[Mistake]:
    known = StepsByPath.of(graph, of.registry)
    yield from setting_mistakes(_setting(model.defaults), (), of, ("defaults",))
    for index, case in enumerate(model.cases):
        here = ("cases", index)
        yield from setting_mistakes(_setting(case), case.events, of, here)
        yield from _expected(case, known, here)
        if case.now is None and model.defaults.now is None:
            yield Mistake(
                f"the case `{case.id}` has no time",
                Location((*here, "id")),
                "write now: 2026-11-24T10:00, here or in `defaults`",
            )


def _setting(written: EvalSetting) -> Setting:
    return Setting(input=written.input, steps=written.steps, people=written.people)


def _expected(case: EvalCase, known: StepsByPath, at: Place) -> Iterator[Mistake]:
    for path, fields in case.expect.items():
        node = known.get(without_indexes(path))
        here = (*at, "expect", path)
        if node is None:
            yield Mistake(f"there is no step `{path}`", Location(here, "key"), known.similar(path))
        elif set(fields) == {OUTCOME} and fields[OUTCOME] not in (*(node.outcomes or ()), "failed"):
            outcomes = ", ".join((*(node.outcomes or ()), "failed"))
            yield Mistake(
                f"`{path}` has no outcome `{fields[OUTCOME]}`",
                Location((*here, OUTCOME)),
                f"it ends in one of {outcomes}",
            )

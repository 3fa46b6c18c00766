"""Plays the cases of a test file, and tells where they fall short of what is expected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from auterity_sdk.errors import AuterityError
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.run_input import InputReader
from auterity_sdk.testing.cases.cast import CaseCast, in_zone
from auterity_sdk.testing.cases.expectations import Shortfall, shortfalls
from auterity_sdk.testing.cases.files import workflow_of
from auterity_sdk.testing.cases.meaning import mistakes
from auterity_sdk.testing.cases.mistake import InvalidTests
from auterity_sdk.testing.cases.model import Case, StepScript
from auterity_sdk.testing.cases.reading import Written, parse_tests, read_tests
from auterity_sdk.testing.kept_answers import Models, recording
from auterity_sdk.testing.rehearsal import Rehearsal, Rehearsed
from auterity_sdk.testing.scripts import Script, Scripted, outcome, raises, returns
from auterity_sdk.testing.steps_by_path import StepsByPath
from auterity_sdk.workflow.graph import Graph, build_graph


class Played(Struct, frozen=True):
    """A case that was played. `rehearsal` is None where its run could not begin."""

    name: str
    shortfalls: tuple[Shortfall, ...]
    rehearsal: Rehearsal | None

    @property
    def passed(self) -> bool:
        """All came about as expected."""
        return not self.shortfalls


class Suite(Struct, frozen=True):
    """A test file and its workflow, ready to be played."""

    written: Written
    of: Rehearsed
    graph: Graph

    @classmethod
    def load(cls, file: Path, project: Project | None = None) -> Suite:
        """Raises `InvalidTests` for what is wrong in the file, `InvalidWorkflow` for a workflow with errors."""
        written = read_tests(file)
        return cls._of(written, Rehearsed.load(workflow_of(file, written.model.workflow), project))

    @classmethod
    def of_text(cls, text: str, file: Path, workflow: Path, project: Project) -> Suite:
        """The same for a text that is in no file yet, of the workflow in a file."""
        return cls._of(parse_tests(text, file), Rehearsed.load(workflow, project))

    @classmethod
    def _of(cls, written: Written, of: Rehearsed) -> Suite:
        wrong = tuple(mistakes(written.model, of))
        if wrong:
            raise InvalidTests(written.source, wrong)
        graph = of.checked.graph or build_graph(of.workflow, of.registry)
        return cls(written, of, graph)

    @property
    def names(self) -> tuple[str, ...]:
        """The cases, in order."""
        return tuple(self.written.model.cases)

    def play(
        self,
        name: str,
        *,
        forced_replay: bool = False,
        record: bool = False,
        models: Models | None = None,
    ) -> Played:
        """Play one case. With `record`, the project's language models are asked, and their answers kept.

        `models` answer in the place of those that were kept, and of the rules.
        """
        case, defaults = self.written.model.cases[name], self.written.model.defaults
        known = StepsByPath.of(self.graph, self.of.registry)
        zone = self.of.project.zone
        people = [*case.people, *defaults.people]
        cast = CaseCast(known, people, case.events, zone, settle=case.settle, cancel=case.cancel)
        try:
            at = in_zone(case.at or defaults.at or _never(), zone)
            rehearsal = Rehearsal(
                self.of,
                self._input(case, at),
                at=at,
                requester=case.requester or defaults.requester or "tester",
                steps=scripted({**defaults.steps, **case.steps}),
                forced_replay=forced_replay,
                cast=cast,
                models=recording(self.of.file, self.of.project) if record else models,
            )
            if case.until is None:
                rehearsal.finish()
            else:
                rehearsal.advance(str(case.until))
        except AuterityError as error:
            text = error.message + (f" ({error.help})" if error.help else "")
            return Played(name, (Shortfall(("cases", name), text),), None)
        found = shortfalls(case, rehearsal, ("cases", name, "expect"))
        return Played(name, (*found, *_left_over(cast, name)), rehearsal)

    def _input(self, case: Case, at: Any) -> dict[str, Any]:
        defaults = self.written.model.defaults
        file = case.input_file or defaults.input_file
        made: dict[str, Any] = {}
        if file is not None:
            reader = InputReader(self.of.workflow, at, None, lambda _: None)
            made = reader.read([str(self.written.file.parent / file)])
        return laid_over(laid_over(made, defaults.input), case.input)


def laid_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """The values with others on top; maps are merged, key by key."""
    made = dict(below)
    for key, value in above.items():
        old = made.get(key)
        both = isinstance(old, dict) and isinstance(value, dict)
        made[key] = laid_over(old, value) if both and isinstance(old, dict) else value
    return made


def scripted(written: Mapping[str, list[StepScript]]) -> dict[str, Scripted]:
    """What steps do instead of their real work, by their paths."""
    made = {path: [_script(script) for script in scripts] for path, scripts in written.items()}
    return {path: scripts if len(scripts) > 1 else scripts[0] for path, scripts in made.items()}


def _script(written: StepScript) -> Script:
    takes = str(written.takes) if written.takes else "0s"
    if written.raises is not None:
        error = written.raises
        return raises(
            error.type,
            error.message,
            retryable=error.retryable,
            retry_after=error.retry_after.seconds if error.retry_after else None,
            times=written.times,
            takes=takes,
        )
    if written.returns is not None:
        return returns(written.returns, written.outcome, times=written.times, takes=takes)
    return outcome(written.outcome or "ok", times=written.times, takes=takes)


def _left_over(cast: CaseCast, name: str) -> Iterator[Shortfall]:
    for key, text in cast.refused:
        yield Shortfall(("cases", name, key), text)
    for said in cast.unsaid:
        text = f"`{said.step}` was not to be settled as `{said.outcome}`: nobody was in doubt of it"
        yield Shortfall(("cases", name, "settle"), text)
    for sent in cast.unsent:
        text = f"the event `{sent.send}` never came: the run did not wait for it"
        yield Shortfall(("cases", name, "events"), text)


def _never() -> Any:
    raise AssertionError("a case without a time is a mistake")

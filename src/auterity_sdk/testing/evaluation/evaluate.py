"""Runs a workflow over labelled cases, in memory, and scores the steps that the cases speak of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from msgspec import Struct

from auterity_sdk.ai.prices import Prices
from auterity_sdk.errors import AuterityError
from auterity_sdk.runtime.view import StepView
from auterity_sdk.testing.cases.cast import CaseCast, in_zone
from auterity_sdk.testing.cases.play import laid_over, scripted
from auterity_sdk.testing.evaluation.cases import Cases, check_cases
from auterity_sdk.testing.evaluation.model import OUTCOME, EvalCase, EvalSetting
from auterity_sdk.testing.evaluation.score import Evaluated, Miss, StepScore, Took
from auterity_sdk.testing.kept_answers import Models
from auterity_sdk.testing.rehearsal import Rehearsal, Rehearsed
from auterity_sdk.testing.scripts import without_indexes
from auterity_sdk.testing.steps_by_path import StepsByPath
from auterity_sdk.workflow.graph import build_graph

_WITHOUT_VALUE = frozenset(("invalid", "refused", "over_budget", "failed"))
"""Outcomes in which a step that asks a model has no answer, whatever stands in its output."""


class Subject(Struct, frozen=True):
    """What is evaluated: a workflow, and the models that its steps ask."""

    name: str
    of: Rehearsed
    models: Models
    prices: Prices


class _Played(Struct, frozen=True):
    """One case that was run. `error` says why it was not."""

    case: EvalCase
    steps: Mapping[str, StepView] = {}
    took: Mapping[str, Took] = {}
    seconds: Mapping[str, Sequence[float]] = {}
    error: str = ""


def evaluate(
    subject: Subject, cases: Cases, done: Callable[[EvalCase], None] = lambda _: None
) -> Evaluated:
    """The scores of a workflow, by step. `done` is told of each case.

    Other steps do what the cases say, and else their real work, with messages that go nowhere; people and events
    come as in test files. A run goes on as long as something happens by itself. Raises `InvalidTests` where the cases are of another workflow.
    """
    check_cases(cases, subject.of)
    played = []
    for case in cases.model.cases:
        played.append(_play(subject, case, cases.model.defaults))
        done(case)
    paths = dict.fromkeys(path for case in cases.model.cases for path in case.expect)
    return Evaluated(subject.name, tuple(_score(path, played) for path in paths))


def _play(subject: Subject, case: EvalCase, defaults: EvalSetting) -> _Played:
    people = [*case.people, *defaults.people]
    cast = CaseCast(_known(subject.of), people, case.events, subject.of.project.zone)
    try:
        rehearsal = Rehearsal(
            subject.of,
            laid_over(defaults.input, case.input),
            at=_now(case, defaults, subject.of),
            steps=scripted({**defaults.steps, **case.steps}),
            cast=cast,
            models=subject.models,
            prices=subject.prices,
        )
        rehearsal.finish()
    except AuterityError as error:
        return _Played(case, error=error.message)
    steps: dict[str, StepView] = {}
    for path, step in rehearsal.walk():
        steps[path] = step
        steps.setdefault(without_indexes(path), step)
    return _Played(case, steps, _took(rehearsal), rehearsal.stage.worked)


def _known(of: Rehearsed) -> StepsByPath:
    return StepsByPath.of(of.checked.graph or build_graph(of.workflow, of.registry), of.registry)


def _now(case: EvalCase, defaults: EvalSetting, of: Rehearsed) -> datetime:
    written = case.now or defaults.now
    assert written is not None  # noqa: S101 - `check_cases` has seen to it
    return in_zone(written, of.project.zone)


def _took(rehearsal: Rehearsal) -> Mapping[str, Took]:
    sums: dict[str, Took] = {}
    for spent in rehearsal.model_calls:
        path = rehearsal.stage.path(spent.call.run, spent.call.step)
        before, nano = sums.get(path, Took()), spent.amount.nano
        sums[path] = Took(
            before.input + spent.input,
            before.output + spent.output,
            None if before.nano is None or nano is None else before.nano + nano,
            before.estimated or spent.estimated,
        )
    return sums


def _score(path: str, played: Sequence[_Played]) -> StepScore:
    asked = [each for each in played if path in each.case.expect]
    return StepScore(
        step=path,
        count=len(asked),
        misses=tuple(miss for each in asked for miss in _misses(path, each)),
        took=tuple(took for each in played if (took := _at(each.took, path)) is not None),
        seconds=tuple(length for each in played for length in _at(each.seconds, path) or ()),
        models=tuple(sorted({name for each in played for name in _models(each.steps.get(path))})),
    )


Value = TypeVar("Value")


def _at(values: Mapping[str, Value], path: str) -> Value | None:
    """By a path, in which an item's index may be left out."""
    return next((v for name, v in values.items() if path in (name, without_indexes(name))), None)


def _misses(path: str, played: _Played) -> Iterator[Miss]:
    step = played.steps.get(path)
    for field, expected in played.case.expect[path].items():
        was = _field(step, field)
        if not _same(expected, was):
            yield Miss(played.case.id, f"{path}.{field}", expected, was, _why(played, step))


def _field(step: StepView | None, field: str) -> Any:
    if step is None:
        return None
    if field == OUTCOME:
        return step.state
    value: Any = None if step.state in _WITHOUT_VALUE else step.output
    for part in field.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _same(expected: Any, was: Any) -> bool:
    return bool(expected == was) and isinstance(expected, bool) == isinstance(was, bool)


def _why(played: _Played, step: StepView | None) -> str:
    if played.error:
        return played.error
    if step is None or step.state == "ok":
        return "" if step else "not reached"
    return f"{step.state}: {step.error.message}" if step.error else step.state


def _models(step: StepView | None) -> Iterator[str]:
    evidence = step.output.get("evidence") if step and isinstance(step.output, Mapping) else None
    if isinstance(evidence, Mapping):
        yield f"{evidence.get('provider')}/{evidence.get('model')}"

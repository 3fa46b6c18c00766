"""What is decided of each guarantee of a workflow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import inf
from typing import Literal, assert_never

from auterity_sdk.checks.guarantees import forms, within
from auterity_sdk.checks.guarantees.account import CounterExample, at_a_moment, of_a_run, places
from auterity_sdk.checks.guarantees.forms import Breach, Happenings
from auterity_sdk.checks.guarantees.happenings import Place, node_of, place_of, unknown_names
from auterity_sdk.checks.guarantees.orders import Suite, Test, passages
from auterity_sdk.checks.guarantees.prover import CONFLICTS, Prover, TooMuchError
from auterity_sdk.checks.soundness.model import Model
from auterity_sdk.diagnostics import Location, Path
from auterity_sdk.workflow.graph import Graph
from auterity_sdk.workflow.guarantee import (
    AlwaysWhen,
    ApprovedByAnother,
    Guarantee,
    HowMany,
    Misread,
    Name,
    NeverAfter,
    OnlyAfter,
    Within,
    names_of,
    parse_guarantee,
)
from auterity_sdk.workflow.model import Workflow
from auterity_sdk.workflow.signature import CANCELLED, FAILED
from auterity_sdk.workflow.step import ApproveStep

Kind = Literal["proved", "refuted", "late", "undecided"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Of the guarantee at `index` of the block. `message` is why it is not proved, `note` a run in one line.

    `example` is that run, on a graph in which nothing stands for what happens inside of a body.
    """

    index: int
    guarantee: Guarantee
    kind: Kind
    message: str = ""
    note: str = ""
    help: str = ""
    trace: tuple[Location, ...] = ()
    example: CounterExample | None = field(default=None, compare=False)


class _NotDecidedError(Exception):
    """Why nothing is known."""


def verdicts(
    workflow: Workflow, graph: Graph, models: Mapping[Path, Model], budget: int = CONFLICTS
) -> Iterator[Verdict]:
    """Of each guarantee that could be read and whose names are known, in the order of the block.

    `models` are those of the graphs that can be decided, by the graphs' paths.
    """
    judge = _Judge(workflow, graph, models, budget)
    for index, text in enumerate(workflow.guarantees):
        guarantee = parse_guarantee(text)
        if isinstance(guarantee, Misread) or any(unknown_names(guarantee, graph, _no_advice)):
            continue
        try:
            yield judge.verdict(index, guarantee)
        except _NotDecidedError as why:
            yield Verdict(index, guarantee, "undecided", str(why))
        except TooMuchError:
            yield Verdict(index, guarantee, "undecided", "there are too many ways to look at")


def _no_advice(word: str, names: object) -> None:
    """Advice costs time, and is not asked for."""


class _Judge:
    def __init__(
        self, workflow: Workflow, graph: Graph, models: Mapping[Path, Model], budget: int
    ) -> None:
        self._workflow = workflow
        self._graph = graph
        self._models = models
        self._budget = budget

    def verdict(self, index: int, guarantee: Guarantee) -> Verdict:
        if isinstance(guarantee, ApprovedByAnother):
            return self._approved(index, guarantee)
        place = place_of(guarantee, self._graph)
        model = self._model(guarantee, place)
        if not model.orderly:
            return self._in_every_order(model, index, guarantee, place)
        with self._prover(model, place) as prover:
            if isinstance(guarantee, Within):
                return self._within(prover, index, guarantee, place)
            for breach in _breaches(prover, guarantee, place):
                found = _broken(prover, index, guarantee, breach)
                if found is not None:
                    return found
        return Verdict(index, guarantee, "proved")

    def _model(self, guarantee: Guarantee, place: Place) -> Model:
        model = self._models.get(place.graph.path)
        if model is None:
            raise _NotDecidedError("the graph has mistakes of its own")
        for name in names_of(guarantee):
            if name.outcome == CANCELLED or (name.outcome == FAILED and not self._handled(name)):
                raise _NotDecidedError(f"nothing follows from `{name}` in the graph")
        return model

    def _in_every_order(
        self, model: Model, index: int, guarantee: Guarantee, place: Place
    ) -> Verdict:
        tests = _tests(model, guarantee, place)
        for passage in passages(model):
            for test in tests:
                if test.broken(passage):
                    example = CounterExample(passage.ended, passage.free)
                    trace = tuple(places(model, passage.ended, test.last))
                    told = example.told(test.message)
                    return Verdict(
                        index, guarantee, "refuted", test.message, told, "", trace, example
                    )
        return Verdict(index, guarantee, "proved")

    @contextmanager
    def _prover(self, model: Model, place: Place) -> Iterator[Prover]:
        prover = Prover(model, in_body=place.depth > 0, budget=self._budget)
        try:
            yield prover
        finally:
            prover.close()

    def _handled(self, name: Name) -> bool:
        path = node_of(name, self._graph).path
        model = self._models.get(path[:-2])
        return model is not None and model.steps[name.steps[-1]].handled

    def _approved(self, index: int, guarantee: ApprovedByAnother) -> Verdict:
        node = node_of(guarantee.step, self._graph)
        if not isinstance(node.step, ApproveStep):
            return Verdict(index, guarantee, "undecided", "the step could not be read")
        approve = node.step.approve
        trace = (Location(node.path, "key", label="asks for the approval"),)
        if approve.exclude != "requester":
            message = f"`{guarantee.step}` may be approved by whoever started the run"
            advice = f"add `exclude: requester` to `{guarantee.step}`"
            return Verdict(index, guarantee, "refuted", message, help=advice, trace=trace)
        if approve.default == "approved":
            message = f"`{guarantee.step}` is approved by nobody when its time is over"
            advice = "write `default: rejected`, or handle its `timeout`"
            return Verdict(index, guarantee, "refuted", message, help=advice, trace=trace)
        return Verdict(index, guarantee, "proved")

    def _within(self, prover: Prover, index: int, guarantee: Within, place: Place) -> Verdict:
        event, since = _all(place, guarantee.event), _all(place, guarantee.since)
        from_start = any(each.step is None for each in since)
        if any(each.inside for each in (*event, *since)) or (place.depth and from_start):
            raise _NotDecidedError("it compares times of different graphs")
        bound = self._workflow.timeout
        longest = inf if bound is None or place.depth else float(bound.milliseconds)
        found = within.latest(prover, event, guarantee.limit, since, longest)
        if found is None:
            return Verdict(index, guarantee, "proved")
        return Verdict(
            index,
            guarantee,
            "refuted" if found.kind == "surely" else "late",
            found.message,
            within.way(found.legs),
            trace=tuple(places(prover.model, within.lengths(found.legs))),
        )


def _all(place: Place, names: Sequence[Name]) -> Happenings:
    return tuple(place.happening(name) for name in names)


def _breaches(prover: Prover, guarantee: Guarantee, place: Place) -> Iterator[Breach]:
    match guarantee:
        case OnlyAfter(later, earlier):
            yield from forms.only_after(prover, _all(place, later), _all(place, earlier))
        case NeverAfter(later, earlier):
            yield from forms.never_after(prover, _all(place, later), _all(place, earlier))
        case AlwaysWhen(event, condition):
            yield from forms.always_when(prover, _all(place, event), _all(place, condition))
        case HowMany(count, names, condition):
            found = _all(place, names), _all(place, condition)
            yield from forms.how_many(prover, count, *found)
        case Within() | ApprovedByAnother():
            return
        case _:
            assert_never(guarantee)


def _tests(model: Model, guarantee: Guarantee, place: Place) -> tuple[Test, ...]:
    tests = Suite(model)
    if isinstance(guarantee, Within):
        raise _NotDecidedError("`cancel_rest` cancels steps of this graph")
    for name in names_of(guarantee):
        what = place.happening(name)
        if what.inside:
            raise _NotDecidedError("`cancel_rest` cancels steps of this graph")
        step = None if what.step is None else model.steps[what.step]
        if what.outcome is None and step is not None and step.when is not None and step.handled:
            raise _NotDecidedError(f"`{name}` may fail before it starts")
    match guarantee:
        case OnlyAfter(later, earlier):
            return (*tests.only_after(_all(place, later), _all(place, earlier)),)
        case NeverAfter(later, earlier):
            return (*tests.never_after(_all(place, later), _all(place, earlier)),)
        case AlwaysWhen(event, condition):
            return (*tests.always_when(_all(place, event), _all(place, condition)),)
        case HowMany(count, names, condition):
            return (*tests.how_many(count, _all(place, names), _all(place, condition)),)
        case _:
            return ()


def _broken(prover: Prover, index: int, guarantee: Guarantee, breach: Breach) -> Verdict | None:
    look: Callable[[int], Callable[[int], bool] | None]
    look, tell = (prover.moment, at_a_moment) if breach.on == "moment" else (prover.run, of_a_run)
    holds = look(breach.held)
    if holds is None:
        return None
    if any(each.inside for each in breach.involved):
        raise _NotDecidedError("it depends on what happens inside of a body each time")
    example = tell(prover, holds, breach.involved)
    return Verdict(
        index,
        guarantee,
        "refuted",
        breach.message,
        example.told(breach.message),
        trace=tuple(places(prover.model, example.ended, breach.last)),
        example=example,
    )

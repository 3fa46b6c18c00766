"""What a test file says, held against its workflow: steps, outcomes, ends, events and roles that there are not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from auterity_sdk.diagnostics import Location
from auterity_sdk.diagnostics import Path as Place
from auterity_sdk.errors import StepError
from auterity_sdk.expression.suggest import did_you_mean
from auterity_sdk.runs.state import RETRY
from auterity_sdk.testing.cases.mistake import Mistake
from auterity_sdk.testing.cases.model import NOT_REACHED, Case, CaseFile, Sent, Setting, Settled
from auterity_sdk.testing.rehearsal import Rehearsed
from auterity_sdk.testing.scripted_steps import as_result
from auterity_sdk.testing.scripts import without_indexes
from auterity_sdk.testing.steps_by_path import StepsByPath
from auterity_sdk.workflow.graph import Graph, Node, build_graph
from auterity_sdk.workflow.signature import COMMON_OUTCOMES, FAILED, UNCERTAIN
from auterity_sdk.workflow.step import ApproveStep, CallStep, ReceiveStep, UsesStep
from auterity_sdk.workflow.watched import watched_of

_OF_EVERY_STEP = (*COMMON_OUTCOMES, NOT_REACHED, "waiting")


def mistakes(model: CaseFile, of: Rehearsed) -> Iterator[Mistake]:
    """All that cannot be meant."""
    graph = of.checked.graph or build_graph(of.workflow, of.registry)
    looked = _Look(StepsByPath.of(graph, of.registry), graph, of)
    yield from looked.setting(model.defaults, ("defaults",))
    for name, case in model.cases.items():
        yield from looked.setting(case, ("cases", name))
        yield from looked.case(case, ("cases", name), model.defaults)


def setting_mistakes(
    setting: Setting, events: Sequence[Sent], of: Rehearsed, at: Place
) -> Iterator[Mistake]:
    """What cannot be meant in what a case begins with, and in its events; `at` is where they stand."""
    graph = of.checked.graph or build_graph(of.workflow, of.registry)
    looked = _Look(StepsByPath.of(graph, of.registry), graph, of)
    yield from looked.setting(setting, at)
    yield from looked.events(events, at)


class _Look:
    def __init__(self, known: StepsByPath, graph: Graph, of: Rehearsed) -> None:
        self._known = known
        self._graph = graph
        self._of = of

    def setting(self, setting: Setting, at: Place) -> Iterator[Mistake]:
        """Inputs, scripts and people."""
        declared = tuple(self._of.workflow.input)
        for name in setting.input:
            if name not in declared:
                near = did_you_mean(name, declared)
                advice = f"a similar one exists: `{near}`" if near else ""
                place = Location((*at, "input", name), "key")
                yield Mistake(f"`{name}` is no input of the workflow", place, advice)
        for path, scripts in setting.steps.items():
            for index, script in enumerate(scripts):
                where = (*at, "steps", path, index) if len(scripts) > 1 else (*at, "steps", path)
                yield from self._script(path, script.returns, script.outcome, where)
        for index, person in enumerate(setting.people):
            here = (*at, "people", index)
            yield from self._role(person.role, (*here, "role"))
            if person.step is not None:
                yield from self._approval(person.step, (*here, "step"))

    def case(self, case: Case, at: Place, defaults: Setting) -> Iterator[Mistake]:
        """Events, what is said of uncertain steps, and expectations."""
        if case.at is None and defaults.at is None:
            yield Mistake(
                "the case has no time to begin at",
                Location(at, "key"),
                "write at: 2026-11-24T10:00, here or in `defaults`",
            )
        yield from self.events(case.events, at)
        for index, said in enumerate(case.settle):
            yield from self._settled(said, (*at, "settle", index))
        expect, here = case.expect, (*at, "expect")
        if expect.end is not None and expect.end not in (
            ends := tuple(self._graph.ends) or ("ok",)
        ):
            yield Mistake(
                f"the workflow has no end `{expect.end}`",
                Location((*here, "end")),
                f"its ends are {', '.join(ends)}",
            )
        for path, step in expect.steps.items():
            yield from self._expected(path, step.outcome, (*here, "steps", path))
        for path in expect.attempts:
            yield from self._step(path, Location((*here, "attempts", path), "key"))
        for index, path in enumerate(expect.not_reached):
            yield from self._step(path, Location((*here, "not_reached", index)))
        for index, guarantee in enumerate(expect.breaches or ()):
            yield from self._watched(guarantee, Location((*here, "breaches", index)))

    def events(self, events: Sequence[Sent], at: Place) -> Iterator[Mistake]:
        """Events for which nothing waits."""
        for index, sent in enumerate(events):
            yield from self._event(sent.send, (*at, "events", index, "send"))

    def _step(self, path: str, at: Location) -> Iterator[Mistake]:
        if without_indexes(path) not in self._known:
            yield Mistake(f"there is no step `{path}`", at, self._known.similar(path))

    def _script(
        self, path: str, returns: Mapping[str, object] | None, outcome: str | None, at: Place
    ) -> Iterator[Mistake]:
        step = without_indexes(path).removesuffix("/compensate")
        node = self._known.get(step)
        key = Location(at, "key")
        if node is None:
            yield from self._step(path, key)
        elif path.endswith("/compensate"):
            return
        elif not isinstance(node.step, UsesStep):
            yield Mistake(f"`{path}` cannot be scripted", key, _instead(node))
        elif outcome == UNCERTAIN and returns is None:
            yield from _never_uncertain(node, Location((*at, "outcome")))
        elif returns is not None or outcome is not None:
            made = self._of.registry.step_type(node.step.uses)
            try:
                if made is not None:
                    as_result(made, returns, outcome, node.outcomes)
            except StepError as error:
                part = "outcome" if returns is None else "returns"
                yield Mistake(error.message, Location((*at, part)), error.help or "")

    def _expected(self, path: str, outcome: str | None, at: Place) -> Iterator[Mistake]:
        node = self._known.get(without_indexes(path))
        if node is None:
            yield from self._step(path, Location(at, "key"))
            return
        known = (*(node.outcomes or ()), *_OF_EVERY_STEP)
        if outcome is not None and outcome not in known:
            yield Mistake(
                f"`{path}` has no outcome `{outcome}`",
                Location(at),
                f"it ends in one of {', '.join(known)}",
            )

    def _event(self, type: str, at: Place) -> Iterator[Mistake]:
        waits = [n.step for n in self._known.values() if isinstance(n.step, ReceiveStep)]
        types = tuple(dict.fromkeys(step.receive.event for step in waits))
        if type not in types:
            near = did_you_mean(type, types)
            advice = (
                f"a similar one exists: `{near}`" if near else f"it waits for {', '.join(types)}"
            )
            yield Mistake(
                f"no step waits for the event `{type}`", Location(at), advice if types else ""
            )

    def _watched(self, guarantee: str, at: Location) -> Iterator[Mistake]:
        known = tuple(dict.fromkeys(self._labels()))
        if guarantee not in known:
            near = did_you_mean(guarantee, known)
            advice = f"a similar one is: `{near}`" if near else f"it watches {', '.join(known)}"
            yield Mistake(
                f"nothing that is watched is called `{guarantee}`", at, advice if known else ""
            )

    def _labels(self) -> Iterator[str]:
        """What is watched in the run, and in those that it calls."""
        yield from (each.label for each in watched_of(self._of.workflow, self._graph))
        for node in self._known.values():
            if isinstance(node.step, CallStep):
                child = self._of.registry.called_workflow(node.step.call)
                if child is not None:
                    graph = build_graph(child, self._of.registry)
                    yield from (each.label for each in watched_of(child, graph))

    def _role(self, role: str, at: Place) -> Iterator[Mistake]:
        named = [role for node in self._known.values() for role in self._roles(node)]
        roles = tuple(dict.fromkeys(named))
        if role not in roles:
            advice = f"approvals are asked of {', '.join(roles)}" if roles else ""
            yield Mistake(f"nothing is asked of the role `{role}`", Location(at), advice)

    def _roles(self, node: Node) -> Iterator[str]:
        """Whom a step asks: by itself, when it is passed on, or for a budget."""
        if isinstance(node.step, ApproveStep):
            yield node.step.approve.role
            if node.step.approve.escalate:
                yield node.step.approve.escalate.role
        yield from node.budget_roles

    def _settled(self, said: Settled, at: Place) -> Iterator[Mistake]:
        node = self._known.get(without_indexes(said.step))
        if node is None:
            yield from self._step(said.step, Location((*at, "step")))
            return
        yield from _never_uncertain(node, Location((*at, "step")))
        own = [each for each in node.outcomes or () if each != UNCERTAIN]
        known = (*own, FAILED, RETRY)
        if said.outcome not in known:
            text = f"`{said.step}` cannot be settled as `{said.outcome}`"
            yield Mistake(text, Location((*at, "outcome")), f"it is one of {', '.join(known)}")

    def _approval(self, step: str, at: Place) -> Iterator[Mistake]:
        node = self._known.get(without_indexes(step))
        if node is None or not (isinstance(node.step, ApproveStep) or node.may_pause):
            yield Mistake(
                f"`{step}` is no `approve` step, and no budget of it asks",
                Location(at),
                self._known.similar(step),
            )


def _never_uncertain(node: Node, at: Location) -> Iterator[Mistake]:
    if not node.may_be_uncertain:
        advice = "an attempt of it can be repeated"
        yield Mistake(f"the step `{node.id}` never ends `{UNCERTAIN}`", at, advice)


def _instead(node: Node) -> str:
    match node.step:
        case ApproveStep():
            return "write who answers under `people`"
        case ReceiveStep():
            return "write what comes under `events`; without, it runs into its timeout"
        case CallStep():
            return f"script the steps of the run that it calls: `{node.id}/STEP`"
        case _:
            return "only what `uses` a step type is scripted"

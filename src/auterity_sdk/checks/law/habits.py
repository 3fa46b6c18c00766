"""Rules on single steps that need no analysis of ways: retries, people's answers, loops, what a model may fail at."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from auterity_sdk.checks.dataflow.values import argument_value, effects_of
from auterity_sdk.checks.law.eventually import raised_by
from auterity_sdk.checks.law.must import Must
from auterity_sdk.checks.rule import Finding
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location
from auterity_sdk.workflow.declaration import Argument
from auterity_sdk.workflow.demand import Needed, Pattern
from auterity_sdk.workflow.graph import Graph, Node
from auterity_sdk.workflow.signature import DONE, FAILED
from auterity_sdk.workflow.step import ApproveStep, ReceiveStep, RepeatStep, UsesStep


class RetriedEffect(Struct, frozen=True):
    """No effect of one of `kinds` is retried that a second attempt would repeat."""

    kinds: tuple[str, ...]

    def find(self, subject: Subject, code: str) -> Iterator[Finding]:  # noqa: ARG002 - one for all
        """Retries of such step types that are not idempotent."""
        for node in subject.nodes():
            step = node.step
            if (
                not isinstance(step, UsesStep)
                or node.signature is None
                or not node.may_be_uncertain
            ):
                continue
            if step.retry is None or step.retry.attempts < 2:
                continue
            kinds = [e.kind for e, _ in effects_of(node) if e.kind in self.kinds]
            if kinds:
                message = f"`{node.id}` is retried, and each attempt may do `{kinds[0]}` again"
                advice = "let the step type pass on its idempotency key, or leave the retry out"
                yield Finding(message, Location((*node.path, "retry"), "key"), help=(advice,))


class EndlessAnswer(Struct, frozen=True):
    """A person or an event that is waited for while a duty runs is waited for with a `timeout`."""

    def find(self, subject: Subject, code: str) -> Iterator[Finding]:  # noqa: ARG002 - one for all
        """Those without one, behind a step that raises a duty."""
        if not subject.declared.raised:
            return
        for graph in subject.graphs:
            behind: dict[str, str] = {}
            for step_id in graph.order or ():
                node = graph.nodes[step_id]
                before = [name for name in node.waits_for() if name in graph.nodes]
                raised = [d.name for name in before for d in raised_by(graph.nodes[name])]
                raised += [behind[name] for name in before if name in behind]
                if raised:
                    behind[step_id] = raised[0]
                key = _waiting_key(node)
                if raised and key:
                    message = (
                        f"`{node.id}` may wait for ever while `{raised[0]}` has to be done in time"
                    )
                    advice = f"give `{key}` a `timeout`, and say what happens then"
                    yield Finding(message, Location((*node.path, key), "key"), help=(advice,))


def _waiting_key(node: Node) -> str:
    """The key of a step that may wait for ever."""
    match node.step:
        case ApproveStep() as step:
            return "" if step.approve.timeout else "approve"
        case ReceiveStep() as step:
            return "" if step.receive.timeout else "receive"
        case _:
            return ""


class OfLeads(Struct, frozen=True):
    """What is asked only of workflows that leads start: those with a webhook of the format `adf`."""

    must: Must

    def find(self, subject: Subject, code: str) -> Iterator[Finding]:
        """What the rule behind it finds in them."""
        if started_by_leads(subject):
            yield from self.must.find(subject, code)


class NoDisposition(Struct, frozen=True):
    """A workflow that leads start says how each of its runs ended."""

    def find(self, subject: Subject, code: str) -> Iterator[Finding]:  # noqa: ARG002 - one for all
        """Such workflows without ends."""
        if started_by_leads(subject) and subject.workflow and not subject.workflow.ends:
            message = "leads start this workflow, and nothing tells how a run of it ended"
            advice = "name its ends under `ends`: answered, called, duplicate, …"
            yield Finding(message, Location(("name",)), help=(advice,))


def started_by_leads(subject: Subject) -> bool:
    """Whether a lead's document starts the workflow."""
    triggers = subject.workflow.triggers if subject.workflow else []
    return any(trigger.webhook and trigger.webhook.format == "adf" for trigger in triggers)


class Stated(Struct, frozen=True):
    """The argument that effects fitting `on` name by `role` is given; where a type has none, nothing is asked."""

    on: Pattern
    role: str
    says: str

    def find(self, subject: Subject, code: str) -> Iterator[Finding]:  # noqa: ARG002 - one for all
        """Steps that leave it out."""
        for node, effect in subject.declared.fitting(self.on):
            role = effect.details.get(self.role)
            if isinstance(role, Argument) and argument_value(node, role) is None:
                message = f"`{node.id}` does not say {self.says}"
                yield Finding(message, Location((*node.path, "uses")))


class SameAgain(Struct, frozen=True):
    """An effect that fits `on` is not repeated with nothing changed."""

    on: Pattern
    says: str

    def find(self, subject: Subject, code: str) -> Iterator[Finding]:  # noqa: ARG002 - one for all
        """Such effects in a `repeat` whose arguments read nothing of the round."""
        for around in subject.nodes():
            if isinstance(around.step, RepeatStep) and around.body is not None:
                for node in around.body.nodes.values():
                    fits = any(self.on.fits(e.kind, details) for e, details in effects_of(node))
                    if fits and not _reads_round(subject, around.body, node):
                        message = f"`{node.id}` is {self.says}, in each round with the same values"
                        yield Finding(message, Location((*node.path, "uses")))


def _reads_round(subject: Subject, body: Graph, node: Node) -> bool:
    inside = {*body.nodes, *body.bound}
    return any(
        reference.root in inside
        for typed in subject.expressions
        if typed.node is node
        for reference in typed.references
    )


class UnmindedFailure(Struct, frozen=True):
    """A step with an effect that fits `on` has a time limit, and its failure is handled."""

    on: Pattern

    def find(self, subject: Subject, code: str) -> Iterator[Finding]:  # noqa: ARG002 - one for all
        """Steps that lack one of both."""
        if not any(True for _ in subject.declared.fitting(self.on)):
            return
        for graph in subject.graphs:
            handled = {
                edge.step
                for node in graph.nodes.values()
                for group in node.needs
                for edge in group.edges
                if edge.outcome in (FAILED, DONE)
            }
            for node in graph.nodes.values():
                if not any(self.on.fits(e.kind, details) for e, details in effects_of(node)):
                    continue
                lacks = [] if _is_bounded(node) else ["a `timeout`"]
                lacks += [] if node.id in handled else [f"a step for `{node.id}.failed`"]
                if lacks:
                    message = f"`{node.id}` asks a model and lacks {' and '.join(lacks)}"
                    yield Finding(message, Location((*node.path, "uses")))


def _is_bounded(node: Node) -> bool:
    step = node.step
    return isinstance(step, UsesStep) and bool(step.timeout or (step.retry and step.retry.timeout))


class ApprovedAnother(Struct, frozen=True):
    """Data with `label` that is sent is what a person approved, not what it was made of, or made of it later."""

    label: str
    on: Pattern

    def find(self, subject: Subject, code: str) -> Iterator[Finding]:  # noqa: ARG002 - one for all
        """Effects with such data behind an approval of other such data."""
        if not any(True for _ in subject.declared.fitting(self.on)):
            return
        for graph in subject.graphs:
            asked: dict[str, str] = {}
            for step_id in graph.order or ():
                node = graph.nodes[step_id]
                before = [asked[name] for name in node.waits_for() if name in asked]
                if isinstance(
                    node.step, ApproveStep
                ) and self.label in subject.labels.of_expressions(node):
                    before.append(step_id)
                if before:
                    asked[step_id] = before[-1]
                yield from self._unapproved(subject, node, before, graph)

    def _unapproved(
        self, subject: Subject, node: Node, before: list[str], graph: Graph
    ) -> Iterator[Finding]:
        for effect, details in effects_of(node):
            text = effect.details.get("text")
            if (
                not before
                or not self.on.fits(effect.kind, details)
                or not isinstance(text, Argument)
            ):
                continue
            if self.label in subject.labels.of_argument(node, text.name):
                message = f"`{node.id}` sends what was not approved in `{before[-1]}`"
                related = (Location(graph.nodes[before[-1]].path, "key", label="approved here"),)
                advice = f"send what the approval gives: put it under `edit` of `{before[-1]}`"
                yield Finding(message, Location((*node.path, "uses")), related, help=(advice,))


DEDUPLICATED = Needed("lead.deduplicated", of_subject=False)

"""Compiles what each kind of step does."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec.structs import replace

from auterity_sdk.diagnostics import Path
from auterity_sdk.errors import InternalError, InvalidWorkflow
from auterity_sdk.runs import plan
from auterity_sdk.runs.compile_values import Values
from auterity_sdk.runs.correlation import correlation_of
from auterity_sdk.runs.form import Form
from auterity_sdk.runs.idempotence import idempotence_of
from auterity_sdk.runs.producer import Constant, Expr, Producer
from auterity_sdk.workflow import step as model
from auterity_sdk.workflow.budget import OVER_BUDGET, Bound, Budget
from auterity_sdk.workflow.duration import Duration
from auterity_sdk.workflow.graph import Graph, Node
from auterity_sdk.workflow.key_types import Output
from auterity_sdk.workflow.occurrences import ELSE, Role
from auterity_sdk.workflow.signature import TIMEOUT, Catalog, Signature

CompileBody = Callable[[Graph], plan.GraphPlan]

_NOTHING = Constant({})


class Works:
    """Compiles the work of the steps of one workflow."""

    def __init__(self, values: Values, catalog: Catalog, budget: Budget | None = None) -> None:
        self._values = values
        self._catalog = catalog
        self._budget = budget

    def of(self, node: Node, graph: Graph, compile_body: CompileBody) -> plan.Work:
        """The work of a step of `graph`; `compile_body` compiles the body of a loop."""
        step, path = node.step, node.path
        match step:
            case model.UsesStep():
                made = self._uses(step, step.uses, graph, path, Role.WITH, Role.TIMEOUT)
                bounds = tuple(self._bounds(step, node.signature))
                if not bounds:
                    return made
                has_outcome = OVER_BUDGET in (node.outcomes or ())
                return replace(made, bounds=bounds, over_budget=has_outcome)
            case model.SwitchStep():
                return self._switch(step, graph, path)
            case model.ApproveStep():
                return self._approve(step.approve, graph, (*path, "approve"))
            case model.ReceiveStep():
                return self._receive(step.receive, graph, (*path, "receive"))
            case model.WaitStep():
                return self._wait(step.wait, graph, (*path, "wait"))
            case model.ForEachStep():
                return self._for_each(step, graph, node, compile_body)
            case model.RepeatStep():
                return self._repeat(step, graph, node, compile_body)
            case model.CallStep():
                return self._call(step, graph, path)
            case model.WatchStep():
                return plan.Watch()
            case None:
                raise InternalError(f"the step `{node.id}` could not be read, and cannot be run")

    def undo(self, node: Node, graph: Graph) -> plan.Uses | None:
        """The compensation of a step."""
        step = node.step
        if not isinstance(step, model.UsesStep | model.CallStep) or step.compensate is None:
            return None
        path = (*node.path, "compensate")
        role = Role.COMPENSATE
        return self._uses(step.compensate, step.compensate.uses, graph, path, role, role)

    def _uses(
        self,
        step: model.UsesStep | model.Compensation,
        uses: str,
        graph: Graph,
        path: Path,
        role: Role,
        timing: Role,
    ) -> plan.Uses:
        arguments, secrets = self._values.arguments(step.with_, graph, (*path, "with"), role)
        timeout = self._values.duration(step.timeout, graph, (*path, "timeout"), timing)
        retry = self._retry(step.retry, graph, (*path, "retry"), timing)
        only_with = idempotence_of(self._catalog.signature(uses))
        is_bare = not secrets and retry.heartbeat is None
        return plan.Uses(uses, arguments, secrets, retry, timeout, only_with, is_bare=is_bare)

    def _bounds(self, step: model.UsesStep, signature: Signature | None) -> Iterator[Bound]:
        """The budgets of a step that asks a model: its own, and that of the workflow."""
        if step.budget is None and self._budget is None:
            return
        if signature is None or not signature.asks_models:
            return
        if step.budget is not None:
            yield step.budget.bound("step")
        if self._budget is not None:
            yield self._budget.bound("workflow", self._budget.per)

    def _call(self, step: model.CallStep, graph: Graph, path: Path) -> plan.Call:
        arguments, secrets = self._values.arguments(step.with_, graph, (*path, "with"), Role.WITH)
        timeout = self._values.duration(step.timeout, graph, (*path, "timeout"), Role.TIMEOUT)
        retry = self._retry(step.retry, graph, (*path, "retry"), Role.TIMEOUT)
        if secrets:
            where = ".".join(map(str, (*path, "with", *secrets[0].place)))
            raise InvalidWorkflow(
                f"a secret cannot be passed to another workflow (at `{where}`)",
                help="let the called workflow read it itself, alone in the `with` of a step",
            )
        return plan.Call(step.call, arguments, retry, timeout)

    def _retry(self, retry: model.Retry | None, graph: Graph, path: Path, role: Role) -> plan.Retry:
        if retry is None:
            return plan.ONCE
        return plan.Retry(
            attempts=retry.attempts,
            pauses=retry.pauses,
            jitter=retry.jitter,
            on=None if retry.on is None else frozenset(retry.on),
            not_on=frozenset(retry.not_on or ()),
            heartbeat=None if retry.heartbeat is None else retry.heartbeat.milliseconds,
            limit=self._values.duration(retry.timeout, graph, (*path, "timeout"), role),
        )

    def _switch(self, step: model.SwitchStep, graph: Graph, path: Path) -> plan.Switch:
        cases = []
        for name, text in step.switch.items():
            place = (*path, "switch", name)
            is_else = text.strip() == ELSE
            case = None if is_else else self._values.condition(text, graph, place, Role.CASE)
            cases.append((name, case))
        return plan.Switch(tuple(cases))

    def _approve(self, approve: model.Approve, graph: Graph, path: Path) -> plan.Approve:
        edit = approve.edit
        return plan.Approve(
            role=approve.role,
            quorum=self._values.count(approve.quorum, graph, (*path, "quorum")),
            title=self._values.value(approve.title or "", graph, (*path, "title"), Role.FORM),
            form=Form(approve.form, self._catalog),
            exclude_requester=approve.exclude == "requester",
            timeout=self._values.duration(approve.timeout, graph, (*path, "timeout"), Role.TIMEOUT),
            default=approve.default or TIMEOUT,
            proposed=self._values.value(edit, graph, (*path, "edit"), Role.FORM) if edit else None,
            reminder=None if approve.remind is None else _reminder(approve.remind),
            escalation=None if approve.escalate is None else _escalation(approve.escalate),
        )

    def _wait(
        self, time: Duration | model.BusinessTime | str, graph: Graph, path: Path
    ) -> plan.Wait:
        if not isinstance(time, model.BusinessTime):
            return plan.Wait(self._values.time(time, graph, path))
        calendar = self._catalog.calendar(time.calendar)
        return plan.Wait(plan.Business(time.business.milliseconds, time.calendar, calendar))

    def _receive(self, receive: model.Receive, graph: Graph, path: Path) -> plan.Receive:
        match = self._values.optional(receive.match, graph, (*path, "match"), Role.MATCH)
        timeout = self._values.duration(receive.timeout, graph, (*path, "timeout"), Role.TIMEOUT)

        def compiled(text: str) -> Expr:
            return self._values.condition(text, graph, (*path, "match", "equal"), Role.MATCH)

        correlation = correlation_of(receive.match, compiled)
        return plan.Receive(receive.event, match, timeout, correlation)

    def _for_each(
        self, step: model.ForEachStep, graph: Graph, node: Node, compile_body: CompileBody
    ) -> plan.ForEach:
        loop, path = step.for_each, (*node.path, "for_each")
        inner = _inner(node)
        failures = loop.until_failures
        where = self._values.optional(loop.where, inner, (*path, "where"), Role.WHERE)
        more = self._values.optional(loop.more, inner, (*path, "more"), Role.MORE)
        timeout = self._values.duration(step.timeout, graph, (*node.path, "timeout"), Role.TIMEOUT)
        items = self._values.condition(loop.in_, graph, (*path, "in"), Role.IN)
        output = self._output(loop.output, inner, path)
        first = None
        if loop.first is not None:
            first = self._values.count(loop.first, graph, (*path, "first"))
        return plan.ForEach(
            # Last, since which outcomes count as read has to be known by then.
            body=compile_body(inner),
            items=items,
            names=(inner.bound[0], inner.bound[1]),
            max_parallel=loop.max_parallel,
            failures=int(str(failures).rstrip("%")),
            percent=isinstance(failures, str),
            first=first,
            where=where,
            more=more,
            most=loop.max,
            output=output,
            timeout=timeout,
        )

    def _repeat(
        self, step: model.RepeatStep, graph: Graph, node: Node, compile_body: CompileBody
    ) -> plan.Repeat:
        loop, path = step.repeat, (*node.path, "repeat")
        inner = _inner(node)
        timeout = self._values.duration(step.timeout, graph, (*node.path, "timeout"), Role.TIMEOUT)
        until = self._values.condition(loop.until, inner, (*path, "until"), Role.UNTIL)
        output = self._output(loop.output, inner, path)
        return plan.Repeat(
            body=compile_body(inner),
            until=until,
            longest=loop.max,
            every=0 if loop.every is None else loop.every.milliseconds,
            names=(inner.bound[0], inner.bound[1]),
            output=output,
            timeout=timeout,
        )

    def _output(self, output: Output, inner: Graph, path: Path) -> Producer:
        if output is None:
            return _NOTHING
        return self._values.value(output, inner, (*path, "output"), Role.OUTPUT)


def _reminder(remind: model.Remind) -> plan.Reminder:
    if remind.every is not None:
        return plan.Reminder(remind.every.milliseconds, remind.every.milliseconds)
    if remind.after is None:
        raise InternalError("a reminder has no time")
    return plan.Reminder(remind.after.milliseconds)


def _escalation(escalate: model.Escalate) -> plan.Escalation:
    return plan.Escalation(escalate.after.milliseconds, escalate.role)


def _inner(node: Node) -> Graph:
    if node.body is None:
        raise InternalError(f"the loop `{node.id}` has no body")
    return node.body

"""`call`: another workflow as a step, run as a child run."""

from __future__ import annotations

from typing import Any, ParamSpec, cast, overload

from auterity_sdk.workflow.builder.building import graph_now
from auterity_sdk.workflow.builder.definition import WorkflowDefinition
from auterity_sdk.workflow.builder.maker import Configurable, Described, add_step
from auterity_sdk.workflow.builder.source import refuse
from auterity_sdk.workflow.builder.step_value import Child
from auterity_sdk.workflow.builder.value import as_value

P = ParamSpec("P")


class CallMaker(Configurable):
    """Run another workflow as a child run: `sold = call(deal_desk, deal=deal)`, `call("deal-desk@sha…", …)`.

    The child's ends are the outcomes, else `ok`.
    """

    @overload
    def __call__(
        self, child: WorkflowDefinition[P, Any], /, *arguments: P.args, **keywords: P.kwargs
    ) -> Child: ...
    @overload
    def __call__(self, child: str, /, **keywords: object) -> Child: ...
    def __call__(
        self, child: WorkflowDefinition[..., Any] | str, /, *arguments: object, **keywords: object
    ) -> Child:
        """Add the step."""
        if arguments:
            raise refuse("`call` takes the child's input by name", "write call(child, lead=lead)")
        name = child if isinstance(child, str) else child.name

        def describe() -> Described[Child]:
            graph = graph_now("call")
            data = {"call": name, "with": as_value(keywords, graph)}
            # A workflow may call itself, so the child's ends are not asked for: the checker knows them.
            return Described(data, None, ("with",))

        return cast("Child", add_step("call", self._options, describe))


call = CallMaker()

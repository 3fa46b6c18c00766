"""The rule `recursive-call`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location
from auterity_sdk.workflow.graph import Node, build_graph
from auterity_sdk.workflow.signature import Catalog
from auterity_sdk.workflow.step import CallStep


@rule("AUT318")
def recursive_call(subject: Subject) -> Found:
    """Workflows call each other without end.

    ## What it checks

    That no workflow calls itself, directly or through others, on every one of its runs.

    ## Why it matters

    Each run would start another, until something breaks.

    ## Example

        auterity: 1
        name: demo
        steps:
          again: {call: demo}

    ## Instead

        auterity: 1
        name: demo
        input: {left: integer}
        steps:
          again: {when: input.left > 0, call: demo, with: {left: "${input.left - 1}"}}
    """
    if subject.workflow is None:
        return
    for node in subject.nodes():
        if isinstance(node.step, CallStep) and _always_runs(node):
            chain = _chain_back(node.step.call, subject.workflow.name, subject.catalog)
            if chain:
                names = " → ".join(f"`{name}`" for name in (subject.workflow.name, *chain))
                yield Finding(
                    f"the workflow calls itself on every run: {names}",
                    Location((*node.path, "call")),
                    help=("let the call depend on a `when` or on an outcome",),
                )


def _always_runs(node: Node) -> bool:
    """Nothing decides about the call: no condition, and no step before it."""
    return node.step is not None and node.step.when is None and not node.needs


def _chain_back(called: str, name: str, catalog: Catalog) -> tuple[str, ...]:
    """The workflows on the way from a called one back to `name`; empty if there is no way that always runs."""
    waiting: list[tuple[str, ...]] = [(called,)]
    seen: set[str] = set()
    while waiting:
        chain = waiting.pop()
        if chain[-1] == name:
            return chain
        child = catalog.called_workflow(chain[-1])
        if child is None or chain[-1] in seen:
            continue
        seen.add(chain[-1])
        waiting.extend(
            (*chain, node.step.call)
            for node in build_graph(child, catalog).nodes.values()
            if isinstance(node.step, CallStep) and _always_runs(node)
        )
    return ()

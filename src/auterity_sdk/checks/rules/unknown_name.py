"""The rule `unknown-name`."""

from __future__ import annotations

from auterity_sdk.checks.proposals import renamed
from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.expression.names import BODY_NAMES, ROOT_NAMES
from auterity_sdk.expression.problem import Problem


@rule("AUT402")
def unknown_name(subject: Subject) -> Found:
    """An expression reads a name that is not there.

    ## What it checks

    That each name is a step of the graph, `input`, `run`, or another name that the language gives at that
    place.

    ## Why it matters

    It would have no value.

    ## Example

        auterity: 1
        name: demo
        steps:
          greet:
            uses: task.assign
            with: {role: sales, due: 5m, title: "Call ${inputs.name}"}

    ## Instead

        auterity: 1
        name: demo
        input: {name: string}
        steps:
          greet:
            uses: task.assign
            with: {role: sales, due: 5m, title: "Call ${input.name}"}
    """
    for expression in subject.expressions:
        for problem in expression.of_kind("unknown_name"):
            name = expression.text[problem.start : problem.end]
            if name in ROOT_NAMES | BODY_NAMES or expression.is_early(name):
                continue
            place = expression.place(problem.start, problem.end)
            fixes = renamed(place, problem.instead)
            advice = _help(subject, name, problem)
            yield Finding(problem.message, place, help=advice, fixes=fixes)


def _help(subject: Subject, name: str, problem: Problem) -> tuple[str, ...]:
    if any(name in graph.nodes for graph in subject.graphs):
        return ("it is a step inside a body: read the output of the step that holds the body",)
    if subject.workflow is not None and name in subject.workflow.input:
        return (f"write `input.{name}`",)
    return (problem.help,) if problem.help else ()

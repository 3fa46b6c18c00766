"""The rule `reserved-id`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location
from auterity_sdk.expression.names import BODY_NAMES, RESERVED_NAMES


@rule("AUT219")
def reserved_id(subject: Subject) -> Found:
    """An id is a word of the expression language.

    ## What it checks

    That no id of a step and no `as` name is a word of CEL, one of its types, or a name such as `input`,
    `run` or `item`.

    ## Why it matters

    Expressions could not read the step: its name already means something else.

    ## Example

        auterity: 1
        name: demo
        steps:
          input: {wait: 1h}

    ## Instead

        auterity: 1
        name: demo
        steps:
          get_input: {wait: 1h}
    """
    for graph in subject.graphs:
        for step_id, node in graph.nodes.items():
            if step_id in RESERVED_NAMES and node.step is not None:
                yield _finding(step_id, Location(node.path, "key"))
        for name in graph.bound:
            if name in RESERVED_NAMES - BODY_NAMES:
                yield _finding(name, Location((*graph.path, "as")))


def _finding(name: str, place: Location) -> Finding:
    advice = f"choose another name, such as `{name}_step`"
    return Finding(f"`{name}` is a word of the expression language", place, help=(advice,))

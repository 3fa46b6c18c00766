"""The rule `duplicate-id`."""

from __future__ import annotations

from msgspec.structs import replace

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location
from auterity_sdk.workflow.graph import Graph


@rule("AUT210")
def duplicate_id(subject: Subject) -> Found:
    """A name in a body hides one around it.

    ## What it checks

    That no step id, `item`, `index` or `as` name inside `for_each` or `repeat` is one that stands around
    it.

    ## Why it matters

    An expression would read another value than its reader thinks.

    ## Example

        auterity: 1
        name: demo
        steps:
          ask: {wait: 1h}
          daily:
            needs: ask
            repeat:
              max: 3
              until: index == 2
              steps:
                ask: {wait: 1d}
        ends: {ok: daily.ok, tired: daily.exhausted}

    ## Instead

        auterity: 1
        name: demo
        steps:
          ask: {wait: 1h}
          daily:
            needs: ask
            repeat:
              max: 3
              until: index == 2
              steps:
                ask_again: {wait: 1d}
        ends: {ok: daily.ok, tired: daily.exhausted}
    """
    waiting: list[tuple[Graph, dict[str, Location]]] = []
    if subject.graph is not None:
        waiting.append((subject.graph, {}))
    while waiting:
        graph, around = waiting.pop()
        names = {name: Location(graph.path, "key") for name in graph.bound}
        names.update((step_id, Location(node.path, "key")) for step_id, node in graph.nodes.items())
        for name, place in names.items():
            both_bound = name in graph.bound[1:] and graph.bound[0] in around
            if name in around and not both_bound:
                related = (replace(around[name], label="the other one"),)
                advice = ("choose another name: inside a body both could be meant",)
                if name in graph.bound and name not in graph.nodes:
                    advice = ("name the items of this loop by `as: …`",)
                yield Finding(
                    f"`{name}` is a name around this body already", place, related, help=advice
                )
        inner = {**around, **names}
        waiting.extend((node.body, inner) for node in graph.nodes.values() if node.body is not None)

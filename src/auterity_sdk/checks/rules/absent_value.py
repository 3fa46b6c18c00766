"""The rule `absent-value`."""

from __future__ import annotations

from collections.abc import Sequence

from auterity_sdk.checks.facts.absence import Absence, handled_failures
from auterity_sdk.checks.facts.expressions import Typed
from auterity_sdk.checks.facts.presence import known_present
from auterity_sdk.checks.facts.witness import Way, choices
from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location
from auterity_sdk.expression.narrow import Paths
from auterity_sdk.expression.references import Reference
from auterity_sdk.workflow.graph import Graph, NeedGroup, Read

_AT_THE_END = frozenset({"output", "until", "where"})


@rule("AUT406")
def absent_value(subject: Subject) -> Found:
    """A value is read that is not there on every path.

    ## What it checks

    That a step which another one reads has a value on every run on which that one starts; the same for the
    output of the workflow and of bodies. Reported is what surely may happen.

    ## Why it matters

    The step that reads it would fail with `value_absent`.

    ## Example

        auterity: 1
        name: demo
        input: {score: number, phone: string}
        steps:
          route:
            switch:
              hot: input.score >= 80
              cold: else
          text:
            needs: route.hot
            uses: sms.send
            with: {to: "${input.phone}", body: Hello}
          note:
            needs: {any: [text, route.cold]}
            uses: task.assign
            with: {role: sales, due: 5m, title: "Sent ${text.message_id}"}

    ## Instead

        auterity: 1
        name: demo
        input: {score: number, phone: string}
        steps:
          route:
            switch:
              hot: input.score >= 80
              cold: else
          text:
            needs: route.hot
            uses: sms.send
            with: {to: "${input.phone}", body: Hello}
          note:
            needs: {any: [text, route.cold]}
            uses: task.assign
            with: {role: sales, due: 5m, title: "Sent ${text.?message_id.orValue('nothing')}"}
    """
    if not subject.complete:
        return
    known = known_present(subject.graphs)
    absences = {
        graph.path: Absence(graph, witnesses, handled_failures(graph))
        for graph in subject.graphs
        if (witnesses := subject.witnesses_of(graph)) is not None
    }
    for absence in absences.values():
        graph = absence.graph
        for node in graph.nodes.values():
            if not node.implicit and node.step is not None:
                reads = [read for read in node.reads if read.step != node.id]
                yield from _absent(absence, node.needs, reads, known.steps[node.path])
    for expression in subject.expressions:
        absence_there = absences.get(expression.graphs[0].path)
        depth = len(expression.graphs[0].path)
        if absence_there is not None and expression.occurrence.path[depth] in _AT_THE_END:
            yield from _at_the_end(absence_there, expression)


def _absent(
    absence: Absence, groups: Sequence[NeedGroup], reads: Sequence[Read], known: Paths
) -> Found:
    careful = {read.step for read in reads if not read.plain}
    told: set[str] = set()
    for read in reads:
        sure = (read.step,) in known or (read.step,) in read.reference.present
        if sure or not read.plain or read.step in careful or read.step in told:
            continue
        way = absence.way(groups, read.step)
        if way is not None:
            told.add(read.step)
            yield _finding(absence.graph, read.step, read.at, way, read.reference)


def _at_the_end(absence: Absence, expression: Typed) -> Found:
    """What is read when a graph is over: after one of its ends, or when all is settled."""
    graph = absence.graph
    for reference in expression.references:
        step = reference.root
        if step not in graph.nodes or not reference.plain or (step,) in reference.present:
            continue
        place = expression.place(reference.start, reference.end)
        for groups in graph.ends.values() or ((),):
            way = absence.way(groups, step)
            if way is not None:
                yield _finding(graph, step, place, way, reference)
                break


def _finding(graph: Graph, step: str, place: Location, way: Way, reference: Reference) -> Finding:
    decided = [f"`{edge}`" for edge in choices(graph, way)][-3:]
    rest = ".".join(f"?{name}" for name in reference.members[:1]) or "?field"
    return Finding(
        f"`{step}` has no value on every path that comes here",
        place,
        (Location(graph.nodes[step].path, "key", label="may be left out, or end without a value"),),
        notes=(f"for instance on a run with {', '.join(decided)}",) if decided else (),
        help=(
            f"read it by `{step}.{rest}.orValue(…)`, or wait only for paths on which it is there",
        ),
    )

"""The rule `impossible-end`."""

from __future__ import annotations

from msgspec.structs import replace

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject


@rule("AUT305")
def impossible_end(subject: Subject) -> Found:
    """An end can never be met.

    ## What it checks

    Ends that wait for outcomes which exclude each other, or in which a step cannot end: no run meets them.

    ## Why it matters

    A run that should end so would end as `no_end`, a failure.

    ## Example

        auterity: 1
        name: demo
        steps:
          reply:
            receive: {event: sms.received, timeout: 2d}
        ends:
          answered: [reply.received, reply.timeout]
          silent: reply.timeout
          heard: reply.received

    ## Instead

        auterity: 1
        name: demo
        steps:
          reply:
            receive: {event: sms.received, timeout: 2d}
        ends:
          silent: reply.timeout
          heard: reply.received
    """
    for _, feasible in subject.feasible:
        for name, never in feasible.ends.items():
            place, other = never.group.places[0], never.other
            if never.kind == "edge":
                edge = never.group.edges[0]
                yield Finding(
                    f"the end `{name}` can never be met: `{edge.step}` cannot end in `{edge.outcome}`",
                    place,
                )
            elif never.kind == "conflict" and other is not None:
                yield Finding(
                    f"the end `{name}` can never be met: its members exclude each other",
                    place,
                    (replace(other.places[0], label="excludes it"),),
                    notes=(
                        f"both depend on how `{never.decider}` ends, and no run ends it in two ways",
                    ),
                    help=("write `{any: […]}` if one of them is enough",),
                )
    yield from _on_no_run(subject)


def _on_no_run(subject: Subject) -> Found:
    """What only a look at all runs shows."""
    told = {name for _, feasible in subject.feasible for name in feasible.ends}
    for verdict in subject.soundness.verdicts:
        model, never = verdict.model, verdict.decision.never
        for name, groups in model.ends.items():
            edges = [edge for group in groups for edge in group.edges]
            explained = any(
                ("step", edge.step) in never or (edge.step, edge.outcome) in model.shadowed
                for edge in edges
            )
            if ("end", name) in never and name not in told and not explained:
                yield Finding(
                    f"the end `{name}` can never be met: no run meets its members",
                    groups[0].places[0],
                    notes=("every way in which the steps before it can end was looked at",),
                    help=("remove the end, or name what can come about",),
                )

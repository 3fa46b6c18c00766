"""The rule `guarantee-syntax`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location, Path
from auterity_sdk.workflow.guarantee import Misread, Within, parse_guarantee
from auterity_sdk.workflow.step import WatchStep


@rule("AUT340")
def guarantee_syntax(subject: Subject) -> Found:
    """A guarantee is not written in one of the six forms.

    ## What it checks

    That each text under `guarantees` is a sentence of the grammar of guarantees, and that of a `watch` one with
    `within`.

    ## Why it matters

    A guarantee that cannot be read is proved by nobody.

    ## Example

        auterity: 1
        name: demo
        steps:
          ask: {approve: {role: manager, timeout: 1d, default: rejected}}
          pay: {needs: ask.approved, wait: 1h}
        ends: {paid: pay, refused: ask.rejected}
        guarantees:
          - pay after ask.approved

    ## Instead

        auterity: 1
        name: demo
        steps:
          ask: {approve: {role: manager, timeout: 1d, default: rejected}}
          pay: {needs: ask.approved, wait: 1h}
        ends: {paid: pay, refused: ask.rejected}
        guarantees:
          - pay only after ask.approved
    """
    if subject.workflow is None:
        return
    for index, text in enumerate(subject.workflow.guarantees):
        yield from _misread("the guarantee", text, ("guarantees", index))
    for node in subject.nodes():
        if isinstance(node.step, WatchStep):
            place = (*node.path, "watch")
            yield from _misread("the `watch`", node.step.watch, place)
            if isinstance(parse_guarantee(node.step.watch), Misread | Within):
                continue
            yield Finding(
                "a `watch` is about time",
                Location(place),
                help=("write `step within 5m of start`, and other sentences under `guarantees`",),
            )


def _misread(what: str, text: str, path: Path) -> Found:
    found = parse_guarantee(text)
    if isinstance(found, Misread):
        yield Finding(
            f"{what} cannot be read: {found.message}",
            Location(path, fragment=(found.start, found.end)),
            help=(f"here is wanted: {found.wanted}",),
        )

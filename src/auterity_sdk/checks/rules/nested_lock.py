"""The rule `nested-lock`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location, Path
from auterity_sdk.workflow.signature import Catalog
from auterity_sdk.workflow.step import AnyStep, CallStep, ForEachStep, RepeatStep


@rule("AUT335")
def nested_lock(subject: Subject) -> Found:
    """A step asks for a lock while another is held around it.

    ## What it checks

    That no step inside a `for_each` or `repeat` with a `lock`, and none of a workflow that is called under a lock,
    has a `lock` of its own.

    ## Why it matters

    Two runs, each with the lock that the other one asks for, would wait for each other for ever.

    ## Example

        auterity: 1
        name: demo
        input: {phones: {type: array, items: {type: string}}, store: string}
        steps:
          texts:
            lock: input.store
            for_each:
              in: input.phones
              steps:
                text:
                  uses: sms.send
                  with: {to: "${item}", body: Hello}
                  lock: item

    ## Instead

        auterity: 1
        name: demo
        input: {phones: {type: array, items: {type: string}}, store: string}
        steps:
          texts:
            lock: input.store
            for_each:
              in: input.phones
              steps:
                text:
                  uses: sms.send
                  with: {to: "${item}", body: Hello}
    """
    for node in subject.nodes():
        step = node.step
        if step is None or getattr(step, "lock", None) is None:
            continue
        for path in _locks_below({node.id: step}, node.path[:-1], subject.catalog, inside=False):
            yield Finding(
                "a lock is held around the step, which asks for another",
                Location(path, "key"),
                related=(Location((*node.path, "lock"), "key", label="held from here"),),
                help=("keep one of the two, with a key that serves for both",),
            )


def _locks_below(
    steps: Mapping[str, AnyStep], path: Path, catalog: Catalog, *, inside: bool
) -> Iterator[Path]:
    """The places of this workflow at which a lock is asked for below `steps`, or at which such a workflow is called."""
    for name, step in steps.items():
        place = (*path, name)
        if inside and getattr(step, "lock", None) is not None:
            yield (*place, "lock")
            continue
        match step:
            case ForEachStep():
                below = (*place, "for_each", "steps")
                yield from _locks_below(step.for_each.steps, below, catalog, inside=True)
            case RepeatStep():
                below = (*place, "repeat", "steps")
                yield from _locks_below(step.repeat.steps, below, catalog, inside=True)
            case CallStep() if _asks(step.call, catalog):
                yield (*place, "call")
            case _:
                continue


def _asks(called: str, catalog: Catalog) -> bool:
    """Whether a workflow, or one that it calls, has a step with a lock."""
    waiting, seen = [called], set[str]()
    while waiting:
        name = waiting.pop()
        workflow = None if name in seen else catalog.called_workflow(name)
        seen.add(name)
        bodies: list[Mapping[str, AnyStep]] = [] if workflow is None else [workflow.steps]
        while bodies:
            for step in bodies.pop().values():
                if getattr(step, "lock", None) is not None:
                    return True
                match step:
                    case ForEachStep():
                        bodies.append(step.for_each.steps)
                    case RepeatStep():
                        bodies.append(step.repeat.steps)
                    case CallStep():
                        waiting.append(step.call)
                    case _:
                        continue
    return False

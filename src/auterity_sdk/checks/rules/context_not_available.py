"""The rule `context-not-available`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.subject import Subject


@rule("AUT413")
def context_not_available(subject: Subject) -> Found:
    """A name is read at a place where it has no value.

    ## What it checks

    Where names may be read: `event` only in `match` and in triggers, `run.end` only in the workflow's `output`, `item`,
    `index` and `previous` only in bodies, steps not before the run begins.

    ## Why it matters

    The name has a meaning elsewhere, and none here.

    ## Example

        auterity: 1
        name: demo
        steps:
          greet:
            uses: task.assign
            with: {role: sales, due: 5m, title: "Got ${event.text}"}

    ## Instead

        auterity: 1
        name: demo
        steps:
          reply:
            receive: {event: sms.received, match: event.text != '', timeout: 1d}
        ends: {replied: reply.received, silent: reply.timeout}
    """
    for expression in subject.expressions:
        for problem in expression.of_kind("unknown_name", "unknown_field"):
            name = expression.text[problem.start : problem.end]
            place = expression.place(problem.start, problem.end)
            if problem.kind == "unknown_field":
                if expression.text[: problem.end].endswith("run.end"):
                    message = "`run.end` is known only in the output of the workflow"
                    yield Finding(message, place)
            elif name in _WHERE:
                yield Finding(f"`{name}` cannot be read here", place, help=(_WHERE[name],))
            elif expression.is_early(name):
                message = f"the step `{name}` has not run when this is read"
                yield Finding(message, place, help=("read `input`, which is there from the start",))


_WHERE = {
    "event": "it is read in the `match` of a `receive`, and in a trigger",
    "index": "it is read in the body of a `for_each` or `repeat`; with `as: day` it is `day_index`",
    "input": "a run has its input when it has been started: read `event` here",
    "item": "it is read in the body of a `for_each`; with `as: lender` it is `lender`",
    "outcome": "a run has outcomes when its steps have ended",
    "previous": "it is read in the body of a `repeat`; with `as: day` it is `day_previous`",
}

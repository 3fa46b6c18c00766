"""The rule `absent-value`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.soundness.account import Account
from auterity_sdk.checks.soundness.decision import Run
from auterity_sdk.checks.soundness.faults import Reading
from auterity_sdk.checks.soundness.model import Model
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location


@rule("AUT406")
def absent_value(subject: Subject) -> Found:
    """A value is read that is not there on every path.

    ## What it checks

    That a step which another one reads has a value on every run on which that one starts; the same for the
    output of the workflow and of bodies. The note shows a run on which it has none.

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
    told: set[tuple[str, str, str]] = set()
    for verdict, fault, run in subject.soundness.of_kind("absent"):
        reading = fault.reading
        if reading is None:
            continue
        key = (str(verdict.model.graph.path), reading.by, reading.step)
        if key not in told:
            told.add(key)
            account = Account(verdict.model, run, fault)
            yield _finding(verdict.model, reading, run, account)


def _finding(model: Model, reading: Reading, run: Run, account: Account) -> Finding:
    step = reading.step
    rest = ".".join(f"?{name}" for name in reading.reference.members[:1]) or "?field"
    outcome = run.settled[step]
    how = "is not reached" if outcome is None else f"ends in `{outcome}`"
    if outcome is not None and model.steps[step].node.has_value(outcome):
        how = "has not ended"
    reader = f"`{reading.by}` reads it" if reading.by else "it is read"
    return Finding(
        f"`{step}` has no value on every path that comes here",
        reading.at,
        (
            Location(
                model.steps[step].node.path, "key", label="may be left out, or end without a value"
            ),
            *account.places(),
        ),
        notes=(account.note(f"`{step}` {how}, and {reader}"),),
        help=(
            f"read it by `{step}.{rest}.orValue(…)`, or wait only for paths on which it is there",
        ),
    )

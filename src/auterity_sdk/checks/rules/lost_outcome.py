"""The rule `lost-outcome`."""

from __future__ import annotations

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.soundness.account import Account
from auterity_sdk.checks.subject import Subject
from auterity_sdk.diagnostics import Location, Severity


@rule("AUT332", Severity.WARNING)
def lost_outcome(subject: Subject) -> Found:
    """An outcome is named only beside others, and may end its path in silence.

    ## What it checks

    In a workflow without `ends`, and in bodies: that an outcome other than `ok` (a failure, a rejection) is
    taken up by some step on every run on which it comes about. To stand in a join that is not met is not
    enough.

    ## Why it matters

    It counts as handled, so the run goes on, and ends well; yet nobody did anything about it.

    ## Example

        auterity: 1
        name: demo
        input: {phone: string}
        steps:
          text: {uses: sms.send, with: {to: "${input.phone}", body: Hello}, timeout: 5m}
          remind: {uses: sms.send, with: {to: "${input.phone}", body: Hello again}, timeout: 5m}
          call: {needs: [text.failed, remind.failed], wait: 5m}

    ## Instead

        auterity: 1
        name: demo
        input: {phone: string}
        steps:
          text: {uses: sms.send, with: {to: "${input.phone}", body: Hello}, timeout: 5m}
          remind: {uses: sms.send, with: {to: "${input.phone}", body: Hello again}, timeout: 5m}
          call: {needs: {any: [text.failed, remind.failed]}, wait: 5m}
    """
    for verdict, fault, run in subject.soundness.of_kind("lost"):
        if ("step", fault.step) not in verdict.decision.never:
            account = Account(verdict.model, run, fault)
            arrived = ", ".join(f"`{edge}`" for edge in account.arrived)
            yield Finding(
                f"{arrived} may end its path in silence: only `{fault.step}` needs it, and not it alone",
                Location((*verdict.model.steps[fault.step].node.path, "needs"), "key"),
                account.places(),
                notes=(account.note(f"`{fault.step}` is not reached, and the run ends well"),),
                help=("let another step need this outcome, or use `any`",),
            )

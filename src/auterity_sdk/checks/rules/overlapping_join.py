"""The rule `overlapping-join`."""

from __future__ import annotations

from msgspec.structs import replace

from auterity_sdk.checks.rule import Finding, Found, rule
from auterity_sdk.checks.soundness.account import Account
from auterity_sdk.checks.subject import Subject


@rule("AUT310")
def overlapping_join(subject: Subject) -> Found:
    """Branches that may both run are joined as if only one could.

    ## What it checks

    That at most one edge of a `one` is met on any run. The note shows a run on which two are.

    ## Why it matters

    The second edge to be met fails the run with `join_conflict`.

    ## Example

        auterity: 1
        name: demo
        steps:
          text: {wait: 1m}
          mail: {wait: 1m}
          note: {needs: {one: [text, mail]}, wait: 1m}

    ## Instead

        auterity: 1
        name: demo
        steps:
          text: {wait: 1m}
          mail: {wait: 1m}
          note: {needs: {any: [text, mail]}, wait: 1m}
    """
    for verdict, fault, run in subject.soundness.of_kind("conflict"):
        group, account = fault.group, Account(verdict.model, run, fault)
        if group is not None:
            one, two = [at for at, edge in enumerate(group.edges) if run.meets(edge)][:2]
            yield Finding(
                f"`{group.edges[one]}` and `{group.edges[two]}` may both be met, and `one` takes only one",
                group.places[two],
                (replace(group.places[one], label="may be met as well"), *account.places()),
                notes=(account.note("both are met"),),
                help=(
                    "use `any` to wait for all that can come, or `first` to go on with the first",
                ),
            )

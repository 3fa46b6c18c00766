"""The four analyses on ways through a graph: joins, waits, withdrawals, other people's values, duties and labels."""

from __future__ import annotations

from datetime import date

import pytest

from auterity_sdk.checks.check import check_document
from auterity_sdk.checks.law.catalogue import law_rules
from auterity_sdk.checks.law.rule import LawRule
from auterity_sdk.checks.policy import Policy
from auterity_sdk.checks.profile import Profile
from auterity_sdk.diagnostics import Diagnostic, Severity
from auterity_sdk.runtime.plugins import builtin_registry
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.declaration import declare, duty, effect, fact
from auterity_sdk.workflow.document import load_document


@step(name="test.pull", declares=declare(effects=[effect("credit.pull", "who")]))
def pull(who: str) -> None:
    """Pull credit."""


@step(
    name="test.allow", declares=declare(gives=[fact("authorization.credit", "who", lifetime="1h")])
)
def allow(who: str) -> None:
    """Have somebody allow it."""


@step(name="test.revoke", declares=declare(withdraws=[fact("authorization.credit", "who")]))
def revoke(who: str) -> None:
    """Take it back."""


@step(name="test.breach", declares=declare(raises=[duty("breach")]))
def breach() -> None:
    """Raise a duty of 30 days."""


@step(name="test.told", declares=declare(discharges=[duty("breach")]))
def told() -> None:
    """Discharge it."""


@step(name="test.request", declares=declare(raises=[duty("dsar.answer")]))
def request() -> None:
    """Raise the duty to answer."""


@step(name="test.answer", declares=declare(discharges=[duty("dsar.answer")]))
def answer() -> None:
    """Discharge it."""


REGISTRY = builtin_registry().extended([pull, allow, revoke, breach, told, request, answer])
HEAD = "auterity: 1\nname: demo\ninput: {who: string, other: string, items: {type: array, items: string}}\nsteps:\n"
ASK = '  ask: {uses: test.allow, with: {who: "${input.who}"}}\n'
PULL = 'uses: test.pull, with: {who: "${input.who}"}}\n'


def found(steps: str, profile: Profile | None = None) -> tuple[Diagnostic, ...]:
    document = load_document(HEAD + steps, file="demo.yaml")
    policy = Policy(dealer=profile or Profile())
    report = check_document(document, REGISTRY, policy=policy).report
    return tuple(each for each in report.diagnostics if not each.code.startswith("AUT"))


def codes(steps: str) -> list[str]:
    return [each.code for each in found(steps)]


@pytest.mark.parametrize(
    ("between", "needs", "sound"),
    [
        ("", "ask", True),
        ("  pause: {needs: ask, wait: 59m}\n", "pause", True),
        ("  pause: {needs: ask, wait: 61m}\n", "pause", False),
        ("  look: {needs: ask, approve: {role: boss}}\n", "look.approved", False),
        ("  look: {needs: ask, approve: {role: boss, timeout: 30m}}\n", "look.approved", True),
        ("  mail: {needs: ask, receive: {event: x, timeout: 2h}}\n", "mail.received", False),
        ("  pause: {wait: 2h}\n", "[ask, pause]", False),
        ("  pause: {wait: 30m}\n", "[ask, pause]", True),
        ("  a: {needs: ask, wait: 1m}\n  b: {needs: ask, wait: 2m}\n", "{any: [a, b]}", True),
        ("  a: {needs: ask, wait: 1m}\n  b: {wait: 2m}\n", "{any: [a, b]}", False),
        ("  a: {needs: ask, wait: 1m}\n  b: {wait: 2m}\n", "[a, b]", True),
        ('  off: {needs: ask, uses: test.revoke, with: {who: "${input.who}"}}\n', "off", False),
        ("  s: {needs: ask, switch: {yes: input.who == 'x', no: else}}\n", "s.yes", True),
    ],
)
def test_a_fact_holds_behind_its_giver_until_it_expires(
    between: str, needs: str, sound: bool
) -> None:
    assert (codes(f"{ASK}{between}  pull: {{needs: {needs}, {PULL}") == []) is sound


@pytest.mark.parametrize(
    ("begins", "within", "sound"),
    [
        ("ask.ok", "10m", True),
        ("ask.ok", "61m", False),  # the fact lasts an hour
        ("ask.failed", "10m", False),
        ("pause", "10m", True),
        ("pause.ok", "29m", True),
        ("pause.ok", "31m", False),
        ("one of [pause, pause.ok]", "29m", True),
        ("one of [ask.failed, pause]", "10m", False),
        ("start", "10m", False),
        ("each/step", "1m", False),  # at any time of a loop that lasts as long as it may
    ],
)
def test_what_is_known_when_a_watch_begins_is_known_behind_it(
    begins: str, within: str, sound: bool
) -> None:
    steps = (
        ASK
        + "  pause: {needs: ask, wait: 30m}\n"
        + "  each: {needs: ask, for_each: {in: input.items, steps: {step: {wait: 31m}}}}\n"
        + "  never: {receive: {event: x, timeout: 9d}}\n"
        + f'  slow: {{watch: "never.received within {within} of {begins}"}}\n'
        + f"  pull: {{needs: slow.breached, {PULL}"
    )
    assert (codes(steps) == []) is sound


def test_a_fact_that_is_withdrawn_meanwhile_is_not_known_behind_a_watch() -> None:
    steps = (
        ASK
        + '  revoke: {needs: ask, uses: test.revoke, with: {who: "${input.who}"}}\n'
        + "  never: {receive: {event: x, timeout: 9d}}\n"
        + "  slow: {watch: never.received within 10m of ask.ok}\n"
        + f"  pull: {{needs: slow.breached, {PULL}"
    )
    assert codes(steps) != []


def test_a_fact_is_of_one_value() -> None:
    (only,) = found(ASK + '  pull: {needs: ask, uses: test.pull, with: {who: "${input.other}"}}\n')
    assert only.code == "CRD005"
    assert only.related[0].path == ("steps", "ask")
    assert "another value" in only.related[0].label


def test_the_killing_step_is_named_with_its_line() -> None:
    (only,) = found(f"{ASK}  pause: {{needs: ask, wait: 9h}}\n  pull: {{needs: pause, {PULL}")
    assert "the check `ask` of line 5" in only.message
    assert "`pause` of line 6 may take 9h" in only.message
    assert [location.path[-1] for location in only.related] == ["ask", "pause"]
    assert any("`pause.ok`" in note for note in only.notes)


@pytest.mark.parametrize(
    ("loop", "sound"),
    [
        ("repeat: {max: 3, until: index == 2, every: 10m", True),
        ("repeat: {max: 30, until: index == 2, every: 10m", False),
        ("for_each: {in: input.items", True),
    ],
)
def test_a_fact_from_outside_holds_in_a_body_while_it_lasts(loop: str, sound: bool) -> None:
    steps = f"{ASK}  loop:\n    needs: ask\n    {loop}, steps: {{pull: {{{PULL.strip()}}}}}\n"
    assert (codes(steps) == []) is sound


def test_items_of_a_loop_are_values_of_their_own() -> None:
    inner = 'ask: {uses: test.allow, with: {who: "${item}"}}, pull: {needs: ask, uses: test.pull, with: {who: "%s"}}'
    loop = "  loop: {for_each: {in: input.items, steps: {%s}}}\n"
    assert codes(loop % (inner % "${item}")) == []
    assert codes(loop % (inner % "${input.who}")) == ["CRD005"]


RAISE = "  open: {uses: test.breach}\n"


@pytest.mark.parametrize(
    ("rest", "sound"),
    [
        ("  told: {needs: open, uses: test.told}\n", True),
        ("  p: {needs: open, wait: 29d}\n  told: {needs: p, uses: test.told}\n", True),
        ("  p: {needs: open, wait: 31d}\n  told: {needs: p, uses: test.told}\n", False),
        ("  told: {needs: open, when: input.who == 'x', uses: test.told}\n", False),
        (
            (
                "  s: {needs: open, switch: {a: input.who == 'x', b: else}}\n"
                "  told: {needs: s.a, uses: test.told}\n  too: {needs: s.b, uses: test.told}\n"
            ),
            True,
        ),
        (
            (
                "  s: {needs: open, switch: {a: input.who == 'x', b: else}}\n"
                "  told: {needs: s.a, uses: test.told}\n  no: {needs: s.b, wait: 1m}\n"
            ),
            False,
        ),
        (
            (
                "  s: {switch: {a: input.who == 'x', b: else}}\n"
                "  told: {needs: [open, {one: [s.a, s.b]}], uses: test.told}\n"
            ),
            True,
        ),
        (
            (
                "  a: {needs: open, wait: 1d}\n  b: {needs: open, wait: 2d}\n"
                "  told: {needs: [a, b], uses: test.told}\n"
            ),
            True,
        ),
        (
            (
                "  ask: {needs: open, approve: {role: boss, timeout: 5d}}\n"
                "  told: {needs: {one: [ask.approved, ask.rejected, ask.timeout]}, uses: test.told}\n"
            ),
            True,
        ),
        (
            (
                "  ask: {needs: open, receive: {event: x, timeout: 40d}}\n"
                "  told: {needs: {any: [ask.received, ask.timeout]}, uses: test.told}\n"
            ),
            False,
        ),
        ("  told: {wait: 1m}\n", False),
    ],
)
def test_a_duty_is_discharged_on_every_way_in_time(rest: str, sound: bool) -> None:
    assert (codes(RAISE + rest) == []) is sound


def test_a_duty_raised_in_a_body_may_be_discharged_behind_it() -> None:
    body = "  loop: {for_each: {in: input.items, steps: {open: {uses: test.breach}}}}\n"
    assert codes(body) == ["PRV008"]
    assert codes(body + "  told: {needs: loop, uses: test.told}\n") == []


def test_a_long_row_of_choices_is_not_decided_and_no_deep_stack() -> None:
    rows = ["  s0: {needs: open, switch: {a: input.who == 'x', b: else}}\n"]
    for at in range(1, 400):
        both = f"{{one: [s{at - 1}.a, s{at - 1}.b]}}"
        rows.append(f"  s{at}: {{needs: {both}, switch: {{a: input.who == '{at}', b: else}}}}\n")
    last = "  told: {needs: {one: [s399.a, s399.b]}, uses: test.told}\n"
    (only,) = found(RAISE + "".join(rows) + last)
    assert "is not decided" in only.message


def test_law_of_a_place_is_asked_for_there_alone() -> None:
    steps = '  text: {uses: sms.send, with: {to: "${input.who}", purpose: marketing, body: Hi}}\n'
    assert {each.code for each in found(steps)} >= {"COM001", "COM002"}
    canada = Profile(jurisdictions=frozenset({"ca"}))
    assert {each.code for each in found(steps, canada)} == {"COM013", "COM004"}


def test_before_its_day_a_rule_is_a_warning_and_the_citation_goes_by_the_dealer() -> None:
    automated = law_rule("CRD009")
    colorado = frozenset({"us", "us-co"})
    assert automated.severity_for(Profile(date(2026, 12, 31), colorado)) is Severity.WARNING
    assert automated.severity_for(Profile(date(2027, 1, 1), colorado)) is Severity.ERROR
    assert automated.severity_for(Profile(date(2027, 1, 1))) is Severity.WARNING
    assert automated.severity_for(Profile(jurisdictions=frozenset({"eu"}))) is None
    voice = law_rule("COM009")
    assert voice.severity_for(Profile(date(2024, 2, 7))) is Severity.WARNING
    assert voice.severity_for(Profile(date(2024, 2, 8))) is Severity.ERROR
    cited = law_rule("CRD001").citations[0]
    assert cited.of("franchise") == "12 CFR 202.9"
    assert cited.of("buy-here-pay-here") == "12 CFR 1002.9"


@pytest.mark.parametrize(
    ("wait", "places", "grave"),
    [("40d", {"us"}, []), ("40d", {"us", "eu"}, ["warning"]), ("50d", {"us", "eu"}, ["error"]), ("20d", {"eu"}, [])],
)  # fmt: skip
def test_europe_wants_an_answer_sooner(wait: str, places: set[str], grave: list[str]) -> None:
    steps = f"""  asked: {{uses: test.request}}
  later: {{needs: asked, wait: {wait}}}
  answer: {{needs: later, uses: test.answer}}
"""
    late = found(steps, Profile(jurisdictions=frozenset(places)))
    assert [each.severity.value for each in late if each.code == "PRV006"] == grave


def law_rule(code: str) -> LawRule:
    return next(rule for rule in law_rules() if rule.code == code)

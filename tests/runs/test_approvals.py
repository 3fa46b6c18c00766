"""Approvals: who is asked and when, what an answer may state and change, what the step gives."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auterity_sdk.errors import UsageError
from auterity_sdk.runs import commands as c
from auterity_sdk.runs.events import ApprovalEscalated, PeopleAsked, PeopleReminded
from auterity_sdk.runtime.view import view
from tests.runs.by_hand import ByHand

ASK = """
input: {price: integer}
steps:
  ask: {approve: {role: manager, %s}}
  yes: {needs: ask.approved, uses: do, with: {n: "${ask.price}"}}
ends: {yes: yes, no: ask.rejected, late: ask.timeout}
"""
EDIT = ASK % "edit: {price: '${input.price + 1}', note: as usual}, timeout: 2d"


def output(run: ByHand, step: str = "ask") -> Any:
    found = run.state.run_of(step)
    assert found is not None
    return found.output


def reminders(run: ByHand) -> list[int]:
    return [event.at for event in run.events if isinstance(event, PeopleReminded)]


def answer(run: ByHand, by: str, *roles: str, approved: bool = True, **form: Any) -> None:
    run.give(c.ApprovalGiven(run.at, "ask", by, roles, approved, form))


def test_people_are_reminded_again_and_again_until_they_answer() -> None:
    run = ByHand(ASK % "remind: {every: 4h}, edit: {price: 1}, timeout: 2d")
    begun = run.at
    run.wait("4h")
    run.wait("3h59m")
    assert reminders(run) == [begun + 4 * 3_600_000]
    run.wait("1m")
    assert len(reminders(run)) == 2
    assert view(run.state).waiting[0].reminders == 2
    run.approve("ask")
    assert run.state.due is None
    run.wait("1d")
    assert len(reminders(run)) == 2


def test_one_reminder_comes_once() -> None:
    run = ByHand(ASK % "remind: {after: 4h}, edit: {price: 1}, timeout: 2d")
    run.wait("4h")
    run.wait("4h")
    assert len(reminders(run)) == 1
    assert run.outcome("ask") == "waiting"


def test_after_a_long_sleep_one_reminder_makes_up_for_those_that_were_missed() -> None:
    run = ByHand(ASK % "remind: {every: 1h}, edit: {price: 1}, timeout: 2d")
    run.wait("5h30m")
    assert len(reminders(run)) == 1
    assert run.state.due == run.at + 30 * 60_000


def test_a_time_limit_that_is_over_comes_before_a_reminder() -> None:
    run = ByHand(ASK % "remind: {every: 1h}, edit: {price: 1}, timeout: 2h")
    run.wait("3h")
    assert (reminders(run), run.outcome("ask")) == ([], "timeout")


def test_another_role_is_asked_instead() -> None:
    run = ByHand(
        ASK
        % "escalate: {after: 1d, role: owner}, remind: {every: 18h}, edit: {price: 1}, timeout: 2d"
    )
    with pytest.raises(UsageError, match="asks the role `manager`"):
        answer(run, "eve", "owner")
    run.wait("1d")
    escalated = [event for event in run.events if isinstance(event, ApprovalEscalated)]
    assert [event.role for event in escalated] == ["owner"]
    assert view(run.state).waiting[0].what == "owner"
    with pytest.raises(UsageError, match="asks the role `owner`"):
        run.approve("ask")
    run.wait("12h")
    assert run.events[-1] == PeopleReminded(run.at, "ask", "owner", run.at + 18 * 3_600_000)
    answer(run, "eve", "owner")
    assert run.outcome("ask") == "approved"


def test_answers_before_an_escalation_still_count() -> None:
    run = ByHand(
        ASK % "quorum: 2, escalate: {after: 1d, role: owner}, edit: {price: 1}, timeout: 2d"
    )
    run.approve("ask", "bob")
    run.wait("1d")
    answer(run, "eve", "owner")
    assert run.outcome("ask") == "approved"


def test_how_many_must_approve_may_be_known_only_when_they_are_asked() -> None:
    text = """
    input: {discount: integer}
    steps:
      ask: {approve: {role: manager, quorum: "${input.discount > 1000 ? 2 : 1}"}}
      go: {needs: ask.approved, uses: do}
    ends: {yes: go, no: ask.rejected}
    """
    small, large = ByHand(text, discount=10), ByHand(text, discount=2000)
    for run in (small, large):
        run.approve("ask", "ann")
    assert (small.outcome("ask"), large.outcome("ask")) == ("approved", "waiting")
    large.approve("ask", "bob")
    assert large.outcome("ask") == "approved"


def test_proposed_values_are_given_as_they_are_or_as_they_were_changed() -> None:
    left = ByHand(EDIT, price=4)
    assert view(left.state).waiting[0].proposed == {"price": 5, "note": "as usual"}
    left.approve("ask")
    assert output(left) == {"price": 5, "note": "as usual"}
    changed = ByHand(EDIT, price=4)
    changed.approve("ask", price=7)
    assert output(changed) == {"price": 7, "note": "as usual"}
    started = changed.state.run_of("yes")
    assert started is not None
    assert started.arguments == {"n": 7}
    refused = ByHand(EDIT, price=4)
    refused.approve("ask", approved=False, note="too low")
    assert output(refused) == {"price": 5, "note": "too low"}
    late = ByHand(
        EDIT.replace("2d", "2d, default: approved").replace(", late: ask.timeout", ""), price=4
    )
    late.wait("2d")
    assert output(late) == {"price": 5, "note": "as usual"}


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"price": "seven"}, "`price` must be number"),
        ({"price": True}, "`price` must be number"),
        ({"note": 1}, "`note` must be string"),
        ({"colour": "red"}, "no field `colour`"),
    ],
)
def test_a_proposed_value_keeps_its_kind(form: dict[str, Any], said: str) -> None:
    run = ByHand(EDIT, price=4)
    with pytest.raises(UsageError, match=said):
        run.approve("ask", **form)
    assert run.outcome("ask") == "waiting"


def test_a_form_gives_a_proposed_value_its_type() -> None:
    text = (
        ASK
        % "edit: {price: '${input.price}'}, form: {price: {type: integer, maximum: 9}}, timeout: 2d"
    )
    run = ByHand(text, price=4)
    with pytest.raises(UsageError, match="maximum 9"):
        run.approve("ask", price=10)
    run.approve("ask")
    assert output(run) == {"price": 4}


def test_who_approved_before_a_change_has_approved_something_else() -> None:
    run = ByHand(EDIT.replace("edit:", "quorum: 2, edit:"), price=4)
    run.approve("ask", "bob")
    run.approve("ask", "eve", price=6)
    assert run.outcome("ask") == "waiting"
    with pytest.raises(UsageError, match="`eve` has answered"):
        run.approve("ask", "eve")
    run.approve("ask", "bob", price=6)
    assert (run.outcome("ask"), output(run)["price"]) == ("approved", 6)


def test_a_form_is_read_as_an_input_is() -> None:
    run = ByHand(
        """
        steps:
          ask:
            approve:
              role: manager
              form: {price: Money, days: {type: integer, default: 3}, why: {type: string, default: null}}
              timeout: 1h
        ends: {yes: ask.approved, no: ask.rejected, late: ask.timeout}
        """
    )
    run.approve("ask", price={"amount": "18000.00", "currency": "USD"})
    assert output(run) == {"price": {"minor": 1_800_000, "currency": "USD"}, "days": 3}


def test_an_approval_without_these_keys_records_no_more_than_before() -> None:
    run = ByHand(
        "steps: {ask: {approve: {role: manager, timeout: 1h, default: rejected}}}\nends: {a: ask.done}"
    )
    assert not [event for event in run.events if isinstance(event, PeopleAsked)]


@given(st.lists(st.integers(1, 40), min_size=1, max_size=12), st.integers(1, 12))
def test_however_time_passes_reminders_keep_to_their_grid(sleeps: list[int], every: int) -> None:
    """A reminder is made at the first look after its time, one for all that have passed since the look before."""
    run = ByHand(ASK % f"remind: {{every: {every}h}}, edit: {{price: 1}}, timeout: 2000h")
    begun, expected = run.at, 0
    for sleep in sleeps:
        before = (run.at - begun) // (every * 3_600_000)
        run.wait(f"{sleep}h")
        expected += (run.at - begun) // (every * 3_600_000) > before
    assert len(reminders(run)) == expected

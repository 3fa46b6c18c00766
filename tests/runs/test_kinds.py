"""What each kind of step does, and its outcomes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

import pytest

from auterity_sdk.dealership.calendar import Calendar
from auterity_sdk.errors import UsageError
from auterity_sdk.runs import commands as c
from auterity_sdk.runs.events import StepStarted
from auterity_sdk.runs.evolve import evolve
from auterity_sdk.runs.failure import Failure
from auterity_sdk.runs.orders import CancelChild, outstanding
from auterity_sdk.runs.state import RunState
from tests.runs.by_hand import REGISTRY, ByHand

RETRY = """
steps:
  a:
    uses: do
    retry: {attempts: 3, initial: 1s, factor: 2, max: 90s, jitter: false}
    timeout: 1m
"""


def test_arguments_are_evaluated_once_and_kept() -> None:
    run = ByHand(
        """
        input: {n: integer}
        steps:
          a: {uses: do, with: {n: "${input.n + 1}", text: "n is ${input.n} at ${run.id}"}}
        """,
        n=4,
    )
    started = run.events[-1]
    assert isinstance(started, StepStarted)
    assert started.arguments == {"n": 5, "text": "n is 4 at run"}


def test_when_is_read_once_needs_are_met() -> None:
    run = ByHand(
        """
        steps:
          a: {uses: do}
          b: {needs: a, when: a.n > 1, uses: do}
          c: {needs: {any: [b.skipped, b.ok]}, uses: do}
          d: {needs: a, when: 1 / a.n > 0, uses: do}
          e: {needs: d.failed, uses: do}
        """
    )
    run.ok("a", n=0)
    assert run.outcome("b") == "skipped"
    assert run.outcome("c") == "running"
    assert (run.outcome("d"), run.error("d")) == ("failed", "expression")
    assert run.outcome("e") == "running"


def test_a_switch_takes_its_first_true_case() -> None:
    text = """
        input: {n: integer}
        steps:
          s: {switch: {big: input.n > 10, small: input.n > 5 %s}}
          a: {needs: s.big, uses: do}
          b: {needs: s.small, uses: do}
        ends: {a: a, b: b, other: s.failed %s}
        """
    assert ByHand(text % ("", ""), n=11).outcome("s") == "big"
    assert ByHand(text % ("", ""), n=6).outcome("s") == "small"
    assert ByHand(text % ("", ""), n=1).state.end == "other"
    with_else = ByHand(text % (", rest: else", ", rest: s.rest"), n=1)
    assert (with_else.outcome("s"), with_else.state.end) == ("rest", "rest")


def test_an_error_in_a_case_is_never_taken_for_false() -> None:
    run = ByHand("steps: {s: {switch: {a: 1 / 0 > 1, b: else}}}\nends: {x: s.a, y: s.b}")
    assert (run.state.status, run.error("s")) == ("failed", "expression")


def test_attempts_are_repeated_with_growing_pauses() -> None:
    run = ByHand(RETRY)
    run.fail("a")
    assert run.outcome("a") == "paused"
    assert run.running == []
    run.wait("999ms")
    assert run.outcome("a") == "paused"
    run.wait("1ms")
    assert run.outcome("a") == "running"
    run.fail("a")
    assert run.state.due == run.at + 2_000
    run.wait("2s")
    run.fail("a")
    assert (run.outcome("a"), run.error("a"), run.state.status) == ("failed", "network", "failed")


@pytest.mark.parametrize(
    ("backoff", "pauses"),
    [("constant", [5, 5, 5, 5]), ("linear", [5, 10, 15, 18]), ("exponential", [5, 10, 18, 18])],
)
def test_pauses_grow_as_the_backoff_says(backoff: str, pauses: list[int]) -> None:
    keys = f"attempts: 5, backoff: {backoff}, initial: 5s, max: 18s, jitter: false"
    run = ByHand(f"steps: {{a: {{uses: do, retry: {{{keys}}}}}}}")
    for pause in pauses:
        run.fail("a")
        assert run.state.due == run.at + 1000 * pause
        run.wait(f"{pause}s")
    run.fail("a")
    assert run.outcome("a") == "failed"


def test_a_pause_waits_for_retry_after_and_shrinks_by_chance() -> None:
    run = ByHand(RETRY)
    run.fail("a", retry_after=7.5)
    assert run.state.due == run.at + 7_500
    jittered = ByHand(RETRY.replace("jitter: false", "jitter: true"))
    error = Failure("network", "gone", retryable=True)
    jittered.give(c.AttemptFailed(jittered.at, "a", 1, error, jitter=0.25))
    assert jittered.state.due == jittered.at + 250


def test_an_error_that_another_attempt_cannot_mend_is_final() -> None:
    run = ByHand(RETRY)
    run.fail("a", "bad_input")
    assert run.outcome("a") == "failed"
    named = ByHand(RETRY.replace("jitter: false", "on: [bad_input]"))
    named.fail("a", "bad_input")
    assert named.outcome("a") == "paused"
    named.wait("1m")
    assert named.error("a") == "timeout"
    other = ByHand(RETRY.replace("jitter: false", "on: [bad_input]"))
    other.fail("a", "network")
    assert other.outcome("a") == "failed"


def test_the_timeout_of_a_step_counts_its_retries() -> None:
    run = ByHand(RETRY)
    run.wait("59s")
    run.fail("a")
    run.wait("1s")
    assert (run.outcome("a"), run.error("a")) == ("failed", "timeout")
    assert run.ok("a", n=1) == []


def test_a_result_of_an_earlier_attempt_comes_too_late() -> None:
    run = ByHand(RETRY)
    run.fail("a")
    run.wait("1s")
    assert run.give(c.AttemptSucceeded(run.at, "a", 1, "ok", {})) == []
    assert run.outcome("a") == "running"


WAIT = "steps: {w: {wait: %s}, a: {needs: w, uses: do}}"


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("90s", 90), ("\"${duration('2m')}\"", 120), ("'1970-01-01T00:20:00Z'", 200)],
)
def test_a_wait_is_a_timer(written: str, seconds: int) -> None:
    run = ByHand(WAIT % written)
    assert run.outcome("w") == "waiting"
    run.wait(f"{seconds - 1}s")
    assert run.outcome("w") == "waiting"
    run.wait("1s")
    assert (run.outcome("w"), run.outcome("a")) == ("ok", "running")


def test_a_time_gone_by_ends_a_wait_at_once() -> None:
    assert ByHand(WAIT % "'1970-01-01T00:00:00Z'").outcome("a") == "running"


OFFICE = Calendar((((0, 60),),) * 7, UTC)
BUSINESS = "steps: {w: {wait: {business: 90m, calendar: %s}}}\nends: {ok: w, gone: w.failed}"


def test_a_wait_in_business_time_ends_at_a_moment_that_is_recorded() -> None:
    calendars = {"office": OFFICE, "closed": Calendar(((),) * 7, UTC)}
    run = ByHand(BUSINESS % "office", replace(REGISTRY, calendars=calendars))
    day = 86_400_000
    assert run.state.due == day + 30 * 60_000 + (run.at - 0)
    again = RunState(ByHand(BUSINESS % "office").plan)
    for event in run.events:
        evolve(again, event)
    assert again.due == run.state.due
    run.give(c.TimerDue(run.state.due or 0))
    assert run.state.end == "ok"
    never = ByHand(BUSINESS % "closed", replace(REGISTRY, calendars=calendars))
    assert (never.state.end, never.error("w")) == ("gone", "never_open")


def test_a_calendar_that_is_gone_fails_the_wait() -> None:
    run = ByHand(BUSINESS % "office")
    assert (run.state.end, run.error("w")) == ("gone", "configuration")


APPROVE = """
steps:
  ask:
    approve:
      role: manager
      quorum: 2
      exclude: requester
      title: "Sell for ${1 + 1}?"
      form: {reason: string, amount: {type: integer, minimum: 1, default: 5}}
      timeout: 1h
  yes: {needs: ask.approved, uses: do, with: {text: "${ask.?reason.orValue('')}"}}
ends: {yes: yes, no: ask.rejected, late: ask.timeout}
"""


def test_a_quorum_approves_and_the_form_is_the_output() -> None:
    run = ByHand(APPROVE)
    run.approve("ask", "bob", reason="fine")
    assert run.outcome("ask") == "waiting"
    run.approve("ask", "eve", reason="very fine", amount=3)
    found = run.state.run_of("ask")
    assert found is not None
    assert found.output == {"reason": "very fine", "amount": 3}
    started = run.state.run_of("yes")
    assert started is not None
    assert started.arguments == {"text": "very fine"}


def test_the_first_rejection_rejects() -> None:
    run = ByHand(APPROVE)
    run.approve("ask", "bob", reason="fine")
    run.approve("ask", "eve", approved=False)
    assert (run.outcome("ask"), run.state.end) == ("rejected", "no")


def test_an_approval_times_out() -> None:
    run = ByHand(APPROVE)
    run.wait("1h")
    assert (run.outcome("ask"), run.state.end) == ("timeout", "late")
    text = APPROVE.replace("timeout: 1h", "timeout: 1h\n      default: rejected")
    default = ByHand(text.replace(", late: ask.timeout", ""))
    default.wait("1h")
    assert (default.outcome("ask"), default.state.end) == ("rejected", "no")


@pytest.mark.parametrize(
    ("by", "roles", "form", "said"),
    [
        ("ann", ("manager",), {"reason": "x"}, "started the run"),
        ("bob", ("clerk",), {"reason": "x"}, "asks the role `manager`"),
        ("bob", ("manager",), {}, "`reason` is missing"),
        ("bob", ("manager",), {"reason": 5}, "must be string"),
        ("bob", ("manager",), {"reason": "x", "amount": 0}, "minimum"),
        ("bob", ("manager",), {"reason": "x", "colour": "red"}, "no field `colour`"),
    ],
)
def test_an_answer_that_cannot_be_taken_is_refused(
    by: str, roles: tuple[str, ...], form: dict[str, object], said: str
) -> None:
    run = ByHand(APPROVE)
    before = len(run.events)
    with pytest.raises(UsageError, match=said):
        run.give(c.ApprovalGiven(run.at, "ask", by, roles, True, form))
    assert len(run.events) == before
    run.check_replay()


def test_nobody_answers_twice_or_elsewhere() -> None:
    run = ByHand(APPROVE)
    run.approve("ask", "bob", reason="fine")
    with pytest.raises(UsageError, match="already"):
        run.approve("ask", "bob", reason="fine")
    with pytest.raises(UsageError, match="waits for no approval"):
        run.approve("yes", "bob")
    with pytest.raises(UsageError, match="no step"):
        run.approve("nothing", "bob")


RECEIVE = """
input: {phone: string}
steps:
  text: {uses: do}
  reply: {needs: text, receive: {event: sms, match: event.from == input.phone, timeout: 2d}}
  after: {needs: reply.received, uses: do, with: {text: "${reply.body}"}}
ends: {after: after, silence: reply.timeout}
"""


def test_a_receive_takes_a_matching_event() -> None:
    run = ByHand(RECEIVE, phone="+1")
    run.ok("text")
    assert not run.send("sms", **{"from": "+2", "body": "hi"})
    assert not run.send("mail", **{"from": "+1", "body": "hi"})
    assert run.send("sms", **{"from": "+1", "body": "yes"})
    found = run.state.run_of("after")
    assert found is not None
    assert found.arguments == {"text": "yes"}


def test_a_receive_times_out() -> None:
    run = ByHand(RECEIVE, phone="+1")
    run.ok("text")
    run.wait("2d")
    assert run.state.end == "silence"


def test_a_receive_takes_what_came_since_its_needs_had_started() -> None:
    run = ByHand(RECEIVE, phone="+1")
    before = run.at - 1
    during = run.at
    run.at += 1000
    run.ok("text")
    assert not run.send("sms", came=before, **{"from": "+1", "body": "early"})
    assert run.send("sms", came=during, **{"from": "+1", "body": "in time"})


def test_an_event_goes_to_the_receive_that_has_waited_longest() -> None:
    run = ByHand(
        """
        steps:
          first: {uses: do}
          late: {needs: first, receive: {event: sms, timeout: 1h}}
          early: {receive: {event: sms, timeout: 1h}}
        ends: {x: {any: [late.received, late.timeout, early.received, early.timeout]}}
        """
    )
    run.ok("first")
    run.send("sms", "e1")
    assert (run.outcome("early"), run.outcome("late")) == ("received", "waiting")
    run.send("sms", "e2")
    assert run.outcome("late") == "received"


def test_an_error_in_a_match_fails_the_step() -> None:
    run = ByHand(
        """
        steps: {r: {receive: {event: sms, match: 1 / event.n > 0, timeout: 1h}}}
        ends: {a: r.received, b: r.timeout, c: r.failed}
        """
    )
    run.send("sms", n=0)
    assert (run.state.end, run.error("r")) == ("c", "expression")


CALL = """
steps:
  child: {call: other, with: {n: "${1 + 1}"}, retry: {attempts: 2, initial: 1s, jitter: false}}
ends: {good: child.done_well, bad: child.failed}
"""


def test_a_call_ends_in_an_end_of_its_child() -> None:
    run = ByHand(CALL)
    assert run.running == ["child"]
    run.give(c.ChildEnded(run.at, "child", 1, "succeeded", "done_well", {"x": 1}))
    found = run.state.run_of("child")
    assert found is not None
    assert (found.output, run.state.end) == ({"x": 1}, "good")


def test_a_child_that_failed_is_tried_again_and_then_failed() -> None:
    run = ByHand(CALL)
    error = Failure("network", "gone")
    run.give(c.ChildEnded(run.at, "child", 1, "failed", error=error))
    run.wait("1s")
    assert run.running == ["child"]
    run.give(c.ChildEnded(run.at, "child", 2, "cancelled"))
    assert (run.error("child"), run.state.end) == ("child_cancelled", "bad")


LIMITED = """
steps:
  child:
    call: other
    retry: {attempts: 2, initial: 1s, jitter: false, timeout: 10m}
    timeout: 15m
ends: {good: child.ok, bad: child.failed}
"""


def test_a_child_that_runs_over_the_limit_of_an_attempt_is_cancelled_and_called_again() -> None:
    run = ByHand(LIMITED)
    run.wait("10m")
    assert outstanding(run.state) == [CancelChild("child", 1)]
    run.give(c.ChildEnded(run.at, "child", 1, "cancelled"))
    assert run.outcome("child") == "paused"
    run.wait("1s")
    assert run.running == ["child"]
    run.give(c.ChildEnded(run.at, "child", 2, "succeeded", "", {}))
    assert run.state.end == "good"


def test_a_child_that_ended_well_too_late_counts_for_nothing() -> None:
    run = ByHand(LIMITED.replace("attempts: 2", "attempts: 1"))
    run.wait("10m")
    run.give(c.ChildEnded(run.at, "child", 1, "succeeded", "", {}))
    assert (run.state.end, run.error("child")) == ("bad", "timeout")


def test_a_child_that_was_never_started_is_called_again_too() -> None:
    run = ByHand(LIMITED)
    run.wait("10m")
    run.stopped("child")
    assert run.outcome("child") == "paused"


def test_the_timeout_of_the_step_comes_while_a_child_is_cancelled() -> None:
    run = ByHand(LIMITED)
    run.wait("10m")
    run.wait("5m")
    assert outstanding(run.state) == [CancelChild("child", 1)]
    run.give(c.ChildEnded(run.at, "child", 1, "cancelled"))
    assert (run.state.end, run.error("child")) == ("bad", "timeout")


def test_a_run_is_cancelled_while_a_child_is_cancelled_before_its_next_attempt() -> None:
    run = ByHand(LIMITED)
    run.wait("10m")
    run.cancel()
    run.give(c.ChildEnded(run.at, "child", 1, "cancelled"))
    assert (run.state.status, run.outcome("child")) == ("cancelled", "cancelled")


def test_a_value_that_is_not_there_fails_its_reader() -> None:
    run = ByHand(
        """
        steps:
          a: {uses: do}
          b: {needs: a.done, uses: do, with: {n: "${a.n}"}}
          c: {needs: a.done, uses: do, with: {text: "${a.?note.orValue('none')}"}}
          d: {needs: {any: [a.failed, b.failed]}, uses: do}
        """
    )
    run.fail("a", "bad_input")
    assert (run.outcome("b"), run.error("b")) == ("failed", "value_absent")
    assert run.outcome("c") == "running"


def test_a_field_that_is_none_is_absent() -> None:
    run = ByHand(
        """
        steps: {a: {uses: do}, b: {uses: do, with: {text: "${a.note}"}}}
        ends: {b: b.done}
        """
    )
    run.ok("a", n=1, note=None)
    assert (run.outcome("b"), run.error("b")) == ("failed", "value_absent")

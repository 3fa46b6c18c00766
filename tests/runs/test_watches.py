"""`within` is watched while a run goes on: in time, too late, or never."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from auterity_sdk.runs import commands as c
from auterity_sdk.runs.decide import MOST_LOST
from auterity_sdk.runs.events import (
    GuaranteeBreached,
    GuaranteeKept,
    GuaranteeWatched,
    RunStarted,
    StepEnded,
    StepNotReached,
    StepStarted,
)
from auterity_sdk.workflow.duration import Duration
from tests.runs.by_hand import ByHand

_REPLY = """
steps:
  text: {uses: do}
  reply: {needs: text, receive: {event: r, timeout: 2d}}
  call: {needs: reply.timeout, uses: do}
ends: {replied: reply.received, called: call}
guarantees: ["one of [reply.received, call] within 5m of start"]
"""


def watched(run: ByHand) -> list[tuple[str, str, int]]:
    """What became of the watches: kind, instance, and when."""
    kinds = (GuaranteeWatched, GuaranteeKept, GuaranteeBreached)
    return [
        (type(event).__name__.removeprefix("Guarantee").lower(), event.scope, event.at - 1_000_000)
        for event in run.events
        if isinstance(event, kinds)
    ]


def test_what_happens_in_time_keeps_it() -> None:
    run = ByHand(_REPLY)
    run.ok("text")
    run.at += 300_000  # the last moment
    assert run.send("r")
    assert watched(run) == [("watched", "", 0), ("kept", "", 300_000)]
    assert run.state.status == "succeeded"


def dying(text: str, after: str = "0s") -> ByHand:
    """A run whose two attempts are taken to end their processes, so that both fail by one command."""
    run = ByHand(text)
    run.at += Duration.parse(after).milliseconds
    for _ in range(MOST_LOST):
        run.die()
    return run


def test_what_happens_by_the_same_command_as_the_end_of_another_step_begins_it() -> None:
    run = dying(
        """
        steps:
          a: {uses: do}
          b: {uses: do}
          soon: {watch: "one of [a, b] within 4s of b.done"}
          next: {needs: [a.done, b.done, soon.kept], uses: do}
        """
    )
    assert (run.outcome("a"), run.outcome("b"), run.outcome("soon")) == ("failed", "failed", "kept")
    assert run.running == ["next"]


def test_what_happens_too_late_by_the_same_command_breaches_it() -> None:
    run = dying(
        """
        steps: {a: {uses: do}, b: {uses: do}, c: {needs: [a.done, b.done], uses: do}}
        guarantees: ["one of [a.ok, b.failed] within 1s of start"]
        """,
        after="2s",
    )
    assert watched(run) == [("watched", "", 0), ("breached", "", 2000)]


def test_a_breach_is_recorded_at_its_time_and_stops_nothing() -> None:
    run = ByHand(_REPLY)
    run.ok("text")
    assert run.state.due == 1_300_000
    run.wait("5m")
    assert watched(run) == [("watched", "", 0), ("breached", "", 300_000)]
    (breach,) = run.state.breaches
    assert breach.guarantee == "one of [reply.received, call] within 5m of start"
    assert (breach.until, breach.at) == (1_300_000, 1_300_000)
    assert run.outcome("reply") == "waiting"
    run.send("r")
    assert run.state.status == "succeeded"
    assert len(watched(run)) == 2


def test_what_can_no_longer_happen_is_not_late() -> None:
    run = ByHand(
        """
        steps:
          a: {uses: do}
          b: {needs: a.failed, uses: do}
          c: {needs: a, wait: 1d}
        guarantees: [b within 1h of a]
        """
    )
    run.ok("a")
    assert watched(run) == [("watched", "", 0), ("kept", "", 0)]
    assert [e.happened for e in run.events if isinstance(e, GuaranteeKept)] == [False]
    run.wait("1d")
    assert not run.state.breaches


def test_what_comes_late_in_one_transition_with_the_time_is_late() -> None:
    text = """
    steps:
      a: {wait: 5m}
      b: {needs: a, uses: do}
    guarantees: [b within 5m of start]
    """
    run = ByHand(text)
    run.wait("5m")
    assert watched(run)[-1] == ("kept", "", 300_000)
    run = ByHand(text)
    run.wait("6m")  # nobody looked at the clock before
    assert watched(run)[-1] == ("breached", "", 360_000)


def test_a_result_that_comes_before_the_late_timer_is_late_too() -> None:
    run = ByHand("steps: {a: {uses: do}}\nguarantees: [a.ok within 1s of start]")
    run.at += 2_000
    run.ok("a")
    assert watched(run)[-1] == ("breached", "", 2_000)
    assert run.state.status == "succeeded"


def test_what_happened_before_counts_unless_it_comes_before_in_any_case() -> None:
    run = ByHand(
        """
        steps:
          a: {uses: do}
          b: {uses: do}
          c: {needs: b, uses: do}
        guarantees: [a.ok within 1h of b.ok, "one of [a.ok, b] within 1h of b.ok"]
        """
    )
    run.ok("a")
    run.at += 60_000
    run.ok("b")
    assert [kind for kind, _, _ in watched(run)] == ["watched", "kept", "watched", "kept"]
    run = ByHand(
        "steps: {b: {uses: do}, c: {needs: b, uses: do}}\n"
        "guarantees: ['one of [b, c.ok] within 1h of b.ok']"
    )
    run.ok("b")
    assert [kind for kind, _, _ in watched(run)] == ["watched"]


def test_each_item_has_its_own_watch_and_its_own_start() -> None:
    run = ByHand(
        """
        steps:
          each:
            for_each:
              in: "[1, 2]"
              max_parallel: 1
              steps:
                ask: {uses: do}
                answer: {needs: ask, receive: {event: r, timeout: 2d}}
                then: {needs: {any: [answer.received, answer.timeout]}, wait: 0s}
        guarantees: [each/answer.received within 1h of each/ask.ok]
        """
    )
    run.ok("each[0]/ask")
    run.wait("2h")
    assert watched(run) == [("watched", "each[0]", 0), ("breached", "each[0]", 7_200_000)]
    run.send("r")
    run.ok("each[1]/ask")
    run.send("r", id="e2")
    assert watched(run)[2:] == [
        ("watched", "each[1]", 7_200_000),
        ("kept", "each[1]", 7_200_000),
    ]


def test_the_start_of_the_run_counts_in_a_body_too() -> None:
    run = ByHand(
        """
        steps:
          a: {wait: 10m}
          each: {needs: a, for_each: {in: "[1]", steps: {b: {uses: do}}}}
        guarantees: [each/b within 5m of start]
        """
    )
    run.wait("10m")
    assert watched(run) == [("watched", "each[0]", 600_000), ("breached", "each[0]", 600_000)]


def test_what_happens_inside_of_a_body_counts_outside() -> None:
    text = """
    steps:
      each: {for_each: {in: "[1, 2]", steps: {a: {uses: do}, b: {needs: a, uses: do}}}}
      last: {needs: each, uses: do}
    guarantees: ["one of [each/b, last] within 5m of start", last within 5m of each/a.ok]
    """
    run = ByHand(text)
    run.ok("each[1]/a")
    assert watched(run) == [("watched", "", 0), ("watched", "", 0), ("kept", "", 0)]
    run.wait("5m")
    assert run.state.breaches[0].guarantee == "last within 5m of each/a.ok"


def test_a_run_that_fails_or_is_cancelled_is_watched_no_more() -> None:
    run = ByHand(_REPLY)
    run.fail("text", "bad")
    assert run.state.status == "failed"
    assert not run.state.breaches
    run = ByHand(_REPLY)
    run.ok("text")
    run.cancel()
    assert run.state.status == "cancelled"
    assert not run.state.breaches


def test_what_an_end_cancels_may_still_come_late() -> None:
    text = """
    steps:
      a: {receive: {event: r, timeout: 1d}}
      b: {uses: do}
    ends: {early: {first: [a.received], cancel_rest: true}, done: b}
    guarantees: [b.ok within 10s of start]
    """
    run = ByHand(text)
    run.send("r")
    assert len(watched(run)) == 1
    run.stopped("b")
    assert run.state.status == "succeeded"
    assert watched(run)[-1] == ("kept", "", 0)
    run = ByHand(text)
    run.send("r")
    run.wait("20s")  # it has thirty to stop
    assert watched(run)[-1] == ("breached", "", 20_000)
    run.ok("b")
    assert run.state.status == "succeeded"


def test_a_queued_run_is_watched_from_its_start() -> None:
    run = ByHand(
        "concurrency: {key: run.requester}\n"
        "steps: {a: {uses: do}}\nguarantees: [a within 1m of start]"
    )
    run.wait("2m")
    assert watched(run) == [("watched", "", 0), ("breached", "", 120_000)]
    assert run.outcome("a") is None
    run.give(c.LockGranted(run.at, ""))
    run.ok("a")
    assert run.state.status == "succeeded"


def test_it_begins_only_when_what_it_counts_from_has_happened() -> None:
    run = ByHand(
        """
        steps:
          a: {uses: pick}
          b: {needs: a.right, uses: do}
          c: {needs: {any: [a.left, b]}, uses: do}
        guarantees: [c within 1h of b]
        """
    )
    run.ok("a", "left")
    run.wait("2h")
    assert watched(run) == []
    assert run.state.due is None


_HANDLED = """
steps:
  text: {uses: do}
  quick: {watch: text.ok within 5m of start}
  call: {needs: quick.breached, uses: do, with: {text: "${outcome.quick}"}}
  thank: {needs: [quick.kept, text], uses: do}
ends: {called: {any: [call, call.failed]}, thanked: thank}
"""


def test_a_step_may_handle_a_breach_while_the_run_goes_on() -> None:
    run = ByHand(_HANDLED)
    assert (run.running, run.outcome("quick")) == (["text"], "waiting")
    run.wait("5m")
    assert (run.outcome("quick"), run.running) == ("breached", ["text", "call"])
    assert run.state.run_of("call").arguments == {"text": "breached"}  # type: ignore[union-attr]
    assert run.state.breaches[0].guarantee == "quick"
    run.ok("text")
    assert (run.outcome("thank"), run.state.status) == ("not reached", "running")
    run.ok("call")
    assert run.state.end == "called"


def test_a_step_may_follow_on_what_was_kept() -> None:
    run = ByHand(_HANDLED)
    run.ok("text")
    assert (run.outcome("quick"), run.outcome("call")) == ("kept", "not reached")
    run.ok("thank")
    assert run.state.end == "thanked"


def test_a_watch_that_never_begins_is_not_reached() -> None:
    run = ByHand(
        """
        steps:
          a: {uses: pick}
          b: {needs: a.right, uses: do}
          soon: {watch: b.ok within 1m of a.right}
          c: {needs: {any: [soon.breached, a.left]}, uses: do}
        """
    )
    run.ok("a", "left")
    assert (run.outcome("soon"), run.running) == ("not reached", ["c"])


def test_a_watch_in_a_body_names_its_own_steps() -> None:
    run = ByHand(
        """
        steps:
          each:
            for_each:
              in: "[1, 2]"
              steps:
                ask: {uses: do}
                soon: {watch: ask.ok within 1m of start}
                call: {needs: soon.breached, uses: do}
        guarantees: [each/call.ok within 1h of each/soon.breached]
        """
    )
    run.ok("each[0]/ask")
    run.wait("1m")
    assert (run.outcome("each[0]/soon"), run.outcome("each[1]/soon")) == ("kept", "breached")
    run.ok("each[1]/call")
    assert [(each.guarantee, each.scope) for each in run.state.breaches] == [
        ("each/soon", "each[1]")
    ]
    assert watched(run)[-1] == ("kept", "each[1]", 60_000)


def test_a_watch_that_a_join_cancels_goes_on_watching() -> None:
    run = ByHand(
        """
        steps:
          a: {uses: do}
          soon: {watch: a.ok within 1m of start}
          b: {uses: do}
          c: {needs: {first: [b, soon.breached], cancel_rest: true}, uses: do}
        """
    )
    run.ok("b")
    assert run.outcome("soon") == "cancelled"
    run.wait("1m")
    assert [each.guarantee for each in run.state.breaches] == ["soon"]
    assert run.outcome("soon") == "cancelled"


def test_a_queued_run_acts_on_a_breach_when_its_turn_has_come() -> None:
    run = ByHand("concurrency: {key: run.requester}\n" + _HANDLED.lstrip())
    run.wait("6m")
    assert [each.guarantee for each in run.state.breaches] == ["quick"]
    assert run.running == []
    run.give(c.LockGranted(run.at, ""))
    assert (run.outcome("quick"), sorted(run.running)) == ("breached", ["call", "text"])


_MANY = """
steps:
  a: {uses: do}
  b: {uses: pick}
  c: {needs: a, wait: 7s}
  d: {needs: {any: [b.left, c]}, uses: do}
  e: {needs: b.right, uses: do}
ends: {fine: {any: [d, e]}, none: {any: [a.failed, b.failed, d.failed, e.failed, b.timeout, b.left, b.right]}}
guarantees: ["%s within %ds of %s"]
"""
_NAMES = ["start", "a", "a.ok", "b.left", "b.done", "c", "c.ok", "d", "d.failed", "e.ok", "e"]


def _times(run: ByHand, names: list[str]) -> tuple[list[int], int | None]:
    """When each of the names happened, read from the journal; and when all of their steps were settled."""
    happened, settled = [], {name.partition(".")[0]: 0 for name in names if name != "start"}
    for event in run.events:
        match event:
            case RunStarted() if "start" in names:
                happened.append(event.at)
            case StepStarted():
                happened += [event.at] * (event.step in names)
            case StepEnded():
                own = {f"{event.step}.{event.outcome}", f"{event.step}.done"}
                happened += [event.at] * bool(own.intersection(names))
                if event.step in settled:
                    settled[event.step] = event.at
            case StepNotReached() if event.step in settled:
                settled[event.step] = event.at
    return happened, None if 0 in settled.values() else max(settled.values(), default=0)


@given(
    events=st.lists(st.sampled_from(_NAMES[1:]), min_size=1, max_size=2, unique=True),
    since=st.sampled_from(_NAMES),
    limit=st.integers(1, 12),
    moves=st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["wait", *"abde"]), st.booleans())),
)
def test_a_watch_says_what_the_journal_says(
    events: list[str], since: str, limit: int, moves: list[tuple[int, str, bool]]
) -> None:
    listed = f"one of [{', '.join(events)}]"
    run = ByHand(_MANY % (listed, limit, since))
    for seconds, what, well in moves:
        run.wait(f"{seconds}s")
        if what in run.running:
            if not well:
                run.fail(what, "bad")
            else:
                run.ok(
                    what,
                    "left" if what == "b" and seconds % 2 else "right" if what == "b" else "ok",
                )
    begun, _ = _times(run, [since])
    told = [each for each in run.events if isinstance(each, GuaranteeKept | GuaranteeBreached)]
    if not begun:
        assert told == []
        return
    counted = [events[place] for place in run.plan.graph.watched.watches[0].counted[0]]
    happened, over = _times(run, counted)
    until = min(begun) + limit * 1000
    # At the very end of a limit the order counts in which things come in.
    assume(until not in (*happened, over))
    in_time = any(at <= until for at in happened)
    never = over is not None and over <= until
    if in_time or never:
        assert [type(each) for each in told] == [GuaranteeKept]
        assert isinstance(told[0], GuaranteeKept)
        assert told[0].happened == in_time
    elif run.at > until or happened or run.at == until:
        assert [type(each) for each in told] == [GuaranteeBreached]
        assert told[0].at >= until
    else:
        assert told == []

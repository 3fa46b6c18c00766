"""Queues: what a step does before and after each attempt that waits for its turn; who waits where is the store's."""

from __future__ import annotations

from dataclasses import replace

from auterity_sdk.runs import commands as c
from auterity_sdk.runs.events import QueueAsked, StepStarted
from auterity_sdk.runs.failure import Failure
from auterity_sdk.runs.locks import Claimed
from auterity_sdk.runs.replay import divergence
from auterity_sdk.runtime.view import view
from auterity_sdk.workflow.queue import Queue
from tests.runs.by_hand import REGISTRY, ByHand

BUREAU = Queue("bureau", 2)
QUEUES = replace(REGISTRY, queues={"bureau": BUREAU})
TEXT = """
input: {key: any}
steps:
  a: {uses: do, queue: bureau, retry: {attempts: 2, initial: 1s, jitter: false}, timeout: 1m}
ends: {ok: a, no: a.failed}
"""
LOCKED = TEXT.replace("queue: bureau,", "queue: bureau, lock: input.key,")


def granted(run: ByHand, step: str = "a") -> None:
    run.give(c.LockGranted(run.at, step))


def claimed(run: ByHand, since: int) -> Claimed:
    return Claimed(run.state, run.events[since:])


def test_a_step_waits_in_its_queue_before_each_attempt_and_not_between() -> None:
    run = ByHand(TEXT, QUEUES, key="x")
    assert Claimed(run.state, run.events).queued == {"a": BUREAU}
    assert (run.outcome("a"), run.running, run.state.due) == ("waiting", [], None)
    assert [(wait.kind, wait.what) for wait in view(run.state).waiting] == [("queue", "bureau")]
    run.wait("5m")  # of which nothing counts for the timeout
    before = len(run.events)
    granted(run)
    assert (run.running, claimed(run, before).taken) == (["a"], ["a"])
    before = len(run.events)
    run.fail("a")
    assert claimed(run, before).left == ["a"]
    before = len(run.events)
    run.wait("1s")
    assert (run.running, claimed(run, before).queued) == ([], {"a": BUREAU})
    granted(run)
    assert (run.running, claimed(run, before).taken[-1]) == (["a"], "a")
    before = len(run.events)
    run.ok("a")
    assert claimed(run, before).released == ["a"]
    assert divergence(run.plan, run.events) is None


def test_the_timeout_counts_while_a_step_waits_for_a_further_attempt() -> None:
    run = ByHand(TEXT, QUEUES, key="x")
    granted(run)
    run.fail("a")
    run.wait("1s")
    before = len(run.events)
    run.wait("1m")
    assert (run.error("a"), run.state.end) == ("timeout", "no")
    assert claimed(run, before).released == ["a"]
    granted(run)  # it comes too late
    assert run.state.end == "no"
    assert divergence(run.plan, run.events) is None


def test_a_lock_comes_before_a_queue_and_is_kept_in_between() -> None:
    run = ByHand(LOCKED, QUEUES, key="x")
    first = Claimed(run.state, run.events)
    assert (list(first.asked), first.queued) == (["a"], {})
    before = len(run.events)
    granted(run)
    assert (claimed(run, before).taken, claimed(run, before).queued) == (["a"], {"a": BUREAU})
    granted(run)
    before = len(run.events)
    run.fail("a")
    assert (claimed(run, before).left, claimed(run, before).released) == (["a"], [])
    run.wait("1s")
    granted(run)
    run.ok("a")
    assert [type(event) for event in run.events].count(QueueAsked) == 2
    assert divergence(run.plan, run.events) is None


def test_a_step_that_waits_can_be_cancelled_or_refused() -> None:
    run = ByHand(TEXT, QUEUES, key="x")
    run.cancel()
    assert (run.outcome("a"), run.state.status) == ("cancelled", "cancelled")
    assert Claimed(run.state, run.events).released == ["a"]
    refused = ByHand(TEXT, QUEUES, key="x")
    refused.give(c.TurnRefused(refused.at, Failure("deadlock", "no"), "a"))
    assert (refused.error("a"), refused.state.end) == ("deadlock", "no")
    assert divergence(refused.plan, refused.events) is None


def test_a_queue_that_the_settings_do_not_have_fails_the_step() -> None:
    run = ByHand(TEXT, key="x")
    assert (run.error("a"), run.state.end) == ("configuration", "no")
    assert not any(isinstance(event, StepStarted) for event in run.events)


def test_a_step_in_doubt_leaves_its_place_and_asks_again_where_it_is_tried_again() -> None:
    run = ByHand("steps: {a: {uses: once, queue: bureau}, b: {needs: a, uses: do}}", QUEUES)
    granted(run)
    before = len(run.events)
    run.die()
    assert (run.outcome("a"), claimed(run, before).left) == ("uncertain", ["a"])
    before = len(run.events)
    run.settle("a", "retry")
    assert (run.running, claimed(run, before).queued) == ([], {"a": BUREAU})
    granted(run)
    assert run.running == ["a"]
    run.ok("a")
    assert run.running == ["b"]
    assert divergence(run.plan, run.events) is None

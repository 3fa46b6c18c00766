"""`for_each` and `repeat`: their bodies, limits and outputs."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auterity_sdk.runs.events import StepEnded
from auterity_sdk.runs.kinds import loops
from tests.runs.by_hand import ByHand

EACH = """
input: {items: {type: array, items: {type: integer}}, limit: {type: integer, default: 0}}
steps:
  each:
    for_each:
      in: input.items
      %s
      steps:
        work: {uses: do, with: {n: "${item * 10 + index}"}}
      output: {v: "${work.n}"}
  after: {needs: {any: [each.ok, each.failed%s]}, uses: do}
"""


def each(keys: str = "max_parallel: 10", more: str = "", **input: object) -> ByHand:
    return ByHand(EACH % (keys, more), **input)


def output(run: ByHand, step: str = "each") -> object:
    found = run.state.run_of(step)
    assert found is not None
    return found.output


def test_each_item_runs_the_body_with_its_own_names() -> None:
    run = each(items=[5, 6])
    assert run.running == ["each[0]/work", "each[1]/work"]
    started = run.state.run_of("each[1]/work")
    assert started is not None
    assert started.arguments == {"n": 61}
    run.ok("each[1]/work", n=2)
    assert run.outcome("each") == "running"
    run.ok("each[0]/work", n=1)
    assert output(run) == {"results": [{"v": 1}, {"v": 2}], "failures": []}
    assert run.outcome("after") == "running"


def test_no_more_than_max_parallel_items_run_at_once() -> None:
    run = each("max_parallel: 2", items=[1, 2, 3])
    assert run.running == ["each[0]/work", "each[1]/work"]
    run.ok("each[1]/work", n=0)
    assert run.running == ["each[0]/work", "each[2]/work"]


def test_what_items_give_is_not_written_again_when_the_loop_ends() -> None:
    run = each(items=[5, 6])
    run.ok("each[0]/work", n=1)
    run.ok("each[1]/work", n=2)
    (ended,) = (e for e in run.events if isinstance(e, StepEnded) and e.step == "each")
    assert (ended.output, ended.gathered) == (None, True)
    assert output(run) == {"results": [{"v": 1}, {"v": 2}], "failures": []}


@given(st.integers(1, 30), st.integers(1, 100), st.randoms(use_true_random=False))
def test_a_share_of_failures_is_of_the_whole_list_and_counts_up(
    total: int, share: int, random: Any
) -> None:
    run = each(f"max_parallel: 30\n      until_failures: {share}%", items=list(range(total)))
    allowed = next(n for n in range(1, total + 1) if 100 * n >= share * total)
    order = list(range(total))
    random.shuffle(order)
    for failed, item in enumerate(order, 1):
        run.fail(f"each[{item}]/work", "bad_input")
        if failed == allowed:
            break
        assert run.outcome("each") == "running"
    assert run.outcome("each") in ("stopping", "failed")


@given(st.integers(1, 12), st.integers(1, 5), st.randoms(use_true_random=False), st.data())
def test_results_stand_in_the_order_of_the_list_and_never_more_run_than_may(
    total: int, most: int, random: Any, data: Any
) -> None:
    run = each(f"max_parallel: {most}\n      until_failures: {total + 1}", items=list(range(total)))
    ended: dict[int, bool] = {}
    while run.outcome("each") == "running":
        running = [int(path.partition("[")[2].partition("]")[0]) for path in run.running]
        assert len(running) == min(most, total - len(ended))
        # Items begin in order.
        assert {*running, *ended} == set(range(len(running) + len(ended)))
        item = random.choice(running)
        ended[item] = data.draw(st.booleans())
        if ended[item]:
            run.ok(f"each[{item}]/work", n=item)
        else:
            run.fail(f"each[{item}]/work", "bad_input")
    found: Any = output(run)
    assert [each["v"] for each in found["results"]] == [i for i in range(total) if ended[i]]
    assert [each["index"] for each in found["failures"]] == [
        i for i in range(total) if not ended[i]
    ]


def test_an_empty_list_ends_at_once() -> None:
    assert each(items=[]).outcome("each") == "ok"
    assert output(each(items=[])) == {"results": [], "failures": []}
    assert each("first: 1", ", each.exhausted", items=[]).outcome("each") == "exhausted"


def test_the_first_failed_item_fails_the_step_and_stops_the_rest() -> None:
    run = each(items=[1, 2, 3])
    run.ok("each[0]/work", n=1)
    run.fail("each[1]/work", "bad_input")
    assert run.outcome("each") == "stopping"
    assert run.outcome("each[2]/work") == "stopping"
    run.stopped("each[2]/work")
    assert (run.outcome("each"), run.error("each")) == ("failed", "items_failed")
    assert run.outcome("each[2]/work") == "cancelled"
    assert run.outcome("after") == "running"


@pytest.mark.parametrize(("limit", "fails"), [("2", 2), ("50%", 2), ("51%", 3), ("100%", 4)])
def test_so_many_failed_items_fail_the_step(limit: str, fails: int) -> None:
    run = each(f"until_failures: {limit}", items=[1, 2, 3, 4])
    for index in range(fails):
        assert run.outcome("each") == "running"
        run.fail(f"each[{index}]/work", "bad_input")
    for index in range(fails, 4):
        run.stopped(f"each[{index}]/work")
    assert run.outcome("each") == "failed"


def test_failures_below_the_limit_are_in_the_output() -> None:
    run = each("until_failures: 2", items=[1, 2])
    run.fail("each[0]/work", "bad_input")
    run.ok("each[1]/work", n=7)
    assert output(run) == {
        "results": [{"v": 7}],
        "failures": [{"index": 0, "error": {"type": "bad_input", "message": "it broke"}}],
    }


def test_the_first_items_that_satisfy_where_are_enough() -> None:
    keys = "first: 1\n      where: work.n > 5\n      until_failures: 3"
    run = each(keys, ", each.exhausted", items=[1, 2, 3])
    run.ok("each[0]/work", n=1)
    run.ok("each[1]/work", n=9)
    assert run.outcome("each") == "stopping"
    run.stopped("each[2]/work")
    assert run.outcome("each") == "ok"
    assert output(run) == {"results": [{"v": 1}, {"v": 9}], "failures": []}
    none = each(keys, ", each.exhausted", items=[1, 2])
    none.ok("each[0]/work", n=1)
    none.ok("each[1]/work", n=2)
    assert none.outcome("each") == "exhausted"


def test_an_item_adds_others_that_begin_beside_those_that_run() -> None:
    keys = 'max: 4\n      more: "work.n > 5 ? [work.n + index] : []"'
    run = each(keys, items=[1, 2])
    run.ok("each[1]/work", n=9)
    assert run.running == ["each[0]/work", "each[2]/work"]
    assert run.state.scopes["each[2]"].bound == {"item": 10, "index": 2}
    run.ok("each[2]/work", n=1)
    run.ok("each[0]/work", n=7)
    assert run.running == ["each[3]/work"]
    run.ok("each[3]/work", n=2)
    assert output(run)["results"] == [{"v": 7}, {"v": 9}, {"v": 1}, {"v": 2}]


def test_what_an_item_adds_waits_for_its_place() -> None:
    run = each(
        "max_parallel: 1\n      max: 9\n      more: '[1, 2].filter(x, index == 0)'", items=[0]
    )
    for index in range(3):
        assert run.running == [f"each[{index}]/work"]
        run.ok(f"each[{index}]/work", n=index)
    assert run.outcome("each") == "ok"


def test_more_items_than_the_most_fail_the_step() -> None:
    run = each("max: 2\n      more: '[index]'", items=[1, 2])
    run.ok("each[0]/work", n=1)
    assert run.outcome("each") == "stopping"
    run.stopped("each[1]/work")
    assert (run.outcome("each"), run.error("each")) == ("failed", "too_many_items")
    at_once = each("max: 2", items=[1, 2, 3])
    assert (at_once.outcome("each"), at_once.error("each")) == ("failed", "too_many_items")
    assert "each[0]" not in at_once.state.scopes


def test_items_that_are_enough_end_the_step_before_others_are_too_many() -> None:
    run = each("first: 1\n      max: 1\n      more: '[1, 2]'", ", each.exhausted", items=[1])
    run.ok("each[0]/work", n=1)
    assert run.outcome("each") == "ok"


def test_an_item_that_fails_adds_none() -> None:
    run = each("until_failures: 2\n      max: 9\n      more: '[1]'", items=[1])
    run.fail("each[0]/work", "bad_input")
    assert (run.outcome("each"), output(run)["results"]) == ("ok", [])


def test_a_share_of_failed_items_is_one_of_all_that_there_are() -> None:
    keys = "until_failures: 50%\n      max: 9\n      more: '[1].filter(x, index == 0)'"
    run = each(keys, items=[1, 2])
    run.ok("each[0]/work", n=1)
    run.fail("each[1]/work", "bad_input")
    assert run.running == ["each[2]/work"], "one of three"
    run.fail("each[2]/work", "bad_input")
    assert (run.outcome("each"), run.error("each")) == ("failed", "items_failed")


def test_how_many_are_enough_may_be_known_only_when_the_step_begins() -> None:
    run = each('first: "${input.limit}"', ", each.exhausted", items=[1, 2, 3], limit=2)
    run.ok("each[2]/work", n=3)
    assert run.outcome("each") == "running"
    run.ok("each[0]/work", n=1)
    run.stopped("each[1]/work")
    assert (run.outcome("each"), output(run)) == (
        "ok",
        {"results": [{"v": 1}, {"v": 3}], "failures": []},
    )
    run = each('first: "${input.limit}"', ", each.exhausted", items=[1], limit=0)
    assert (run.outcome("each"), run.error("each")) == ("failed", "expression")


def test_an_item_that_ends_well_although_told_to_stop_is_recorded() -> None:
    run = each("first: 1", ", each.exhausted", items=[1, 2])
    run.ok("each[0]/work", n=1)
    run.ok("each[1]/work", n=2)
    assert run.outcome("each[1]/work") == "ok"
    assert run.state.scopes["each[1]"].cause == "cancelled"


def test_an_item_waits_thirty_seconds_at_most() -> None:
    run = each("first: 1", ", each.exhausted", items=[1, 2])
    run.ok("each[0]/work", n=1)
    run.wait("29s")
    assert run.outcome("each") == "stopping"
    run.wait("1s")
    assert run.outcome("each[1]/work") == "cancelled"
    assert run.error("each[1]/work") == "effect_unknown"
    assert run.outcome("each") == "ok"


def test_bodies_read_what_is_around_them() -> None:
    run = ByHand(
        """
        steps:
          a: {uses: do}
          outer:
            for_each:
              in: "[10, 20]"
              as: x
              steps:
                inner:
                  for_each:
                    in: "[1, 2]"
                    as: y
                    steps: {work: {uses: do, with: {n: "${a.n + x + y + x_index + y_index}"}}}
                    output: {n: "${work.n}"}
              output: {all: "${inner.results}"}
        output: {all: "${outer.results}"}
        """
    )
    assert run.running == ["a"]
    run.ok("a", n=100)
    path = "outer[1]/inner[1]/work"
    started = run.state.run_of(path)
    assert started is not None
    assert started.arguments == {"n": 124}
    for x in (0, 1):
        for y in (1, 0):
            run.ok(f"outer[{x}]/inner[{y}]/work", n=10 * x + y)
    assert run.state.output == {
        "all": [{"all": [{"n": 0}, {"n": 1}]}, {"all": [{"n": 10}, {"n": 11}]}]
    }


def test_a_loop_over_time_stops_its_items() -> None:
    run = ByHand(
        """
        steps:
          each:
            timeout: 1m
            for_each: {in: "[1, 2]", steps: {w: {wait: 1h}, v: {uses: do}}}
        ends: {late: each.failed, good: each}
        """
    )
    run.wait("1m")
    assert run.outcome("each[0]/w") == "cancelled"
    run.stopped("each[0]/v")
    run.stopped("each[1]/v")
    assert (run.error("each"), run.state.end) == ("timeout", "late")


REPEAT = """
steps:
  poll:
    repeat:
      steps: {ask: {uses: do, with: {n: "${index + previous.?n.orValue(100)}"}}}
      until: ask.n >= 3
      max: 3
      %s
      output: {n: "${ask.n}"}
ends: {found: poll, none: poll.exhausted, failed: poll.failed}
output: {rounds: "${poll.?rounds.orValue(0)}", last: "${poll.?last.?n.orValue(0)}"}
"""


def test_rounds_go_on_until_the_condition_holds() -> None:
    run = ByHand(REPEAT % "")
    started = run.state.run_of("poll[0]/ask")
    assert started is not None
    assert started.arguments == {"n": 100}
    run.ok("poll[0]/ask", n=1)
    again = run.state.run_of("poll[1]/ask")
    assert again is not None
    assert again.arguments == {"n": 2}
    run.ok("poll[1]/ask", n=3)
    assert (run.state.end, run.state.output) == ("found", {"rounds": 2, "last": 3})


def test_rounds_are_counted() -> None:
    run = ByHand(REPEAT % "")
    for number in range(3):
        run.ok(f"poll[{number}]/ask", n=0)
    assert (run.state.end, run.state.output) == ("none", {"rounds": 3, "last": 0})


def test_rounds_are_apart() -> None:
    run = ByHand(REPEAT % "every: 1m")
    run.ok("poll[0]/ask", n=1)
    assert (run.running, run.outcome("poll")) == ([], "paused")
    run.wait("1m")
    assert run.running == ["poll[1]/ask"]


def test_a_round_that_fails_makes_the_step_fail() -> None:
    run = ByHand(REPEAT % "")
    run.fail("poll[0]/ask", "bad_input")
    assert (run.outcome("poll"), run.error("poll"), run.state.end) == (
        "failed",
        "bad_input",
        "failed",
    )


def test_items_that_end_at_once_need_no_recursion() -> None:
    run = ByHand(
        """
        steps:
          each:
            for_each: {in: "input.items", max_parallel: 1, steps: {s: {switch: {a: else}}, t: {needs: s.a, wait: 0s}}}
        input: {items: {type: array, items: {type: integer}}}
        """,
        items=list(range(1_000)),
    )
    assert run.state.status == "succeeded"


def test_rounds_that_would_never_end_are_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loops, "ENDLESS", 50)
    run = ByHand(
        """
        steps: {r: {repeat: {steps: {s: {switch: {a: else}}, t: {needs: s.a, wait: 0s}}, until: index < 0}}}
        ends: {ok: r, none: r.exhausted, failed: r.failed}
        """
    )
    assert (run.error("r"), run.state.end) == ("endless_loop", "failed")

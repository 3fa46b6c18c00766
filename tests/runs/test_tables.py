"""The two tables of the language's section on edges and joins, cell by cell."""

from __future__ import annotations

from itertools import product

import pytest

from auterity_sdk.runs.joins import JoinRule, Verdict, edge_is_met
from auterity_sdk.workflow.needs import JoinKind
from tests.runs.by_hand import ByHand

MET, UNMET = True, False
EDGES = {
    "pick.left": (MET, UNMET, UNMET, UNMET, UNMET),
    "pick.right": (UNMET, UNMET, UNMET, UNMET, UNMET),
    "pick.failed": (UNMET, MET, UNMET, UNMET, UNMET),
    "pick.skipped": (UNMET, UNMET, MET, UNMET, UNMET),
    "pick.cancelled": (UNMET, UNMET, UNMET, MET, UNMET),
    "pick.done": (MET, MET, MET, MET, UNMET),
}
WAYS = ("left", "failed", "skipped", "cancelled", "not reached")


def settled(way: str, needing: str) -> ByHand:
    """A run in which `pick` is settled in a way, and `after` needs an edge of it."""
    run = ByHand(
        f"""
        steps:
          gate: {{uses: pick}}
          quick: {{needs: gate.left, uses: do}}
          pick:
            needs: gate.left
            when: "{"1 > 2" if way == "skipped" else "1 < 2"}"
            uses: pick
          race: {{needs: {{first: [quick, pick.left], cancel_rest: true}}, uses: do}}
          after: {{{needing}, uses: do}}
          names: {{needs: {{any: [pick.done, gate.done]}}, uses: do}}
        """
    )
    run.ok("gate", "right" if way == "not reached" else "left")
    if way == "left":
        run.ok("pick", "left", n=3)
        run.ok("race")
    elif way == "failed":
        run.fail("pick", "bad_input")
    elif way == "cancelled":
        run.ok("quick")
    return run


@pytest.mark.parametrize(("edge", "way"), list(product(EDGES, WAYS)))
def test_an_edge_by_how_its_step_is_settled(edge: str, way: str) -> None:
    run = settled(way, f"needs: {edge}")
    expected = EDGES[edge][WAYS.index(way)]
    assert run.outcome("after") == ("running" if expected else "not reached")
    outcome = None if way == "not reached" else way
    assert edge_is_met(edge.partition(".")[2], outcome) is expected


@pytest.mark.parametrize("way", WAYS)
def test_a_wait_is_over_however_its_step_is_settled(way: str) -> None:
    needing = 'needs: gate.done, with: {n: "${pick.?n.orValue(7)}"}'
    run = settled(way, needing)
    assert run.outcome("after") == "running"
    found = run.state.run_of("after")
    assert found is not None
    # What has a value is the last column of the table.
    assert found.arguments == {"n": 3 if way == "left" else 7}


def test_a_wait_holds_a_step_back_until_then() -> None:
    run = ByHand(
        """
        steps:
          a: {uses: do}
          b: {uses: do}
          c: {needs: b, uses: do, with: {n: "${a.?n.orValue(7)}"}}
        """
    )
    run.ok("b")
    assert run.outcome("c") is None
    run.ok("a", n=2)
    assert run.outcome("c") == "running"


def test_a_step_that_ended_in_timeout_has_no_value() -> None:
    run = ByHand(
        """
        steps:
          a: {receive: {event: x, timeout: 1h}}
          b: {needs: {any: [a.timeout, a.received]}, uses: do, with: {n: "${has(a.n) ? 1 : 2}"}}
        """
    )
    run.wait("1h")
    found = run.state.run_of("b")
    assert found is not None
    assert found.arguments == {"n": 2}


def by_table(kind: JoinKind | str, k: int, met: int, unmet: int, pending: int) -> Verdict:
    n = met + unmet + pending
    match kind:
        case "all":
            is_met, is_unmet = unmet == 0 and pending == 0, unmet >= 1
        case JoinKind.ANY:
            is_met, is_unmet = pending == 0 and met >= 1, unmet == n
        case JoinKind.AT_LEAST:
            is_met, is_unmet = met >= k, met + pending < k
        case _:
            is_met, is_unmet = met >= 1, unmet == n
    assert not (is_met and is_unmet)
    return Verdict.MET if is_met else Verdict.UNMET if is_unmet else Verdict.PENDING


@pytest.mark.parametrize("kind", ["all", *JoinKind])
@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_a_join_by_how_many_of_its_edges_are_met(kind: JoinKind, size: int) -> None:
    for k in range(1, size + 1) if kind is JoinKind.AT_LEAST else (1,):
        rule = JoinRule(kind, size, k)
        for met in range(size + 1):
            for unmet in range(size - met + 1):
                found = rule.verdict(met, unmet)
                assert found is by_table(kind, k, met, unmet, size - met - unmet)


JOINS = {
    "any": "{any: [a, b, c]}",
    "one": "{one: [a, b, c]}",
    "first": "{first: [a, b, c]}",
    "at_least": "{at_least: 2, of: [a, b, c]}",
    "all": "[a, b, c]",
}


@pytest.mark.parametrize("kind", JOINS)
@pytest.mark.parametrize("ends", list(product(["ok", "failed", "pending"], repeat=3)))
def test_a_join_in_a_run(kind: str, ends: tuple[str, ...]) -> None:
    run = ByHand(
        f"""
        steps:
          a: {{uses: do}}
          b: {{uses: do}}
          c: {{uses: do}}
          join: {{needs: {JOINS[kind]}, uses: do}}
          handles: {{needs: {{any: [a.failed, b.failed, c.failed]}}, uses: do}}
        """
    )
    for step, end in zip("abc", ends, strict=True):
        if end == "ok":
            run.ok(step)
        elif end == "failed":
            run.fail(step, "bad_input")
    met, unmet = ends.count("ok"), ends.count("failed")
    if kind == "one" and met > 1:
        assert run.state.scopes[""].error is not None
        assert run.state.scopes[""].error.type == "join_conflict"
        return
    rule = kind if kind == "all" else JoinKind(kind)
    verdict = by_table(rule, 2, met, unmet, ends.count("pending"))
    expected = {Verdict.MET: "running", Verdict.UNMET: "not reached", Verdict.PENDING: None}
    assert run.outcome("join") == expected[verdict]

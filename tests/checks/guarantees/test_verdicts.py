"""What is said of guarantees: of the shipped workflows and their broken twins, of bodies, and of what is too much."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from auterity_sdk import step, workflow
from auterity_sdk.checks.check import Checked, check_document, check_workflow
from auterity_sdk.checks.guarantees.verdict import Verdict, verdicts
from auterity_sdk.runtime.plugins import builtin_registry
from auterity_sdk.runtime.project import workflow_files
from auterity_sdk.steps.output import Output
from auterity_sdk.workflow.builder import ends
from auterity_sdk.workflow.document import load_document

WORKFLOWS = Path(__file__).parents[3] / "workflows"
REGISTRY = builtin_registry()


class Done(Output):
    n: int = 0


@step
def work() -> Done:
    return Done()


def check(text: str) -> Checked:
    return check_document(load_document(text.encode(), file="test.yaml"), REGISTRY)


def decided(text: str) -> tuple[Verdict, ...]:
    return check(text).subject.guarantees


@pytest.mark.parametrize("path", list(workflow_files((WORKFLOWS,))), ids=lambda path: path.stem)
def test_the_guarantees_of_shipped_workflows_are_proved(path: Path) -> None:
    found = decided(path.read_text())
    assert len(found) >= 3
    assert {verdict.kind for verdict in found} == {"proved"}


@pytest.mark.parametrize(
    ("file", "old", "new", "broken"),
    [
        ("lead-response", "needs: consent.granted", "needs: hours.open", [0, 3]),
        ("lead-response", "needs: hours.open", "needs: draft.ok", [1, 3]),
        ("lead-response", "[answer.yes, answer.no,", "[answer.yes, answer.stop, answer.no,", [3]),
        (
            "service-reminder",
            "needs: hours.open",
            "needs: {any: [hours.open, consent.denied]}",
            [0, 1, 3],
        ),
        ("service-reminder", "[answer.no, answer.unclear]", "[answer.no, answer.yes]", [3]),
        ("trade-in-appraisal", "      exclude: requester\n", "", [1]),
        (
            "trade-in-appraisal",
            "size.small, desk.approved]}]",
            "size.small, desk.timeout]}]",
            [0, 4],
        ),
    ],
)
def test_a_broken_twin_breaks_just_its_guarantees(
    file: str, old: str, new: str, broken: list[int]
) -> None:
    text = (WORKFLOWS / f"{file}.yaml").read_text()
    assert old in text
    found = decided(text.replace(old, new, 1))
    assert [each.index for each in found if each.kind == "refuted"] == broken
    assert all(each.message and each.trace for each in found if each.kind == "refuted")


BODIES = """
auterity: 1
name: test
steps:
  ask: {approve: {role: x, timeout: 1d, default: rejected}}
  each:
    needs: ask.approved
    for_each: {in: "[1, 2]", steps: {one: {wait: 1m}, two: {needs: one, wait: 1m}}}
  last: {needs: each, wait: 1h}
ends: {ok: last, no: ask.rejected}
guarantees:
  - %s
"""


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("each/two only after each/one.ok", "proved"),
        ("each/one only after each/two", "refuted"),
        ("each/one only after ask.approved", "proved"),
        ("each/one only after ask.rejected", "undecided"),
        ("each/two never after last", "proved"),
        ("last only after each/one", "undecided"),
        ("always each/two when each/one", "proved"),
        ("each/two.ok within 2m of each/one", "proved"),
        ("each/two.ok within 1m of each/one", "refuted"),
        ("each/two within 1m of start", "undecided"),
        ("last within 1h of each.ok", "proved"),
        ("last within 1h of each", "late"),
        ("ask.cancelled only after start", "undecided"),
    ],
)
def test_what_happens_in_bodies(text: str, kind: str) -> None:
    (found,) = decided(BODIES % text)
    assert found.kind == kind, found


def test_a_counter_example_tells_the_way() -> None:
    (found,) = decided(BODIES % "always last when ask")
    assert found.note == "ask = rejected → `ask` starts, and it never comes to `last`"
    assert [place.path for place in found.trace] == [("steps", "ask")]


def test_the_longest_way_is_added_up() -> None:
    text = """
    auterity: 1
    name: test
    steps:
      text:
        uses: sms.send
        with: {to: "+16145550172", purpose: transactional, body: Hello}
        retry: {attempts: 3, initial: 10s, timeout: 1m}
      reply: {needs: text, receive: {event: sms.received, timeout: 1h}}
      call: {needs: {one: [text.failed, reply.timeout]}, wait: 1m}
    ends: {called: call, answered: reply.received}
    guarantees: [call within 5m of start, call within 1h of reply, reply within 3m of start]
    """
    first, second, third = decided(dedent(text))
    assert (first.kind, second.kind, third.kind) == ("refuted", "proved", "late")
    assert first.message.endswith("it takes at least 1h")
    assert third.note == "text 3m30s = 3m30s"


def test_a_search_that_is_too_long_is_told() -> None:
    steps = "".join(
        f"  s{n}: {{switch: {{a: input.x > {n}, b: input.y > {n}, c: else}}}}\n"
        f"  t{n}: {{needs: {{any: [s{n}.a, s{n}.b]}}, wait: 1h}}\n"
        f"  u{n}: {{needs: {{any: [s{n}.c, t{n}]}}, wait: 1h}}\n"
        for n in range(40)
    )
    text = (
        "auterity: 1\nname: test\ninput: {x: integer, y: integer}\nsteps:\n"
        f"{steps}guarantees:\n  - u39 within 1ms of start\n  - u1.ok only after t1.ok\n"
    )
    checked = check(text)
    subject = checked.subject
    assert subject.workflow is not None
    assert subject.graph is not None
    models = {each.model.graph.path: each.model for each in subject.soundness.verdicts}
    quick = [*verdicts(subject.workflow, subject.graph, models, budget=1)]
    full = [*verdicts(subject.workflow, subject.graph, models)]
    assert {each.kind for each in full} == {"refuted"}
    assert all(each.kind in ("refuted", "undecided") for each in quick)


def test_many_ways_are_not_walked_one_by_one() -> None:
    steps = "".join(
        f"  s{n}: {{{f'needs: m{n - 1}, ' if n else ''}switch: {{a: input.x > {n}, b: else}}}}\n"
        f"  a{n}: {{needs: s{n}.a, wait: 1h}}\n"
        f"  b{n}: {{needs: s{n}.b, wait: 2h}}\n"
        f"  m{n}: {{needs: {{one: [a{n}, b{n}]}}, wait: 1m}}\n"
        for n in range(24)
    )
    listed = (
        "m23 only after m3.ok",
        "m23 only after a3.ok",
        "exactly one of [a5, b5]",
        "m23.ok within 3d of start",
        "m2.ok within 1h of start",
    )
    guarantees = "".join(f"  - {each}\n" for each in listed)
    head = "auterity: 1\nname: test\ninput: {x: integer}\nsteps:\n"
    text = f"{head}{steps}guarantees:\n{guarantees}"
    kinds = [verdict.kind for verdict in decided(text)]
    assert kinds == ["proved", "refuted", "proved", "proved", "refuted"]


def test_a_guarantee_of_a_python_workflow_is_judged_at_its_call() -> None:
    @workflow(name="test", guarantees=["second only after first.ok", "first only after second.ok"])
    def made() -> None:
        first = work()
        with first.ok:
            second = work()
        ends(done=second.ok)

    registry = REGISTRY.extended([work])
    found = check_workflow(made.workflow, made.source, registry).report
    (broken,) = [each for each in found.diagnostics if each.code == "AUT342"]
    assert broken.location.path == ("guarantees", 1)
    span = found.source.span(broken.location)
    assert 'guarantees=["second only' in found.source.line(span.line)

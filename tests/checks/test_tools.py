"""Tools that a step offers a model: outcomes and types that the checks know of them, and what a model may decide."""

from __future__ import annotations

import pytest

from auterity_sdk.checks.check import check_document
from auterity_sdk.runtime.plugins import builtin_registry
from auterity_sdk.steps.output import Output
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.declaration import argument, declare, effect
from auterity_sdk.workflow.document import load_document
from auterity_sdk.workflow.model import Workflow, load


class Found(Output):
    names: list[str]


@step(name="stock.find")
def find(make: str, most: int = 3) -> Found:
    """Find vehicles."""
    return Found(names=[make] * most)


@step(
    name="visit.write",
    idempotent=True,
    declares=declare(effects=[effect("write", text=argument("day"))]),
)
def write(day: str) -> None:
    """Write a visit down."""


REGISTRY = builtin_registry().extended([find, write])
FLOW = """
auterity: 1
name: stock
input: {question: {type: string, x-data-class: free_text}}
steps:
  clean: {uses: ai.redact, with: {text: "${input.question}"}}
  talk:
    needs: clean
    repeat:
      max: 5
      until: turn.?reply.orValue('') != '' || outcome.?person.hasValue()
      steps:
        turn:
          uses: ai.tools
          with:
            prompt: Answer the shopper.
            text: ${clean.text}
            so_far: ${previous.?conversation.orValue([])}
            results: {search: "${previous.?found.orValue([])}"}
            tools:
              search: {description: Vehicles in stock, uses: stock.find, input: [make]}
              visit: {description: A visit, input: {day: {type: string, format: date}, people: integer}}
          timeout: 1m
        look:
          needs: turn.search
          uses: stock.find
          with: {make: "${turn.arguments.search.make}"}
        agreed:
          needs: turn.visit
          approve: {role: bdc, timeout: 1h, edit: {day: "${turn.arguments.visit.day}"}}
        book:
          needs: agreed.approved
          uses: visit.write
          with: {day: "${agreed.day}"}
        person:
          needs: {any: [turn.invalid, turn.refused, turn.over_budget, turn.failed, agreed.rejected, agreed.timeout]}
          uses: task.assign
          with: {role: bdc, due: 15m, title: Answer}
      output:
        conversation: ${turn.?conversation.orValue([])}
        found: ${look.?names.orValue([])}
        reply: ${turn.?reply.orValue('')}
        booked: ${outcome.?book.hasValue()}
  late: {needs: talk.exhausted, uses: task.assign, with: {role: bdc, due: 15m, title: Answer}}
output: {reply: "${talk.?last.?reply.orValue('')}"}
"""
UNAPPROVED = """
        book:
          needs: turn.visit
          uses: visit.write
          with: {day: "DAY"}
"""


def found(text: str) -> dict[str, str]:
    report = check_document(load_document(text, file="stock.yaml"), REGISTRY).report
    return {each.code: each.message for each in report.diagnostics}


def without_approval(day: str) -> str:
    begin, end = FLOW.index("        agreed:"), FLOW.index("        person:")
    text = FLOW[:begin] + UNAPPROVED.lstrip("\n").replace("DAY", day) + FLOW[end:]
    return text.replace(", agreed.rejected, agreed.timeout", "")


def test_a_loop_of_rounds_whose_steps_are_the_tools_is_sound() -> None:
    assert found(FLOW) == {}


@pytest.mark.parametrize(
    ("old", "new", "code", "says"),
    [
        ("turn.visit\n", "turn.visits\n", "AUT319", "no outcome `visits`"),
        ("        look:\n          needs: turn.search\n", "        look:\n          needs: turn.visit\n", "AUT308", "`turn.search`"),
        ("arguments.search.make", "arguments.search.maker", "AUT403", "maker"),
        ("arguments.search.make", "arguments.search.most", "AUT403", "most"),
        ("arguments.search.make", "arguments.visit.day", "AUT407", "`turn.arguments.visit` may be empty"),
        ('make: "${turn.arguments.search.make}"', 'make: "x", most: "${turn.arguments.search.make}"', "AUT506", "most"),
        ("input: [make]", "input: [mark]", "AUT506", "`stock.find` has no argument `mark`"),
        ("input: [make]", "input: {make: string}", "AUT506", "list of names"),
        ("uses: stock.find, input: [make]", "uses: stock.fnd", "AUT506", "there is no step type `stock.fnd`"),
        ("uses: stock.find, input: [make]", "input: [make]", "AUT506", "need `uses`"),
        ("people: integer", "people: Peple", "AUT220", "`Peple`"),
        ("people: integer", "people: {type: integer, minimum: low}", "AUT221", "`minimum` is a number"),
        ("description: A visit", 'description: "A visit of ${input.question}"', "AUT506", "no `${…}` can stand among them"),
        ("visit: {description", "Visit: {description", "AUT506", "pattern"),
        ("search: {description: Vehicles in stock,", "reply: {description: Vehicles in stock,", "AUT506", "`reply` is an outcome or a field"),
        ("search: {description: Vehicles in stock,", "failed: {description: Vehicles in stock,", "AUT506", "`failed` is an outcome or a field"),
        ("description: A visit, ", "", "AUT506", "required"),
    ],
)  # fmt: skip
def test_what_does_not_fit_a_tool_is_found(old: str, new: str, code: str, says: str) -> None:
    assert FLOW.count(old) == 1
    assert says in found(FLOW.replace(old, new)).get(code, "nothing")


def test_a_model_that_asks_for_a_tool_changes_nothing_without_approval() -> None:
    told = found(without_approval("2026-11-30"))
    assert set(told) == {"AIG003"}
    assert told["AIG003"].startswith("`book` runs because a model ended `turn.visit`")


def test_what_a_model_chose_reaches_no_system_of_record_without_approval() -> None:
    told = found(without_approval("${turn.arguments.visit.day}"))
    assert set(told) == {"AIG002", "AIG003"}
    assert "`book` through `turn.arguments.visit.day`" in told["AIG002"]


@pytest.mark.parametrize("read", ["${talk.last.reply}", "${talk.last.conversation[0].text}"])
def test_a_loops_output_carries_what_a_model_wrote(read: str) -> None:
    more = f'  keep: {{needs: talk, uses: visit.write, with: {{day: "{read}"}}}}\n'
    assert set(found(FLOW.replace("output: {reply", more + "output: {reply"))) == {"AIG002"}


def test_what_one_round_gives_to_the_next_is_followed_through_it() -> None:
    """Only the third round writes what the first one's model chose."""
    text = FLOW.replace(
        "        booked: ${outcome.?book.hasValue()}\n",
        "        booked: ${previous.?later.orValue('')}\n"
        "        later: ${turn.?arguments.?search.?make.orValue('')}\n",
    ).replace(
        "        person:\n",
        "        note: {needs: look, uses: visit.write, with: {day: \"${previous.?booked.orValue('')}\"}}\n        person:\n",
    )
    told = found(text)
    assert "llm_generated" in told["AIG002"]
    assert "`previous.booked`" in told["AIG002"]


@pytest.mark.parametrize(
    ("condition", "codes"),
    [
        ("outcome.turn == 'visit'", {"AIG003"}),
        ("outcome.?look == optional.of('ok')", {"AIG003"}),
        ("outcome.?agreed == optional.of('approved')", set()),
        ("outcome.turn == 'ok'", {"AIG003"}),
    ],
)
def test_a_choice_that_leaves_the_loop_as_a_value_is_still_the_models(
    condition: str, codes: set[str]
) -> None:
    more = """  which: {needs: talk, switch: {yes: talk.last.booked, no: else}}
  keep: {needs: which.yes, uses: visit.write, with: {day: "2026-11-30"}}
  none: {needs: which.no, wait: 1m}
"""
    text = FLOW.replace("booked: ${outcome.?book.hasValue()}", f"booked: ${{{condition}}}")
    assert set(found(text.replace("  late:", more + "  late:"))) == codes


CALLED = """
        book:
          needs: turn.visit
          call: book-visit
"""
CHANGES = {"uses": "visit.write", "with": {"day": "2026-11-30"}}
ASKS = {"approve": {"role": "bdc", "timeout": "1h"}}


@pytest.mark.parametrize(
    ("steps", "codes"),
    [
        ({"note": CHANGES}, {"AIG003"}),
        ({"each": {"repeat": {"max": 2, "until": "index == 1", "steps": {"note": CHANGES}}}}, {"AIG003"}),
        ({"other": {"call": "deeper"}}, {"AIG003"}),
        ({"wait": {"wait": "1m"}}, set()),
        ({"ask": ASKS, "note": {"needs": "ask.approved", **CHANGES}}, set()),
        ({"ask": ASKS, "w": {"wait": "1m"}, "note": {"needs": {"any": ["ask.approved", "w"]}, **CHANGES}}, {"AIG003"}),
        ({"ask": ASKS, "late": {"needs": "ask.approved", "wait": "1m"}, "note": {"needs": "late", **CHANGES}}, set()),
    ],
)  # fmt: skip
def test_a_called_workflow_that_changes_things_needs_approval_too(
    steps: dict[str, object], codes: set[str]
) -> None:
    def made(name: str, of: dict[str, object]) -> Workflow:
        return load({"auterity": 1, "name": name, "steps": of})

    begin, end = FLOW.index("        agreed:"), FLOW.index("        person:")
    text = FLOW[:begin] + CALLED.lstrip("\n") + FLOW[end:]
    text = text.replace(", agreed.rejected, agreed.timeout", "")
    children = [made("book-visit", steps), made("deeper", {"note": CHANGES})]
    registry = REGISTRY.extended(workflows=children)
    report = check_document(load_document(text, file="stock.yaml"), registry).report
    assert {each.code for each in report.diagnostics} == codes


def test_numbers_of_the_state_reach_no_model_through_a_conversation() -> None:
    text = FLOW.replace(
        "input: {question: {", "input: {credit: {type: string, x-data-class: credit}, question: {"
    ).replace("found: ${look.?names.orValue([])}", "found: ${[input.credit]}")
    assert "PRV001" in found(text)

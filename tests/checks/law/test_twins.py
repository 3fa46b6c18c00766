"""Each shipped workflow has a broken twin: one change, on which exactly the named rules fire."""

from pathlib import Path

import pytest

from auterity_sdk.checks.check import check_document
from auterity_sdk.runtime.plugins import builtin_registry
from auterity_sdk.runtime.project import workflow_files
from auterity_sdk.steps.output import Output
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.declaration import argument, declare, effect, label
from auterity_sdk.workflow.document import load_document

WORKFLOWS = Path(__file__).parents[3] / "workflows"


class Guessed(Output):
    """What a model thinks a car is worth."""

    text: str


@step(
    name="model.guess",
    declares=declare(
        effects=[effect("llm", boundary="external", text=argument("prompt"))],
        labels=[label("llm_generated", "text")],
    ),
)
def guess(prompt: str) -> Guessed:
    """Ask a model for a price."""
    return Guessed(text=prompt)


@step(name="offer.bind", declares=declare(effects=[effect("commit", text=argument("text"))]))
def bind(text: str) -> None:
    """Make an offer that binds."""


REGISTRY = builtin_registry().extended([guess, bind])

GATE_BEFORE_THE_WAIT = """
  overnight:
    needs: hours.open
    wait: 24h

  consent:
    needs: overnight
"""
GUESSED = """
  guess:
    uses: model.guess
    with: {prompt: "What is a used car worth?"}
    timeout: 1m
  bind:
    needs: guess
    uses: offer.bind
    with: {text: "${guess.text}"}
  by_hand:
    needs: guess.failed
    uses: task.assign
    with: {role: used_car_manager, due: 4h, title: Price it}

  estimate:
"""

OFFERED = """
        bind:
          needs: turn.propose_visit
          uses: offer.bind
          with: {text: "${turn.arguments.propose_visit.time}"}

        book:
          needs: visit.approved
"""

TWINS = {
    "the gate is asked before a wait of 24 hours": (
        "lead-response.yaml",
        "\n  consent:\n    needs: hours.open\n",
        GATE_BEFORE_THE_WAIT,
        {"COM003", "AUT342"},
    ),
    "stop is left to somebody who may forget it": (
        "lead-response.yaml",
        "      said: stop\n",
        "      said: 'yes'\n      purpose: marketing\n",
        {"COM005"},
    ),
    "the text sells": (
        "lead-response.yaml",
        "      body: >-\n        Hi",
        "      purpose: marketing\n      body: >-\n        Hi",
        {"COM001"},
    ),
    "a model writes in a person's name": (
        "lead-response.yaml",
        "${draft.?message.orValue(",
        "${draft.?text.orValue(",
        {"AIG001"},
    ),
    "the lead's comments go to a model as they are": (
        "lead-response.yaml",
        "    uses: ai.classify\n    with:\n      text: ${comments.text}\n",
        "    uses: ai.classify\n    with:\n      text: ${input.lead.comments}\n",
        {"PRV002"},
    ),
    "the reminder holds a promotion": (
        "service-reminder.yaml",
        "Reply C to confirm",
        "Brakes are 20% off this week. Reply C to confirm",
        {"COM015"},
    ),
    "a model's number goes straight into an offer": (
        "trade-in-appraisal.yaml",
        "\n  estimate:\n",
        GUESSED,
        {"AIG002"},
    ),
    "what a customer wrote goes to a model as it is": (
        "message-triage.yaml",
        "    uses: ai.classify\n    with:\n      text: ${scrubbed.text}\n",
        "    uses: ai.classify\n    with:\n      text: ${input.message}\n",
        {"PRV002"},
    ),
    "what a customer writes in a conversation goes to a model as it is": (
        "service-chat.yaml",
        "            text: ${scrubbed.text}\n",
        "            text: ${previous.?message.orValue(input.message)}\n",
        {"PRV002"},
    ),
    "a model that asks for a visit has an offer made, and chooses its words": (
        "stock-questions.yaml",
        "        book:\n          needs: visit.approved\n",
        OFFERED,
        {"AIG002", "AIG003"},
    ),
}


def found(text: str, name: str) -> set[str]:
    report = check_document(load_document(text, file=name), REGISTRY).report
    return {each.code for each in report.diagnostics}


@pytest.mark.parametrize("twin", TWINS)
def test_just_the_named_rules_fire_on_a_twin(twin: str) -> None:
    name, sound, broken, expected = TWINS[twin]
    text = (WORKFLOWS / name).read_text(encoding="utf-8")
    assert text.count(sound) == 1
    assert found(text, name) == set()
    assert found(text.replace(sound, broken), name) == expected


def test_each_shipped_workflow_has_a_twin() -> None:
    assert {name for name, *_ in TWINS.values()} == {
        each.name for each in workflow_files((WORKFLOWS,))
    }

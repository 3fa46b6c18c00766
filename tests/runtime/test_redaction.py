"""Personal data in a run's events is masked by its class: by types, by what expressions read, by names, by looks."""

from __future__ import annotations

from typing import Any

from auterity_sdk.ai.language_model import LanguageModel
from auterity_sdk.ai.prices import Prices
from auterity_sdk.connections.memory import MemoryConnections
from auterity_sdk.runs.journal import to_line
from auterity_sdk.runtime.attempt import World
from auterity_sdk.runtime.inspection import inspect
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.plugins import builtin_registry
from auterity_sdk.testing.scripted_model import ScriptedModel
from tests.runtime.worlds import STEPS, workflow, world

REGISTRY = builtin_registry().extended(STEPS)
TEXT = """
input:
  lead: Lead
  pay: {type: number, x-data-class: credit}
  ssn: string
  note: {type: string, default: ""}
steps:
  a: {uses: echo, with: {text: "Hi ${input.lead.customer.first_name}"}}
  b: {needs: a, uses: add, with: {n: "${int(input.pay) * 12}"}}
  each:
    needs: b
    for_each: {in: "[input.lead.customer.phone]", steps: {t: {uses: echo, with: {text: "${item}"}}}, output: {to: "${t.text}"}}
  c: {needs: each, uses: quote, with: {text: "of ${input.note}"}}
  d: {needs: c.failed, uses: echo, with: {text: plain}}
output: {to: "${input.lead.customer.phone}", said: "${a.text}", fine: "${d.text}"}
"""
CUSTOMER = {"first_name": "Quentin", "phone": "+14195550188", "email": "q@example.com"}
LEAD = {"id": "l1", "source": "web", "received_at": "2026-11-23T14:05:00Z", "customer": CUSTOMER}
INPUT: dict[str, Any] = {
    "lead": LEAD,
    "pay": 54170983.0,
    "ssn": "123-45-6789",
    "note": "Quentin (123-45-6789, mail to other@example.com)",
}
CLEAR = (
    "Quentin",
    "4195550188",
    "q@example.com",
    "54170983",
    "650051796",
    "123-45-6789",
    "other@example",
)


async def looked(reveal: bool) -> tuple[str, Any]:
    runtime = LocalRuntime(world(registry=REGISTRY))
    view = await runtime.run(workflow(TEXT), INPUT, to_the_end=True)
    assert view.status == "succeeded", view.error
    found = await inspect(runtime, view.run_id, reveal=reveal)
    return "\n".join(map(to_line, found.events)), found.view()


async def test_nothing_personal_is_in_the_masked_journal_or_its_view() -> None:
    text, view = await looked(reveal=False)
    assert [clear for clear in CLEAR if clear in text] == []
    assert [clear for clear in CLEAR if clear in str(view.as_data())] == []
    assert view.output == {"to": "[contact]", "said": "[identity]", "fine": "plain"}
    assert view.input["pay"] == "[credit]"
    assert view.input["ssn"] == "[government_id]"


async def test_all_is_there_where_it_is_asked_for() -> None:
    text, view = await looked(reveal=True)
    assert [clear for clear in CLEAR if clear not in text] == []
    assert view.output["to"] == "+14195550188"


async def test_an_error_that_quotes_a_value_is_masked_and_keeps_its_other_words() -> None:
    _, view = await looked(reveal=False)
    [step] = [step for step in view.walk() if step.path == "c"]
    assert step.error.message == "refused: of [identity] ([government_id], mail to [contact])"


async def test_what_is_not_personal_stays() -> None:
    _, view = await looked(reveal=False)
    steps = {step.path: step for step in view.walk()}
    assert steps["d"].arguments == {"text": "plain"}
    assert steps["each"].output["failures"] == []
    assert view.input["lead"]["source"] == "web"


TALK = """
input: {question: {type: string, x-data-class: free_text}, score: {type: number, x-data-class: credit}}
steps:
  talk:
    repeat:
      max: 2
      until: index == 1
      steps:
        say:
          uses: ai.chat
          with: {prompt: Answer, text: "${input.question}", so_far: "${previous.?said.orValue([])}", facts: {hours: 9 to 5}}
        read: {uses: echo, with: {text: "${input.score > 1.0 ? 'high-credit' : 'low-credit'}"}}
      output: {said: "${say.?conversation.orValue([])}", from: assistant, rated: "${read.text}", both: "${[read.text, say.reply]}"}
output: {rounds: "${talk.rounds}", from: "${talk.last.from}", rated: "${talk.last.rated}"}
"""


async def test_what_a_loop_carries_is_masked_by_the_types_that_it_was_read_with() -> None:
    model = ScriptedModel(reply=lambda _: {"reply": "We are here 9 to 5.", "person": False})
    connections = MemoryConnections({LanguageModel: model, Prices: Prices()})
    runtime = LocalRuntime(World(REGISTRY, connections))
    given = {"question": "When are you here?", "score": 712.5}
    view = await runtime.run(workflow(TALK), given, to_the_end=True)
    assert view.status == "succeeded", view.error
    found = await inspect(runtime, view.run_id, reveal=False)
    text = "\n".join(map(to_line, found.events))
    clear = ("When are you", "We are here", "high-credit", "712.5")
    assert [each for each in clear if each in text] == []
    assert found.view().output == {"rounds": 2, "from": "assistant", "rated": "[credit]"}
    talked = next(step for step in found.view().walk() if step.path == "talk")
    assert [turn["role"] for turn in talked.output["last"]["said"]] == ["user", "assistant"] * 2
    assert {turn["text"] for turn in talked.output["last"]["said"]} == {"[free_text]"}
    assert talked.output["last"]["from"] == "assistant"

"""Labelled cases: what is right, what is wrong and why, and what it took."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from auterity_sdk.ai.language_model import Answer, LanguageModel, Usage
from auterity_sdk.ai.prices import Prices, Rate
from auterity_sdk.ai.request import Classify, Request
from auterity_sdk.errors import UsageError
from auterity_sdk.testing.cases.mistake import InvalidTests
from auterity_sdk.testing.evaluation.cases import read_cases
from auterity_sdk.testing.evaluation.evaluate import Subject, evaluate
from auterity_sdk.testing.evaluation.score import Evaluated, StepScore
from auterity_sdk.testing.rehearsal import Rehearsed
from auterity_sdk.testing.scripted_model import ScriptedModel

FLOW = """\
auterity: 1
name: flow
input: {message: string}
steps:
  intent:
    uses: ai.classify
    with: {text: "${input.message}", labels: {buy: wants a car, service: wants a repair}}
    timeout: 1m
  route:
    needs: intent
    switch: {buy: "intent.label == 'buy'", service: else}
  when:
    needs: route.buy
    uses: ai.extract
    with: {text: "${input.message}", output: {day: {type: string, format: date}}}
    timeout: 1m
  unsure:
    needs: {any: [intent.invalid, intent.refused, intent.over_budget, intent.failed, when.invalid, when.refused, when.over_budget, when.failed]}
    wait: 1ms
ends: {dated: when, repaired: route.service, unsure: unsure}
"""
HEAD = "auterity_eval: 1\ndefaults: {now: 2026-11-24T10:00-06:00}\ncases:\n"
USAGE = Usage(100, 20)
RATES = Prices({("scripted", "scripted-1"): Rate(Decimal(10), Decimal(30))})


def reply(request: Request) -> Answer:
    """Whoever writes `buy` wants to buy; a text with `?` has no answer of the form."""
    text = request.task.text if isinstance(request.task, Classify) else ""
    said = '{"day": "2026-11-27"}'
    if text:
        label = "buy" if "buy" in text else "service"
        said = "?" if "?" in text else f'{{"label": "{label}", "confidence": 0.5}}'
    return Answer(text=said, usage=USAGE, provider="scripted", model="scripted-1")


def scores(
    folder: Path, cases: str, model: LanguageModel | None = None, flow: str = FLOW
) -> dict[str, StepScore]:
    return dict(evaluated(folder, cases, model, flow).by_step)


def evaluated(
    folder: Path, cases: str, model: LanguageModel | None = None, flow: str = FLOW
) -> Evaluated:
    (folder / "flow.yaml").write_text(flow)
    (folder / "flow.cases.yaml").write_text(HEAD + cases)
    asked = model or ScriptedModel(reply=reply)
    subject = Subject("flow", Rehearsed.load(folder / "flow.yaml"), lambda _: asked, RATES)
    return evaluate(subject, read_cases(folder / "flow.cases.yaml"))


def test_right_and_wrong_by_step_and_why(tmp_path: Path) -> None:
    found = scores(
        tmp_path,
        "  - {id: one, input: {message: buy}, expect: {intent: {label: buy}, when: {day: 2026-11-27}}}\n"
        "  - {id: two, input: {message: fix}, expect: {intent: {label: buy}, when: {day: 2026-11-27}}}\n"
        "  - {id: three, input: {message: '?'}, expect: {intent: {label: buy, confidence: 1}}}\n"
        "  - {id: four, input: {message: '?'}, expect: {intent: {outcome: invalid}}}\n",
    )
    intent, when = found["intent"], found["when"]
    assert (intent.count, intent.right, intent.wrong) == (4, 2, ("two", "three"))
    assert (when.count, when.right, when.wrong) == (2, 1, ("two",))
    assert intent.accuracy == 0.5
    assert [
        (m.case, m.field, m.expected, m.was, m.why) for m in (*intent.misses, *when.misses)
    ] == [
        ("two", "intent.label", "buy", "service", ""),
        ("three", "intent.label", "buy", None, "invalid"),
        ("three", "intent.confidence", 1, None, "invalid"),
        ("two", "when.day", "2026-11-27", None, "not reached"),
    ]


def test_what_the_calls_took(tmp_path: Path) -> None:
    found = scores(
        tmp_path,
        "  - {id: one, input: {message: buy}, expect: {intent: {label: buy}, when: {day: 2026-11-27}}}\n"
        "  - {id: two, input: {message: '?'}, expect: {intent: {label: buy}}}\n",
    )
    intent = found["intent"]
    # The answer that was of no form was asked for twice.
    assert (intent.input_tokens, intent.output_tokens) == (300, 60)
    assert intent.usd == pytest.approx((300 * 10 + 60 * 30) / 1_000_000)
    assert intent.models == ("scripted/scripted-1",)
    assert len(intent.seconds) == 2
    half, most = intent.milliseconds(50), intent.milliseconds(95)
    assert half is not None
    assert most is not None
    assert 0 < half <= most
    assert found["when"].input_tokens == 100


def test_a_price_that_is_not_known_is_no_zero(tmp_path: Path) -> None:
    def other(request: Request) -> Answer:
        made = reply(request)
        return Answer(text=made.text, usage=USAGE, provider="scripted", model="new-1")

    cases = "  - {id: one, input: {message: fix}, expect: {intent: {label: service}}}\n"
    found = scores(tmp_path, cases, ScriptedModel(reply=other))
    assert found["intent"].usd is None
    assert found["intent"].right == 1


def test_other_steps_do_what_the_cases_say(tmp_path: Path) -> None:
    asking = '  ask: {needs: intent, uses: http.request, with: {url: "https://x.example"}, timeout: 1m}\n'
    flow = FLOW.replace("  route:\n    needs: intent\n", asking + "  route:\n    needs: ask\n")
    flow = flow.replace("any: [intent.invalid", "any: [ask.failed, intent.invalid")
    script = "{ask: {returns: {status: 200, text: x}}}"
    expect = "{when: {day: 2026-11-27}}"
    case = f"  - {{id: one, input: {{message: buy}}, steps: {script}, expect: {expect}}}\n"
    assert scores(tmp_path, case, flow=flow)["when"].right == 1
    [miss] = scores(tmp_path, case.replace(f"steps: {script}, ", ""), flow=flow)["when"].misses
    assert miss.why == "not reached"


def test_what_comes_later_is_read_too(tmp_path: Path) -> None:
    flow = """\
auterity: 1
name: flow
steps:
  desk: {approve: {role: desk, title: Ask them?, timeout: 1h}}
  reply: {needs: desk.approved, receive: {event: sms.received, timeout: 1d}}
  intent:
    needs: reply.received
    uses: ai.classify
    with: {text: "${reply.body}", labels: {buy: wants a car, service: wants a repair}}
    timeout: 1m
  over: {needs: {any: [desk.rejected, desk.timeout, reply.timeout, intent.invalid, intent.refused, intent.over_budget, intent.failed]}, wait: 1ms}
ends: {read: intent, over: over}
"""
    case = (
        "  - {id: one, people: [{role: desk, after: 5m}], "
        "events: [{send: sms.received, with: {body: buy}, after: 2h}], expect: {intent: {label: buy}}}\n"
    )
    assert scores(tmp_path, case, flow=flow)["intent"].right == 1
    with pytest.raises(InvalidTests, match="no step waits for the event"):
        scores(tmp_path, case.replace("sms.received,", "sms.recived,"), flow=flow)


def test_a_run_that_cannot_begin_is_wrong_and_says_why(tmp_path: Path) -> None:
    found = scores(tmp_path, "  - {id: one, input: {}, expect: {intent: {label: buy}}}\n")
    [miss] = found["intent"].misses
    assert "message" in miss.why


def test_the_lowest_step_counts(tmp_path: Path) -> None:
    of = evaluated(
        tmp_path,
        "  - {id: one, input: {message: buy}, expect: {intent: {label: buy}, when: {day: x}}}\n",
    )
    assert of.lowest == 0.0


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (
            "{id: a, input: {mesage: x}, expect: {intent: {label: buy}}}",
            "4:21: `mesage` is no input",
        ),
        ("{id: a, expect: {intnt: {label: buy}}}", "4:22: there is no step `intnt` (a similar"),
        ("{id: a, expect: {intent: {outcome: sure}}}", "4:40: `intent` has no outcome `sure`"),
        (
            "{id: a, steps: {whn: {outcome: ok}}, expect: {intent: {label: buy}}}",
            "4:21: there is no step `whn`",
        ),
        (
            "{id: a, steps: {when: {outcome: no}}, expect: {intent: {label: buy}}}",
            "`no` is none of the",
        ),
        ("{id: a, expct: {}}", "4:13: unknown key `expct` (a similar key exists: `expect`)"),
        ("{id: a, expect: {}}", "4:21: `cases.0.expect`"),
        ("{id: a}", "4:5: the key `expect` is missing"),
        ("{id: a, now: soon, expect: {intent: {label: buy}}}", "4:18: `cases.0.now`: a time is"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, case: str, said: str) -> None:
    with pytest.raises(InvalidTests) as caught:
        scores(tmp_path, f"  - {case}\n")
    assert said in str(caught.value)


def test_two_cases_have_no_id_in_common(tmp_path: Path) -> None:
    one = "  - {id: a, input: {message: x}, expect: {intent: {label: buy}}}\n"
    with pytest.raises(InvalidTests, match="several cases have the id a"):
        scores(tmp_path, one * 2)


def test_a_file_without_cases_says_what_it_should_be(tmp_path: Path) -> None:
    for text, said in (
        ("[]", "a file of cases is a map"),
        ("auterity_eval: 1", "`cases` is missing"),
    ):
        (tmp_path / "x.cases.yaml").write_text(text)
        with pytest.raises(InvalidTests, match=said):
            read_cases(tmp_path / "x.cases.yaml")
    with pytest.raises(UsageError, match="cannot be read"):
        read_cases(tmp_path / "none.yaml")


def test_a_case_has_a_time(tmp_path: Path) -> None:
    (tmp_path / "flow.yaml").write_text(FLOW)
    text = "auterity_eval: 1\ncases:\n  - {id: a, input: {message: x}, expect: {intent: {label: buy}}}\n"
    (tmp_path / "flow.cases.yaml").write_text(text)
    model: Any = ScriptedModel(reply=reply)
    subject = Subject("flow", Rehearsed.load(tmp_path / "flow.yaml"), lambda _: model, RATES)
    with pytest.raises(InvalidTests, match="the case `a` has no time"):
        evaluate(subject, read_cases(tmp_path / "flow.cases.yaml"))

"""What a run can cost at the most, case by case."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from auterity_sdk.checks.check import Checked, check_document
from auterity_sdk.checks.policy import Policy
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.settings import Settings
from auterity_sdk.workflow.budget import NANO
from auterity_sdk.workflow.document import load_document

OWN = {
    "use": "openai",
    "base_url": "https://own.test/v1",
    "model": "m",
    "input_price": 1,
    "output_price": 10,
    "max_input_tokens": 10_000,
}
A_CALL = 0.02
"""10,000 tokens at a dollar for a million, and an answer of 1,000 at ten."""
TABLES: dict[str, dict[str, Any]] = {
    "llm": OWN,
    "chain": {**OWN, "model": "n", "fallback": ["llm"], "input_price": 0, "output_price": 5},
    "unknown": {"use": "openai", "base_url": "https://own.test/v1", "model": "nobody-knows-it"},
    "rules": {"use": "offline"},
    "free": {
        "use": "langchain",
        "runnable": "a:b",
        "model": "m",
        "input_price": 1,
        "output_price": 1,
    },
    "falls": {**OWN, "model": "f", "fallback": ["free"]},
}
CHILD = """
auterity: 1
name: child
input: {text: string}
steps: {s: {uses: ai.summarize, with: {text: "${input.text}"}}}
"""
HEAD = """
auterity: 1
name: demo
input:
  text: {type: string, default: ""}
  few: {type: array, items: string, maxItems: 4, default: []}
  any: {type: array, items: string, default: []}
"""


def check(steps: str, tmp_path: Path, more: str = "") -> Checked:
    (tmp_path / "workflows").mkdir(exist_ok=True)
    (tmp_path / "workflows" / "child.yaml").write_text(CHILD)
    registry = Project(tmp_path, Settings(connections=TABLES)).registry
    text = HEAD + more + "steps:\n" + steps
    return check_document(load_document(text, file="w.yaml"), registry, policy=Policy())


THRICE = "retry: {attempts: 3}"
SWITCH = "  p: {switch: {x: input.text == '', y: else}}"
S = '{uses: ai.summarize, with: {text: "${input.text}"}}'


@pytest.mark.parametrize(
    ("steps", "calls"),
    [
        (f"  a: {S}", 2),
        (f"  a: {S[:-1]}, retry: {{attempts: 5}}}}", 10),
        (f"  a: {S}\n  b: {S}", 4),
        (f"{SWITCH}\n  a: {{needs: p.x, {S[1:]}\n  b: {{needs: p.y, {S[1:-1]}, {THRICE}}}", 6),
        (f"  a: {{for_each: {{in: input.few, steps: {{s: {S}}}}}}}", 8),
        (f"  a: {{for_each: {{in: \"input.few.filter(i, i != '') + ['x']\", steps: {{s: {S}}}}}}}", 10),
        (f"  a: {{for_each: {{in: input.any, max: 3, more: '[item]', steps: {{s: {S}}}}}}}", 6),
        (f"  a: {{for_each: {{in: input.few, max: 9, steps: {{s: {S}}}}}}}", 8),
        (f"  a: {{repeat: {{max: 3, until: 'false', steps: {{s: {S}}}}}}}", 6),
        ('  a: {call: child, with: {text: "${input.text}"}, retry: {attempts: 2}}', 4),
        (f"  a: {{uses: http.request, with: {{url: 'https://x.test'}}, compensate: {S[:-1]}, {THRICE}}}}}", 6),
        (f"  a: {S[:-1]}, budget: {{usd: 0.03}}}}", 1.5),
        (f"  a: {S[:-1]}, budget: {{usd: 0.03, when_over: warn}}}}", 2),
        ('  a: {uses: ai.summarize, with: {text: "${input.text}", max_tokens: 2000}}', 3),
        ('  a: {uses: ai.classify, with: {text: "${input.text}", labels: [a, b]}}', 1.2),
        # Each member of a chain may have worked on a question: 0.005 and 0.02.
        ('  a: {uses: ai.summarize, with: {text: "${input.text}", connection: chain}}', 2.5),
    ],
)  # fmt: skip
def test_what_a_run_can_cost(steps: str, calls: float, tmp_path: Path) -> None:
    checked = check(steps, tmp_path)
    worst = checked.report.worst_case
    assert worst is not None, checked.report.diagnostics
    assert worst.unbounded == ()
    assert worst.nano == round(calls * A_CALL * NANO)
    assert worst.way


@pytest.mark.parametrize(
    ("steps", "place", "why"),
    [
        (f"  a: {{for_each: {{in: input.any, steps: {{s: {S}}}}}}}", "a.for_each.in", "any length"),
        (f"  a: {{repeat: {{until: 'false', steps: {{s: {S}}}}}}}", "a.repeat", "without `max`"),
        ('  a: {uses: ai.summarize, with: {text: "${input.text}", connection: unknown}}', "a.uses",
         "`nobody-knows-it` is not known"),
        ('  a: {uses: ai.summarize, with: {text: "${input.text}", model: "${input.text}"}}',
         "a.with.model", "only in a run"),
        ('  a: {uses: ai.extract, with: {output: {d: string}, pictures: "${input.any}"}}',
         "a.with.pictures", "any number of pictures"),
        ('  a: {uses: ai.summarize, with: {text: "${input.text}", connection: falls}}', "a.uses",
         "the runnable of `[connections.free]`"),
        ('  a: {uses: ai.embed, with: {texts: ["${input.text}"]}}', "a.uses", "how much it asks"),
    ],
)  # fmt: skip
def test_what_has_no_bound_is_named_with_its_place(
    steps: str, place: str, why: str, tmp_path: Path
) -> None:
    checked = check(steps, tmp_path)
    assert checked.report.worst_case is not None, checked.report.diagnostics
    [found] = checked.report.worst_case.unbounded
    assert ".".join(map(str, found.at.path)) == f"steps.{place}"
    assert why in found.why


@pytest.mark.parametrize(
    "steps",
    [
        "  a: {wait: 1h}",
        '  a: {uses: ai.summarize, with: {text: "${input.text}", connection: rules}}',
        "  a: {for_each: {in: input.any, steps: {s: {wait: 1h}}}}",
    ],
)
def test_of_what_costs_nothing_nothing_is_told(steps: str, tmp_path: Path) -> None:
    assert check(steps, tmp_path).report.worst_case is None


def test_a_budget_bounds_what_has_no_bound_of_its_own(tmp_path: Path) -> None:
    loop = f"  a: {{for_each: {{in: input.any, steps: {{s: {S}}}}}}}"
    worst = check(loop, tmp_path, "budget: {usd: 0.5}\n").report.worst_case
    assert worst is not None
    assert (worst.nano, worst.unbounded) == (NANO // 2, ())


def test_a_budget_does_not_bound_what_called_runs_take(tmp_path: Path) -> None:
    steps = f'  a: {S}\n  b: {{call: child, with: {{text: "${{input.text}}"}}}}'
    worst = check(steps, tmp_path, "budget: {usd: 0.01}\n").report.worst_case
    assert worst is not None
    assert worst.nano == round((0.01 + 2 * A_CALL) * NANO)


def codes(checked: Checked) -> list[tuple[str, str]]:
    wanted = ("AUT611", "AUT612")
    return [(each.code, each.message) for each in checked.report.diagnostics if each.code in wanted]


def test_a_budget_that_the_dearest_way_passes(tmp_path: Path) -> None:
    checked = check(f"  a: {S}", tmp_path, "budget: {usd: 0.039, per: day}\n")
    message = "this workflow can cost up to $0.04 a run, and its budget is $0.039 a day"
    assert codes(checked) == [("AUT611", message)]
    [found] = [each for each in checked.report.diagnostics if each.code == "AUT611"]
    assert found.location.path == ("budget", "usd")
    assert [each.label for each in found.trace] == ["`a` asks up to 2 times: $0.04"]
    assert codes(check(f"  a: {S}", tmp_path, "budget: {usd: 0.04}\n")) == []


def test_a_budget_of_what_has_no_bound(tmp_path: Path) -> None:
    loop = f"  a: {{for_each: {{in: input.any, steps: {{s: {S}}}}}}}"
    [(code, message)] = codes(check(loop, tmp_path, "budget: {usd: 9}\n"))
    assert (code, message[:14]) == ("AUT611", "nothing bounds")


def test_a_step_whose_budget_is_less_than_an_answer(tmp_path: Path) -> None:
    checked = check(f"  a: {S[:-1]}, budget: {{usd: 0.009}}}}", tmp_path)
    message = "`a` can never ask: an answer takes up to $0.01, and its budget is $0.009"
    assert codes(checked) == [("AUT612", message)]
    assert codes(check(f"  a: {S[:-1]}, budget: {{usd: 0.01}}}}", tmp_path)) == []
    warned = f"  a: {S[:-1]}, budget: {{usd: 0.009, when_over: warn}}}}"
    assert codes(check(warned, tmp_path)) == []

"""`more` of a `for_each`: what the checks hold it against, and what is known of the items that it adds."""

from __future__ import annotations

import pytest

from auterity_sdk.checks.check import Checked, check_document
from auterity_sdk.runtime.plugins import builtin_registry
from auterity_sdk.workflow.document import load_document

FLOW = """
auterity: 1
name: demo
input: {{lines: {{type: array, items: string}}, days: {{type: array, items: number}}}}
steps:
  each:
    for_each:
      in: input.lines
      {keys}
      steps:
        ask: {{approve: {{role: tech, title: "${{item}}?", form: {{found: {{type: array, items: string}}}}, timeout: 1d}}}}
        done: {{needs: {{any: [ask.approved, ask.rejected, ask.timeout]}}, wait: 1m}}
output: {{days: "${{input.days}}"}}
"""


def check(keys: str, text: str = FLOW) -> Checked:
    return check_document(load_document(text.format(keys=keys), file="w.yaml"), builtin_registry())


def codes(keys: str) -> list[str]:
    return [found.code for found in check(keys).report.diagnostics]


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ("{max: 9, more: ask.?found.orValue([])}", []),
        ("{max: 9, more: '[item]'}", []),
        ("{max: 9}", []),
        ("{more: ask.?found.orValue([])}", ["AUT206"]),
        ("{max: 9, more: item}", ["AUT404"]),
        ("{max: 9, more: input.days}", ["AUT404"]),
        ("{max: 9, more: ask.found}", ["AUT406", "AUT407"]),
        ("{max: 9, more: '${[item]}'}", ["AUT416"]),
        ("{max: 0}", ["AUT205"]),
    ],
)
def test_what_may_be_added(keys: str, found: list[str]) -> None:
    assert codes(keys[1:-1].replace(", more", "\n      more")) == found


def test_what_is_known_of_an_item_that_is_added_is_known_of_each() -> None:
    """A draft that a model wrote comes back as an item, and as the subject of an email."""
    text = """
auterity: 1
name: demo
input: {{subjects: {{type: array, items: string}}, to: string}}
steps:
  each:
    for_each:
      in: input.subjects
      {keys}
      steps:
        draft: {{uses: ai.draft, with: {{prompt: "A subject for an email", purpose: marketing}}, timeout: 1m}}
        mail:
          needs: draft
          uses: email.send
          with: {{to: "${{input.to}}", subject: "${{item}}", body: Hello, purpose: marketing}}
"""

    def laws(keys: str) -> list[str]:
        return [
            one.code for one in check(keys, text).report.diagnostics if one.code.startswith("COM")
        ]

    assert "COM011" not in laws("max: 9")
    assert "COM011" not in laws("max: 9\n      more: '[item]'")
    assert "COM011" in laws("max: 9\n      more: '[draft.text]'")


@pytest.mark.parametrize(
    ("output", "subject", "found"),
    [
        (
            '{a: "${draft.text}", b: "${previous.?a.orValue(\'\')}"}',
            "previous.?b.orValue('')",
            True,
        ),
        (
            '{a: "${draft.text}", b: "${previous.?b.orValue(\'\')}"}',
            "previous.?b.orValue('')",
            False,
        ),
        ('{a: "${draft.text}", b: hello}', "previous.?b.orValue('')", False),
        ('{a: "${draft.text}"}', "string(previous)", True),
        ('"${draft}"', "previous.?text.orValue('')", True),
    ],
)
def test_what_a_round_passes_on_is_known_of_the_next(
    output: str, subject: str, found: bool
) -> None:
    """An output may read what the round before gave: what a model wrote goes on from round to round."""
    text = f"""
auterity: 1
name: demo
input: {{to: string}}
steps:
  loop:
    repeat:
      max: 3
      until: index == 2
      steps:
        draft: {{uses: ai.draft, with: {{prompt: "A subject for an email", purpose: marketing}}, timeout: 1m}}
        mail:
          needs: draft
          uses: email.send
          with: {{to: "${{input.to}}", subject: "${{{subject}}}", body: Hello, purpose: marketing}}
      output: {output}
ends: {{done: loop, over: loop.exhausted}}
"""
    report = check_document(load_document(text, file="w.yaml"), builtin_registry()).report
    assert ("COM011" in [one.code for one in report.diagnostics]) is found

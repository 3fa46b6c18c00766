"""Pictures: complete, and safe against what a file or a lead says."""

from __future__ import annotations

from auterity_sdk.workflow.render import mermaid, outline
from tests.workflow.workflows import graph

STEPS = {
    "sort": {"uses": "test.sort", "with": {"name": "x"}},
    "text": {"needs": "sort.new", "uses": "test.send", "with": {"to": "x"}},
    "each": {
        "needs": "text",
        "for_each": {"in": "[1]", "steps": {"inner": {"wait": "1d"}}},
    },
    "call": {"needs": {"any": ["sort.known", "text.failed"]}, "wait": "1h"},
}
ENDS = {"done": "each", "called": "call"}


def test_the_outline_shows_each_step_and_where_it_leads() -> None:
    assert [str(line) for line in outline(graph(STEPS, ends=ENDS))] == [
        "▶ sort  test.sort",
        "├─ new → text",
        "└─ known → call  (any)",
        "● text  test.send",
        "├─ failed → call  (any)",
        "└─ ok → each",
        "● call  wait 1h",
        "└─ ok → ■ called",
        "● each  for each of [1]",
        "│  ● inner  wait 1d",
        "└─ ok → ■ done",
    ]


def test_mermaid_has_every_step_edge_and_end() -> None:
    assert mermaid(graph(STEPS, ends=ENDS)).splitlines() == [
        "flowchart TD",
        '  step_sort["sort<br/>test.sort"]',
        '  step_text["text<br/>test.send"]',
        '  step_call(("call<br/>wait 1h"))',
        '  subgraph step_each["each: for each of #91;1#93;"]',
        '    step_each_inner(("inner<br/>wait 1d"))',
        "  end",
        '  step_sort -->|"new"| step_text',
        '  step_sort -->|"known (any)"| step_call',
        '  step_text -->|"failed (any)"| step_call',
        '  step_text -->|"ok"| step_each',
        '  end0(["done"])',
        '  end1(["called"])',
        '  step_each -->|"ok"| end0',
        '  step_call -->|"ok"| end1',
    ]


def test_no_text_becomes_markup() -> None:
    hostile = '"]; click step_a href "javascript:alert(1)"\n<img src=x onerror=alert(1)>`%%{init}%%'
    drawn = mermaid(graph({"a": {"uses": hostile}}))
    (line,) = [line for line in drawn.splitlines() if line.startswith("  step_a")]
    label = line.removeprefix('  step_a["a<br/>').removesuffix('"]')
    assert not set(label) & set('"<>[]{}`%\n')
    assert len(drawn.splitlines()) == 2


def test_a_cycle_is_drawn_as_it_is_written() -> None:
    made = graph({"a": {"needs": "b", "wait": "1d"}, "b": {"needs": "a", "wait": "1d"}})
    assert len(list(outline(made))) == 4
    assert mermaid(made).count("-->") == 2

"""The text of a finding, where an example of the rules shows less."""

from __future__ import annotations

from auterity_cli.output.text import findings
from auterity_sdk.diagnostics import Diagnostic, Location, Report, Severity
from auterity_sdk.workflow.document import load_document

SOURCE = load_document("auterity: 1\nname: x\nsteps:\n  a: {wait: 1h}\n", file="x.yaml").source


def shown(*trace: Location, related: tuple[Location, ...] = ()) -> list[str]:
    found = Diagnostic(
        "AUT304",
        "unreachable-step",
        Severity.ERROR,
        "said",
        Location(("steps", "a"), "key"),
        notes=("noted",),
        trace=trace,
        related=related,
    )
    return [line.plain for line in findings(Report(SOURCE, (found,)))]


def test_a_counter_example_is_told_step_by_step() -> None:
    lines = shown(
        Location(("name",), label="the run begins"),
        Location(("steps", "a"), "key", label="`a` ends in \x1b[0m"),
    )
    trace = " = trace: 1. the run begins (line 2)\n           2. `a` ends in \\x1b[0m (line 4)"
    assert [line for line in lines if "trace" in line] == [f" {trace}"]


def test_a_long_one_is_cut() -> None:
    text = "\n".join(shown(*(Location(("name",), label=f"step {n}") for n in range(40))))
    assert "30. step 29 (line 2)" in text
    assert "… and 10 more" in text
    assert "step 30 " not in text


def test_what_is_shown_with_its_line_is_not_told_again() -> None:
    step = Location(("name",), label="the run begins")
    lines = shown(step, related=(step,))
    assert [line for line in lines if "the run begins" in line] == ["  |       - the run begins"]

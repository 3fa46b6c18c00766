"""What runs exercise, how much that is, and its picture."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from auterity_sdk.testing.cases.play import Suite
from auterity_sdk.testing.coverage.coverage import Coverage, coverage, share
from auterity_sdk.testing.coverage.elements import elements
from auterity_sdk.testing.coverage.picture import picture
from tests.testing.flows import HEAD, written

ROOT = Path(__file__).parents[3]
SHIPPED = sorted((ROOT / "workflows").glob("*.test.yaml"))

TASK = "{uses: task.assign, with: {role: x, due: 5m, title: t}"
LOOP = HEAD + (
    "input: {lenders: {type: array, items: string}}\n"
    "steps:\n"
    "  all:\n"
    "    for_each:\n"
    "      in: input.lenders\n"
    "      until_failures: 5\n"
    "      steps:\n"
    f"        ask: {TASK}, retry: {{attempts: 2, initial: 1s}}}}\n"
    f"        again: {TASK}, needs: ask.failed}}\n"
    f"  book: {TASK}, needs: all, when: size(input.lenders) > 1, compensate: {TASK}}}}}\n"
    f"  last: {TASK}, needs: {{any: [book, book.skipped]}}}}\n"
)


def covered(folder: Path, cases: str, workflow: str = LOOP) -> Coverage:
    suite = Suite.load(written(folder, workflow, cases))
    played = [suite.play(name) for name in suite.names]
    assert [each.shortfalls for each in played] == [()] * len(played)
    return coverage(suite.of.checked, [p.rehearsal.journal() for p in played if p.rehearsal])


def missing(of: Coverage) -> set[str]:
    return {element.name for element in of.missing}


def test_steps_of_loops_failures_and_compensations_count(tmp_path: Path) -> None:
    of = covered(tmp_path, "  one: {input: {lenders: [a]}, expect: {}}\n")
    assert missing(of) == {
        "all/ask.failed",
        "all/ask retried",
        "all/again.ok",
        "all/ask.failed → again",
        "book.ok",
        "book undone",
        "book.ok → last",
    }
    assert of.count("failure") == (0, 3)
    assert of.percent == share(*of.count())


def test_all_is_covered_once_every_path_is_played(tmp_path: Path) -> None:
    cases = (
        "  one: {input: {lenders: [a]}, steps: {all/ask: {raises: network}}, expect: {}}\n"
        "  two: {input: {lenders: [a, b]}, steps: {last: {raises: refused}},"
        " expect: {error: refused}}\n"
        "  three: {input: {lenders: [a, b]}, expect: {}}\n"
    )
    of = covered(tmp_path, cases)
    assert missing(of) == set()
    assert of.percent == 100


def test_a_way_into_a_loop_begins_with_the_way_to_the_loop(tmp_path: Path) -> None:
    flow = LOOP.replace("  all:\n", "  pick: {switch: {go: size(input.lenders) > 0, stop: else}}\n"
                        "  all:\n    needs: pick.go\n")  # fmt: skip
    flow += "ends: {well: {any: [last, pick.stop]}}\n"
    of = covered(tmp_path, "  one: {input: {lenders: []}, expect: {}}\n", flow)
    named = {element.name: way for element, way in of.suggested.items()}
    assert named["all/ask.failed → again"].choices == (("pick", "go"), ("all/ask", "failed"))
    assert named["all/ask retried"].choices == (("pick", "go"),)
    assert "may be retried" in named["all/ask retried"].then


def test_what_no_run_comes_to_is_not_asked_for(tmp_path: Path) -> None:
    flow = HEAD + (
        "steps:\n"
        '  pick: {switch: {left: "true", right: else}}\n'
        "  a: {needs: pick.left, wait: 1h}\n"
        "  b: {needs: pick.right, wait: 1h}\n"
    )
    of = covered(tmp_path, "  one: {expect: {}}\n", flow)
    assert {element.name for element in of.impossible} == {"pick.right", "b.ok", "pick.right → b"}
    assert of.percent == 100


def test_only_all_is_a_hundred_percent() -> None:
    assert share(0, 0) == 100
    assert share(99_999, 100_000) == 99.9
    assert share(1, 3) == 33.3


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_the_tests_of_shipped_workflows_cover_them(file: Path) -> None:
    suite = Suite.load(file)
    played = [suite.play(name) for name in suite.names]
    of = coverage(suite.of.checked, [p.rehearsal.journal() for p in played if p.rehearsal])
    assert of.percent >= 90, missing(of)
    assert set(of.runs) | set(of.impossible) == set(elements(suite.graph))


def test_a_picture_shows_what_is_covered(tmp_path: Path) -> None:
    of = covered(tmp_path, "  one: {input: {lenders: [a]}, expect: {}}\n")
    made = picture(of)
    ET.fromstring(made)  # noqa: S314 - our own
    assert f"flow: {of.percent:g} % covered" in made
    assert "✗ retried" in made
    for mark in ("full", "part", "none"):
        assert f'class="box does {mark}"' in made or f'class="box loop {mark}"' in made
    whole = covered(tmp_path, "  one: {expect: {elapsed: 1h}}\n", HEAD + "steps: {a: {wait: 1h}}\n")
    assert 'class="box waits full"' in picture(whole)
    assert 'class="box waits none"' not in picture(whole)

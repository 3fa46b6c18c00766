"""SVG pictures: nothing overlaps, every arrow is there, and no text of a file becomes markup."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auterity_sdk.checks.check import check_document
from auterity_sdk.runtime.plugins import builtin_registry
from auterity_sdk.runtime.project import workflow_files
from auterity_sdk.workflow.document import load_document
from auterity_sdk.workflow.graph import Graph, build_graph
from auterity_sdk.workflow.model import load
from auterity_sdk.workflow.render import Marks, svg
from auterity_sdk.workflow.render.drawing import arrows
from auterity_sdk.workflow.render.layout import Link, laid_out
from auterity_sdk.workflow.render.placing import GAP, placed

ROOT = Path(__file__).parents[2]
FILES = list(workflow_files((ROOT / "workflows", ROOT / "tests" / "corpus" / "sound")))
NAMESPACE = "{http://www.w3.org/2000/svg}"


def graph_of(file: Path) -> tuple[Graph, str]:
    checked = check_document(load_document(file.read_bytes(), file=str(file)), builtin_registry())
    assert checked.graph is not None
    assert checked.workflow is not None
    return checked.graph, checked.workflow.name


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_step_end_and_arrow_is_drawn(file: Path) -> None:
    graph, name = graph_of(file)
    picture = ET.fromstring(svg(graph, name))  # noqa: S314 - our own
    names = {each.text for each in picture.iter(f"{NAMESPACE}text") if each.get("class") == "name"}
    for inner in graph.walk():
        for step in (*inner.nodes, *inner.ends):
            assert step in names or any(str(n).rstrip("…") == step[:35] for n in names)
    drawn = [p for p in picture.iter(f"{NAMESPACE}path") if str(p.get("class")).startswith("arrow")]
    assert len(drawn) == sum(1 for inner in graph.walk() for _ in arrows(inner))


_NAMES = [f"n{number}" for number in range(9)]


@st.composite
def pictures(draw: st.DrawFn) -> tuple[dict[str, tuple[float, float]], list[Link]]:
    names = _NAMES[: draw(st.integers(1, len(_NAMES)))]
    size = st.tuples(st.floats(10, 200), st.floats(10, 90))
    boxes = {name: draw(size) for name in names}
    pairs = draw(st.lists(st.tuples(st.sampled_from(names), st.sampled_from(names)), max_size=14))
    label = st.sampled_from([(0.0, 0.0), (40.0, 16.0), (110.0, 16.0)])
    return boxes, [Link(a, b, draw(label)) for a, b in pairs if a != b]


@settings(max_examples=150)
@given(pictures())
def test_boxes_and_labels_are_apart(
    picture: tuple[dict[str, tuple[float, float]], list[Link]],
) -> None:
    boxes, links = picture
    made = laid_out(boxes, links)
    taken = [(*made.corners[name], *size) for name, size in boxes.items()]
    for link, route in zip(links, made.routes, strict=True):
        (x, y), (wide, tall) = route.label, link.label
        if wide and list(boxes).index(link.source) < list(boxes).index(link.target):
            taken.append((x - wide / 2, y - tall / 2, wide, tall))
    for (x, y, w, h), (x2, y2, w2, h2) in itertools.combinations(taken, 2):
        apart = (
            x + w <= x2 + 0.01 or x2 + w2 <= x + 0.01 or y + h <= y2 + 0.01 or y2 + h2 <= y + 0.01
        )
        assert apart
    wide, tall = made.size
    for x, y, w, h in taken:
        assert x >= -0.01
        assert x + w <= wide + 0.01
        assert y >= -0.01
        assert y + h <= tall + 0.01


@given(st.lists(st.tuples(st.floats(-500, 500), st.floats(1, 100), st.floats(0.5, 9)), max_size=7))
def test_things_in_a_row_are_as_near_as_can_be(row: list[tuple[float, float, float]]) -> None:
    """Apart, in order, and no small move of a stretch of neighbours would be better."""
    wanted, widths, weights = ([each[part] for each in row] for part in range(3))
    middles = placed(wanted, widths, weights)
    room = [
        right - left - (w1 + w2) / 2 - GAP
        for (left, w1), (right, w2) in itertools.pairwise(zip(middles, widths, strict=True))
    ]
    assert all(gap >= -1e-6 for gap in room)

    def cost(at: list[float]) -> float:
        return sum(
            weight * (x - want) ** 2 for x, want, weight in zip(at, wanted, weights, strict=True)
        )

    for first in range(len(row)):
        for last in range(first + 1, len(row) + 1):
            for step in (-1e-3, 1e-3):
                if step < 0 and first and room[first - 1] < 1e-3:
                    continue
                if step > 0 and last < len(row) and room[last - 1] < 1e-3:
                    continue
                moved = [x + step * (first <= i < last) for i, x in enumerate(middles)]
                assert cost(moved) >= cost(middles) - 1e-6


_HOSTILE = [
    "</text><script>alert(1)</script>", '" onload="alert(1)', "]]><!--", "&lt;&#x3c;", "\x00\x1b\u202e",
    "\ud800", "<style>*{display:none}</style>", "\ufffe",
]  # fmt: skip


@settings(max_examples=100)
@given(st.one_of(st.sampled_from(_HOSTILE), st.text(max_size=60)))
def test_no_text_becomes_markup(text: str) -> None:
    written = text.encode(errors="ignore").decode() or "x"  # a file holds no lone surrogate
    graph = build_graph(
        load(
            {
                "auterity": 1,
                "name": "x",
                "steps": {
                    "a": {"approve": {"role": written, "timeout": "1h"}},
                    "b": {"needs": "a.approved", "receive": {"event": written}},
                },
            }
        ),
        builtin_registry(),
    )
    made = svg(graph, text, Marks(badges={"a": [(text, "none")]}, title=text))
    picture = ET.fromstring(made.encode())  # noqa: S314 - our own
    kinds = {each.tag.removeprefix(NAMESPACE) for each in picture.iter()}
    assert kinds <= {"svg", "title", "style", "rect", "g", "path", "text", "polygon"}
    assert sum(each.tag == f"{NAMESPACE}style" for each in picture.iter()) == 1
    for each in picture.iter():
        assert not {name for name in each.attrib if name.startswith("on") or "href" in name}
    assert "\u202e" not in made


def test_a_picture_does_not_depend_on_hash_seeds() -> None:
    command = [sys.executable, "-m", "auterity_cli", "graph", "workflows/lead-response.yaml"]
    made = {
        subprocess.run(
            [*command, "--format", "svg"],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(made) == 1
    assert made.pop().startswith(b'<svg xmlns="http://www.w3.org/2000/svg"')


def test_a_cycle_is_drawn_all_the_same() -> None:
    boxes = {"a": (50.0, 20.0), "b": (50.0, 20.0)}
    made = laid_out(boxes, [Link("a", "b"), Link("b", "a")])
    assert len(made.routes) == 2
    assert laid_out({}, []).size == (0.0, 0.0)

"""A workflow as an SVG picture: steps in layers, arrows with their outcomes, loops as boxes around their bodies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from msgspec import Struct, field

from auterity_sdk.workflow.graph import Graph, Node
from auterity_sdk.workflow.render.drawing import Arrow, arrows, doing, in_order
from auterity_sdk.workflow.render.layout import Layout, Link, Point, Route, laid_out
from auterity_sdk.workflow.render.svg_style import BADGE, DETAIL, LABEL, NAME, STYLE
from auterity_sdk.workflow.render.svg_text import cut, safe, width
from auterity_sdk.workflow.step import ApproveStep, ReceiveStep, SwitchStep, WaitStep, WatchStep

Mark = Literal["", "full", "part", "none"]
"""How a thing is coloured: as nothing in particular, as done whole, in part, or not at all."""

MARGIN = 16.0
_PADDING = 12.0
_END = "end "


class Marks(Struct, frozen=True):
    """Colours. `steps` by path, `arrows` by (path of the source, outcome, target); `badges` stand below a step's name.

    `title` stands above the picture, `legend` below it.
    """

    steps: Mapping[str, Mark] = field(default_factory=dict)
    arrows: Mapping[tuple[str, str, str], Mark] = field(default_factory=dict)
    ends: Mapping[str, Mark] = field(default_factory=dict)
    badges: Mapping[str, Sequence[tuple[str, Mark]]] = field(default_factory=dict)
    title: str = ""
    legend: Sequence[tuple[str, Mark]] = ()


class _Box(Struct, frozen=True):
    """A step or an end, drawn from its own corner."""

    size: tuple[float, float]
    drawn: tuple[str, ...]


def svg(graph: Graph, name: str, marks: Marks = Marks()) -> str:  # noqa: B008 - it is frozen
    """The picture, complete in itself: no script, no link, no font from elsewhere."""
    drawing = _Drawing(marks)
    layout, lines = drawing.graph(graph, "")
    title = marks.title or name
    head = 30.0
    legend = [*_legend(marks.legend, layout.size[1] + head + 2 * MARGIN)]
    wide = max(layout.size[0], width(cut(title), NAME), _legend_width(marks.legend)) + 2 * MARGIN
    tall = layout.size[1] + head + 2 * MARGIN + (24 if legend else 0)
    left = (wide - layout.size[0]) / 2
    return "\n".join(
        [
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:.0f} {tall:.0f}" '
                f'width="{wide:.0f}" height="{tall:.0f}" role="img">'
            ),
            f"<title>{safe(title)}</title>",
            f"<style>{STYLE}</style>",
            f'<rect class="paper" width="{wide:.0f}" height="{tall:.0f}"/>',
            _text(cut(title), MARGIN, MARGIN + NAME, "title", anchor="start"),
            f'<g transform="translate({left:.1f} {MARGIN + head:.1f})">',
            *lines,
            "</g>",
            *legend,
            "</svg>",
            "",
        ]
    )


class _Drawing:
    def __init__(self, marks: Marks) -> None:
        self._marks = marks

    def graph(self, graph: Graph, prefix: str) -> tuple[Layout, list[str]]:
        """A graph drawn from its own corner."""
        boxes = {step: self._step(graph.nodes[step], prefix) for step in in_order(graph)}
        boxes |= {_END + name: self._end(name) for name in graph.ends}
        shown = [arrow for arrow in arrows(graph) if arrow.source in graph.nodes]
        links = [
            Link(arrow.source, _END * arrow.is_end + arrow.target, _label_size(arrow))
            for arrow in shown
        ]
        layout = laid_out({name: box.size for name, box in boxes.items()}, links)
        lines: list[str] = []
        for arrow, route in zip(shown, layout.routes, strict=True):
            lines += self._arrow(arrow, route, prefix)
        for name, box in boxes.items():
            x, y = layout.corners[name]
            lines += [f'<g transform="translate({x:.1f} {y:.1f})">', *box.drawn, "</g>"]
        return layout, lines

    def _step(self, node: Node, prefix: str) -> _Box:
        path = prefix + node.id
        mark = self._marks.steps.get(path, "")
        badges = self._marks.badges.get(path, ())
        kind = "" if isinstance(node.step, SwitchStep) else cut(doing(node))
        lines = [(cut(node.id), "name", NAME)]
        lines += [(kind, "detail", DETAIL)] if kind else []
        lines += [(text, f"badge {badge}", BADGE) for text, badge in badges]
        head = sum(size + 5 for *_, size in lines) + _PADDING
        wide = max(width(text, size) for text, _, size in lines) + 2 * _PADDING
        if isinstance(node.step, SwitchStep):
            wide += 16
        inner: list[str] = []
        tall = head
        if node.body is not None:
            layout, drawn = self.graph(node.body, f"{path}/")
            wide = max(wide, layout.size[0] + 2 * _PADDING)
            left = (wide - layout.size[0]) / 2
            inner = [f'<g transform="translate({left:.1f} {head + _PADDING:.1f})">', *drawn, "</g>"]
            tall = head + layout.size[1] + 2 * _PADDING
        drawn_lines = [*_outline(node, wide, tall, mark), f"<title>{safe(doing(node))}</title>"]
        y = _PADDING / 2
        for text, style, size in lines:
            y += size + 5
            drawn_lines.append(_text(text, wide / 2, y - 4, style))
        return _Box((wide, tall), (*drawn_lines, *inner))

    def _end(self, name: str) -> _Box:
        mark = self._marks.ends.get(name, "")
        wide, tall = width(cut(name), NAME) + 2 * _PADDING + 12, 30.0
        shape = (
            f'<rect class="end {mark}" width="{wide:.1f}" height="{tall}" rx="{tall / 2}"/>'
            f'<rect class="rim {mark}" x="3" y="3" width="{wide - 6:.1f}" height="{tall - 6}" '
            f'rx="{tall / 2 - 3}"/>'
        )
        return _Box((wide, tall), (shape, _text(cut(name), wide / 2, tall / 2 + 4.5, "name")))

    def _arrow(self, arrow: Arrow, route: Route, prefix: str) -> Iterator[str]:
        mark = self._marks.arrows.get((prefix + arrow.source, arrow.outcome, arrow.target), "")
        read = " read" if arrow.is_read else ""
        yield f'<path class="arrow {mark}{read}" d="{_curve(route.points)}"/>'
        yield f'<path class="tip {mark}" d="{_tip(route.points[-1])}"/>'
        if text := _label(arrow):
            x, y = route.label
            wide, tall = _label_size(arrow)
            yield (
                f'<rect class="halo" x="{x - wide / 2:.1f}" y="{y - tall / 2:.1f}" '
                f'width="{wide:.1f}" height="{tall:.1f}" rx="3"/>'
            )
            yield _text(text, x, y + 4, f"label {mark}")


def _outline(node: Node, wide: float, tall: float, mark: Mark) -> Iterator[str]:
    match node.step:
        case SwitchStep():
            points = [
                (10, 0), (wide - 10, 0), (wide, tall / 2), (wide - 10, tall), (10, tall), (0, tall / 2),
            ]  # fmt: skip
            listed = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
            yield f'<polygon class="box switch {mark}" points="{listed}"/>'
            return
        case ApproveStep():
            kind, corner = "people", 4.0
        case ReceiveStep() | WaitStep() | WatchStep():
            kind, corner = "waits", tall / 2
        case _:
            kind, corner = "loop" if node.body is not None else "does", 6.0
    yield f'<rect class="box {kind} {mark}" width="{wide:.1f}" height="{tall:.1f}" rx="{corner:.1f}"/>'


def _label(arrow: Arrow) -> str:
    if arrow.is_read:
        return ""
    return cut(f"{arrow.outcome} ({arrow.join})" if arrow.join else arrow.outcome)


def _label_size(arrow: Arrow) -> tuple[float, float]:
    text = _label(arrow)
    return (width(text, LABEL) + 8, LABEL + 5) if text else (4.0, 0.0)


def _curve(points: Sequence[Point]) -> str:
    """Through all points, each time downwards."""
    (x, y), *rest = points
    parts = [f"M{x:.1f} {y:.1f}"]
    for number, (to_x, to_y) in enumerate(rest, 1):
        stop = to_y - (5 if number == len(rest) else 0)
        half = (stop - y) / 2
        parts.append(f"C{x:.1f} {y + half:.1f} {to_x:.1f} {stop - half:.1f} {to_x:.1f} {stop:.1f}")
        x, y = to_x, stop
    return "".join(parts)


def _tip(end: Point) -> str:
    x, y = end
    return f"M{x:.1f} {y:.1f}l-4 -8h8z"


def _text(text: str, x: float, y: float, style: str, anchor: str = "middle") -> str:
    return (
        f'<text class="{style}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{safe(text)}</text>'
    )


def _legend(legend: Sequence[tuple[str, Mark]], y: float) -> Iterator[str]:
    x = MARGIN
    for text, mark in legend:
        yield f'<path class="arrow {mark}" d="M{x:.1f} {y + 8:.1f}h24"/>'
        yield _text(text, x + 30, y + 12, "label", anchor="start")
        x += 30 + width(text, LABEL) + 18


def _legend_width(legend: Sequence[tuple[str, Mark]]) -> float:
    return sum(48 + width(text, LABEL) for text, _ in legend)

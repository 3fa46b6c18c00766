"""Where boxes and arrows go: in layers from top to bottom, each arrow's label a place of its own, so that none overlap.

The steps are those of Sugiyama, Tagawa and Toda (1981): layers by the longest way, places held for long arrows, an
order by barycentres that crosses few of them, then distances. All is in pixels; nothing depends on hash seeds.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right, insort
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from auterity_sdk.workflow.render.placing import placed

ROW_GAP = 24.0
SWEEPS = 12
_STRAIGHT = 8.0
"""How much more a bend of a long arrow counts than one at a box."""

Size = tuple[float, float]
Point = tuple[float, float]


class Link(Struct, frozen=True):
    """An arrow between two boxes; `label` is the size of its text, (0, 0) for none."""

    source: str
    target: str
    label: Size = (0.0, 0.0)


class Route(Struct, frozen=True):
    """The way of an arrow, from box to box, and the middle of its label."""

    points: tuple[Point, ...]
    label: Point


class Layout(Struct, frozen=True):
    """The upper left corner of each box, the route of each link in their order, and the size of it all."""

    corners: Mapping[str, Point]
    routes: tuple[Route, ...]
    size: Size


class _Place(Struct, eq=False):
    """A box, or a place on the way of an arrow."""

    size: Size
    row: int
    is_box: bool
    above: list[_Place]
    below: list[_Place]
    x: float = 0.0
    order: float = 0.0


def laid_out(boxes: Mapping[str, Size], links: Sequence[Link]) -> Layout:
    """Place boxes, given from top to bottom: a link that leads up is drawn, but moves nothing."""
    rows = _rows(boxes, links)
    places = {name: _Place(size, 2 * rows[name], True, [], []) for name, size in boxes.items()}
    ways = [_way(places[link.source], places[link.target], link.label) for link in links]
    layers: list[list[_Place]] = [[] for _ in range(2 * max(rows.values(), default=0) + 1)]
    for place in (*places.values(), *(step for way in ways for step in way[1:-1])):
        layers[place.row].append(place)
    _order(layers)
    _distances(layers)
    tops = _tops(layers)
    left = min((p.x - p.size[0] / 2 for layer in layers for p in layer), default=0.0)
    right = max((p.x + p.size[0] / 2 for layer in layers for p in layer), default=0.0)
    middles = {id(p): (p.x - left, tops[p.row]) for layer in layers for p in layer}
    corners = {
        name: (middles[id(p)][0] - p.size[0] / 2, middles[id(p)][1] - p.size[1] / 2)
        for name, p in places.items()
    }
    routes = _routes(ways, middles, [_tallest(layer) for layer in layers])
    bottom = tops[-1] + _tallest(layers[-1]) / 2 if layers and layers[-1] else 0.0
    return Layout(corners, routes, (right - left, bottom))


def _rows(boxes: Mapping[str, Size], links: Iterable[Link]) -> dict[str, int]:
    """The layer of each box: one below the lowest that leads to it."""
    rank = {name: index for index, name in enumerate(boxes)}
    into: dict[str, list[str]] = {name: [] for name in boxes}
    for link in links:
        if rank[link.source] < rank[link.target]:
            into[link.target].append(link.source)
    rows: dict[str, int] = {}
    for name in boxes:
        rows[name] = max((rows[source] + 1 for source in into[name]), default=0)
    return rows


def _way(source: _Place, target: _Place, label: Size) -> list[_Place]:
    """The places from box to box. The label stands in the first row behind the source."""
    if target.row <= source.row:
        return [source, target]
    way = [source]
    for row in range(source.row + 1, target.row):
        size = label if row == source.row + 1 else (2.0, 0.0)
        way.append(_Place(size, row, False, [], []))
    way.append(target)
    for upper, lower in itertools.pairwise(way):
        upper.below.append(lower)
        lower.above.append(upper)
    return way


def _order(layers: list[list[_Place]]) -> None:
    """Sort each layer by where its neighbours stand, as long as fewer arrows cross."""
    for layer in layers:
        _number(layer)
    best, fewest = [layer[:] for layer in layers], _crossings(layers)
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        for layer in layers if down else reversed(layers):
            wanted = {id(p): _middle(p.above if down else p.below, p.order) for p in layer}
            layer.sort(key=lambda place, wanted=wanted: wanted[id(place)])  # type: ignore[misc]
            _number(layer)
        crossings = _crossings(layers)
        if crossings < fewest:
            best, fewest = [layer[:] for layer in layers], crossings
    for layer, order in zip(layers, best, strict=True):
        layer[:] = order
        _number(layer)


def _number(layer: Sequence[_Place]) -> None:
    for index, place in enumerate(layer):
        place.order = float(index)


def _middle(neighbours: Sequence[_Place], own: float) -> float:
    if not neighbours:
        return own
    return sum(place.order for place in neighbours) / len(neighbours)


def _crossings(layers: Sequence[Sequence[_Place]]) -> int:
    found = 0
    for layer in layers:
        passed: list[
            float
        ] = []  # where earlier arrows end, sorted: each that ends further on is crossed
        for place in layer:
            for lower in sorted(place.below, key=_by_order):
                found += len(passed) - bisect_right(passed, lower.order)
                insort(passed, lower.order)
    return found


def _by_order(place: _Place) -> float:
    return place.order


def _distances(layers: Sequence[Sequence[_Place]]) -> None:
    """Move each place towards its neighbours, as far as the others of its layer let it."""
    for layer in layers:
        _spread(layer, [0.0] * len(layer), [1.0] * len(layer))
    for sweep in range(2 * SWEEPS):
        down = sweep % 2 == 0
        for layer in layers if down else reversed(layers):
            wanted, weights = [], []
            for place in layer:
                near = place.above if down else place.below
                near = near or (place.below if down else place.above)
                wanted.append(sum(other.x for other in near) / len(near) if near else place.x)
                weights.append(1.0 if place.is_box else _STRAIGHT)
            _spread(layer, wanted, weights)


def _spread(layer: Sequence[_Place], wanted: Sequence[float], weights: Sequence[float]) -> None:
    widths = [place.size[0] for place in layer]
    for place, x in zip(layer, placed(wanted, widths, weights), strict=True):
        place.x = x


def _tops(layers: Sequence[Sequence[_Place]]) -> list[float]:
    """The middle of each layer, from the top."""
    found: list[float] = []
    top = 0.0
    for layer in layers:
        tall = _tallest(layer)
        found.append(top + tall / 2)
        top += tall + ROW_GAP
    return found


def _tallest(layer: Sequence[_Place]) -> float:
    return max((place.size[1] for place in layer), default=0.0)


def _routes(
    ways: Sequence[Sequence[_Place]], middles: Mapping[int, Point], heights: Sequence[float]
) -> tuple[Route, ...]:
    leaving = _ports(ways, middles, 0, 1)
    arriving = _ports(ways, middles, -1, -2)
    routes = []
    for index, way in enumerate(ways):
        inner = [
            point
            for place in way[1:-1]
            for point in _through(middles[id(place)], heights[place.row])
        ]
        first, last = middles[id(way[0])], middles[id(way[-1])]
        start = (leaving[index], first[1] + way[0].size[1] / 2)
        end = (arriving[index], last[1] - way[-1].size[1] / 2)
        label = middles[id(way[1])] if inner else ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        routes.append(Route((start, *inner, end), label))
    return tuple(routes)


def _through(middle: Point, tall: float) -> tuple[Point, Point]:
    """Straight down through a row, so that no bend meets the boxes beside it."""
    x, y = middle
    return (x, y - tall / 2), (x, y + tall / 2)


def _ports(
    ways: Sequence[Sequence[_Place]], middles: Mapping[int, Point], at: int, towards: int
) -> dict[int, float]:
    """Where arrows touch a box: side by side, in the order of where they go."""
    touching: dict[int, list[int]] = {}
    for index, way in enumerate(ways):
        touching.setdefault(id(way[at]), []).append(index)
    ports: dict[int, float] = {}
    for indexes in touching.values():
        box = ways[indexes[0]][at]
        indexes.sort(key=lambda index: (middles[id(ways[index][towards])][0], index))
        step = min(box.size[0] * 0.8 / len(indexes), 26.0)
        first = middles[id(box)][0] - step * (len(indexes) - 1) / 2
        ports.update({index: first + step * number for number, index in enumerate(indexes)})
    return ports

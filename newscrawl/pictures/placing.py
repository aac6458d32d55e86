"""Where the stories of a graph stand, and which of them have room for their name."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from newscrawl.pictures.telling import headline

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from newscrawl.corpus import Graph, Node

Point = tuple[float, float]
Box = tuple[float, float, float, float]

LABEL, NAMES = 32, 24
"""Characters of a name in the picture, and how many names there are at most."""
SHAPE = (1180, 540)
"""Pixels of a picture on a usual screen, which the names have to share."""
LETTER, BOLD, LINE = 6.8, 8.4, 16
"""Pixels that a character is wide, in the name of a start too, and a line high."""
NOTHING = 1e-9


def places(graph: Graph) -> dict[str, Point]:
    """Return story id -> its place, both coordinates between 0 and 1. The same graph has the same places each time."""
    import networkx

    plain = networkx.Graph(graph.to_networkx())
    found = networkx.spring_layout(
        plain,
        pos=_rings(graph.nodes),
        k=1.6 / math.sqrt(len(plain)),
        iterations=_rounds(len(plain)),
        seed=1,
        method="force",
    )
    return _filled({key: (float(x), float(y)) for key, (x, y) in found.items()})


def _rounds(stories: int) -> int:
    """Return for how long the layout goes on: for few stories until it is neat, for many until it has been a second."""
    return max(40, min(150, 15_000 // stories))


def _rings(nodes: Iterable[Node]) -> dict[str, Point]:
    """Return where the layout begins: the starts in the middle, the others round them, further out by their steps."""
    turn = math.pi * (3 - math.sqrt(5))
    return {
        node.story_id: ((node.steps + 0.05 * (index > 0)) * math.cos(index * turn), node.steps * math.sin(index * turn))
        for index, node in enumerate(nodes)
    }


def _filled(points: Mapping[str, Point]) -> dict[str, Point]:
    """Return points that use the whole width and height: half-way between where they are and where equal distances put them."""
    xs, ys = ([point[axis] for point in points.values()] for axis in (0, 1))
    return dict(zip(points, zip(_spread(xs), _spread(ys), strict=True), strict=True))


def _spread(values: list[float]) -> list[float]:
    ordered = sorted(values)
    extent, last = ordered[-1] - ordered[0], len(ordered) - 1
    if extent < NOTHING:
        return [0.5] * len(values)
    rank = {value: index / last for index, value in enumerate(ordered)}
    return [((value - ordered[0]) / extent + rank[value]) / 2 for value in values]


def named(nodes: Sequence[Node], points: Mapping[str, Point], sizes: Mapping[str, float]) -> dict[str, str]:
    """Return story id -> where its name stands (a text position of plotly), for stories whose name covers no other and no dot.

    ``nodes`` come in the order of their weight; what has no room above or below has no name.
    """
    taken = [_dot(points[node.story_id], sizes[node.story_id] / 2) for node in nodes]
    found: dict[str, str] = {}
    for node in nodes[: 2 * NAMES]:
        for side, name in ((1, "bottom center"), (-1, "top center")):
            box = _box(node, points[node.story_id], side * (sizes[node.story_id] / 2 + LINE / 2 + 1))
            if not any(_overlap(box, other) for other in taken):
                taken.append(box)
                found[node.story_id] = name
                break
        if len(found) == NAMES:
            break
    return found


def _dot(point: Point, radius: float) -> Box:
    """Return left, right, top and bottom of a dot, in pixels."""
    x, y = point[0] * SHAPE[0], (1 - point[1]) * SHAPE[1]
    return x - radius, x + radius, y - radius, y + radius


def _box(node: Node, point: Point, below: float) -> Box:
    """Return left, right, top and bottom of a name, in pixels."""
    half = min(len(headline(node)), LABEL) * (LETTER if node.steps else BOLD) / 2
    x, y = point[0] * SHAPE[0], (1 - point[1]) * SHAPE[1] + below
    return x - half, x + half, y - LINE / 2, y + LINE / 2


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3]

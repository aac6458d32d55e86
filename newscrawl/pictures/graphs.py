"""A graph as a picture: stories are dots, links arrows."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plotly.graph_objects import Figure, Scatter

from newscrawl.pictures import telling
from newscrawl.pictures.page import page
from newscrawl.pictures.placing import LABEL, named, places

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newscrawl.corpus import Graph, Node
    from newscrawl.pictures.placing import Point

RELATION_COLOURS = {
    "related": "#6f8197", "inline": "#c7762b", "section": "#6a9a4f", "topic": "#8f6fc0", "topic-aside": "#b79be0",
    "features": "#2a9d9d", "elsewhere": "#a58a5a", "top-stories": "#c05b7a", "most-read": "#d9a05b", "twin": "#1d2733",
}  # fmt: skip
ARROW = 9
MANY = 150
"""More stories than that are drawn smaller."""
HALO = "0 0 2px white, 0 0 2px white, 0 0 4px white, 0 0 4px white"
BEND = 0.07
"""How far an edge leaves the straight line, as a share of its length: one there, one back and one of another relation differ."""
CAPTION = (
    "Each dot is a story, larger the more links of this picture lead to it; an arrow goes from the page that links to the "
    "story it links to. Point at a dot to read its headline, click to open the story, click the legend to hide what it names."
)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A graph with what its picture needs to know of each story."""

    graph: Graph
    places: dict[str, Point]
    links_in: Counter[str]
    sizes: dict[str, float]
    """Diameter in pixels."""

    @classmethod
    def of(cls, graph: Graph) -> Drawing:
        """Return how a graph is drawn."""
        links_in = Counter(edge["to"] for edge in graph.edges)
        least, most = (11, 40) if len(graph.nodes) <= MANY else (7, 30)
        sizes = {
            node.story_id: max(
                min(least + 3.5 * math.sqrt(links_in[node.story_id]), most), 22 if node.steps == 0 else 0
            )
            for node in graph.nodes
        }
        return cls(graph, places(graph), links_in, sizes)


def graph_html(graph: Graph) -> str:
    """Return a graph as a page of HTML: one file that loads nothing, see ``graph_figure``."""
    names = [telling.headline(node) for node in graph.nodes if node.steps == 0]
    told = [
        telling.count(len(graph.nodes), "story", "stories"),
        telling.count(len(graph.edges), "link") + " between them",
    ]
    told += [f"{graph.missing:,} more linked but not in the corpus"] if graph.missing else []
    told += ["these are the nearest, there is more around"] if graph.cut else []
    title = f"What lies around: {'; '.join(names)}"
    return page(graph_figure(graph), graph.nodes, title=title, summary=", ".join(told) + ".", caption=CAPTION)


def graph_figure(graph: Graph) -> Figure:
    """Return a graph as a figure of plotly: stories coloured by section, links by relation, a story's address as customdata."""
    drawing = Drawing.of(graph)
    figure = Figure([*_edges(drawing), *_stories(drawing), *_names(drawing)])
    space = 0.07 + 0.8 / len(graph.nodes)
    hidden = {"visible": False, "range": [-space, 1 + space]}
    figure.update_layout(
        telling.LAYOUT,
        margin={"l": 4, "r": 4, "t": 34, "b": 4},
        xaxis=hidden,
        yaxis=hidden,
        dragmode="pan",
        legend=telling.LEGEND | {"y": 0},
    )
    return figure


def _edges(drawing: Drawing) -> Iterator[Scatter]:
    """Yield the links, a trace a relation: each a bent line of three points, with an arrow that ends at its story's rim."""
    counted = Counter(edge["relation"] for edge in drawing.graph.edges)
    for index, (relation, number) in enumerate(counted.most_common(), start=1):
        line: dict[str, list[Any]] = {"x": [], "y": [], "rim": []}
        for edge in drawing.graph.edges:
            if edge["relation"] == relation:
                start, end = drawing.places[edge["from"]], drawing.places[edge["to"]]
                for axis, values in zip(
                    "xy", zip(start, _bent(start, end, BEND * index), end, strict=True), strict=True
                ):
                    line[axis] += [*values, None]
                line["rim"] += [0, 0, drawing.sizes[edge["to"]] / 2 + 1, 0]
        colour = RELATION_COLOURS[relation]
        yield Scatter(
            x=line["x"], y=line["y"], mode="lines+markers", name=f"{relation} ({number})", hoverinfo="skip", opacity=0.5,
            line={"color": colour, "width": 1.3, "shape": "spline"},
            marker={"symbol": "arrow", "size": [0, 0, ARROW, 0] * number, "angleref": "previous", "color": colour,
                    "standoff": line["rim"], "opacity": 1, "line": {"width": 0}},
        )  # fmt: skip


def _bent(start: Point, end: Point, bend: float) -> Point:
    """Return the middle of an edge that is bent so far."""
    across = (end[1] - start[1], start[0] - end[0])
    x, y = ((one + other) / 2 + bend * aside for one, other, aside in zip(start, end, across, strict=True))
    return x, y


def _stories(drawing: Drawing) -> Iterator[Scatter]:
    """Yield the stories, a trace a section, and the starts last, on top."""
    groups = telling.groups(node for node in drawing.graph.nodes if node.steps)
    colours = telling.colours(groups.values())
    for group in dict.fromkeys(groups.values()):
        among = [
            node for node in drawing.graph.nodes if node.steps and groups[node.section or telling.NO_SECTION] == group
        ]
        yield _dots(drawing, among, group, colours[group])
    starts = [node for node in drawing.graph.nodes if node.steps == 0]
    yield _dots(drawing, starts, "the start" if len(starts) == 1 else "the starts", telling.START_COLOUR)


def _dots(drawing: Drawing, nodes: list[Node], name: str, colour: str) -> Scatter:
    xs, ys = zip(*(drawing.places[node.story_id] for node in nodes), strict=True)
    sizes = [drawing.sizes[node.story_id] for node in nodes]
    return Scatter(
        x=xs, y=ys, mode="markers", name=telling.escaped(name), hoverinfo="text",
        hovertext=[_hover(drawing, node) for node in nodes], customdata=[telling.web_address(node) for node in nodes],
        marker={"size": sizes, "color": colour, "opacity": 1, "line": {"color": "white", "width": 1.5}},
    )  # fmt: skip


def _hover(drawing: Drawing, node: Node) -> str:
    away = f"{telling.count(node.steps, 'step')} from the start" if node.steps else "the start"
    return telling.hover(node, f"{telling.count(drawing.links_in[node.story_id], 'link')} to it, {away}", node.story_id)


def _names(drawing: Drawing) -> Iterator[Scatter]:
    """Yield the names of the starts, and of other stories as far as there is room on a wide screen."""
    weighed = sorted(
        drawing.graph.nodes, key=lambda node: (node.steps > 0, -drawing.links_in[node.story_id], node.steps)
    )
    sides = named(weighed, drawing.places, drawing.sizes)
    for nodes, meta, size in (
        ([node for node in weighed if node.steps and node.story_id in sides], "wide", 11),
        ([node for node in weighed if not node.steps], "", 13),
    ):
        texts = [telling.label(node, LABEL) for node in nodes]
        points = [drawing.places[node.story_id] for node in nodes]
        yield Scatter(
            x=[x for x, _ in points], y=[y for _, y in points], mode="markers+text", meta=meta, hoverinfo="skip", showlegend=False,
            text=texts if meta else [f"<b>{text}</b>" for text in texts], textfont={"size": size, "color": telling.INK, "shadow": HALO},
            marker={"size": [drawing.sizes[node.story_id] for node in nodes], "opacity": 0},
            textposition=[sides.get(node.story_id, "bottom center") for node in nodes],
        )  # fmt: skip

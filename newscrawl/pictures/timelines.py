"""A timeline as a picture: stories along a time axis, in lanes by section; towers are bursts, what is empty are gaps."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from plotly.graph_objects import Figure, Scatter

from newscrawl.pictures import telling
from newscrawl.pictures.lanes import HEAD, ROW, Dot, Lane, Span, lanes
from newscrawl.pictures.page import page

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime, timedelta

    from newscrawl.corpus import Entry, Timeline

DIRECTIONS = {
    "out": ("linked from the start", "#2f6fb3", "circle"),
    "in": ("links to the start", "#e0912f", "circle"),
    "start": ("the start", telling.START_COLOUR, "star"),
}
DOT, START = 12, 21
BURST_COLOUR, BURST_INK, GAP_COLOUR = "rgba(224, 145, 47, 0.20)", "#9a5f12", "#f3f5f7"
LEAST_BURST = 0.008
"""Share of the width that the mark of a burst has at least."""
WIDE_GAP = 0.04
"""Share of the width from which a gap is marked."""
NAME = 0.05
"""Share of the width that the name of a burst or a gap needs."""
MANY_MONTHS = 24
"""So many are told in years."""
CAPTION = (
    "Each dot is a story at the time it was published; stories of one time stand one above the other. Orange bands are bursts: "
    "three stories or more, each within two days of the one before. Grey are long gaps. Point at a dot to read its headline, "
    "click to open the story; drag over a span of time to see it larger, double-click to return."
)


def timeline_html(timeline: Timeline) -> str:
    """Return a timeline as a page of HTML: one file that loads nothing, see ``timeline_figure``."""
    dates = [entry.date_published for entry in timeline if entry.date_published]
    bursts = len({entry.burst for entry in timeline if entry.burst})
    undated = len(timeline.entries) - len(dates)
    told = [telling.count(len(timeline.entries), "story", "stories")]
    told += [" to ".join(dict.fromkeys(map(telling.date, (min(dates), max(dates)))))] if dates else []
    told += [telling.count(bursts, "burst")] if bursts else []
    told += [f"{undated} without a date, only in the list below"] if undated else []
    told += [f"{timeline.missing:,} more linked but not in the corpus"] if timeline.missing else []
    told += ["these are the nearest, there is more"] if timeline.cut else []
    start = next(entry for entry in timeline if entry.direction == "start")
    title = f"{telling.headline(start)}: how it unfolded"
    summary, figure = ", ".join(told) + ".", timeline_figure(timeline)
    return page(figure, timeline.entries, title=title, summary=summary, caption=CAPTION)


def timeline_figure(timeline: Timeline) -> Figure:
    """Return the dated stories of a timeline as a figure of plotly, a story's address as customdata."""
    dots = [Dot(entry, entry.date_published) for entry in timeline if entry.date_published]
    span = Span.of([dot.at for dot in dots])
    found = lanes(dots, span)
    figure = Figure(list(_traces(found)))
    room = (found[-1].top if found else ROW) + ROW + HEAD
    space = 0.025 * span.length
    figure.update_layout(
        telling.LAYOUT,
        height=room + 150, shapes=[*_marks(dots, span)], annotations=[*_lane_names(found), *_names(dots, span)],
        margin={"l": 14, "r": 14, "t": 40, "b": 4}, dragmode="zoom",
        xaxis={"type": "date", "range": [span.first - space, span.last + space], "nticks": 14, "tickangle": 0,
               "ticks": "outside", "tickcolor": telling.GRID, "gridcolor": telling.GRID, "linecolor": telling.FAINT,
               "visible": bool(dots)},
        yaxis={"visible": False, "range": [0, room], "fixedrange": True}, legend=telling.LEGEND | {"y": -52 / room},
    )  # fmt: skip
    return figure


def _traces(found: Sequence[Lane]) -> Iterator[Scatter]:
    """Yield the stories, a trace a direction: the start on top."""
    for direction, (name, colour, symbol) in DIRECTIONS.items():
        dots = [dot for lane in found for dot in lane.dots if dot.entry.direction == direction]
        if dots:
            yield Scatter(
                x=[dot.at for dot in dots], y=[dot.height for dot in dots], mode="markers",
                name=name, hoverinfo="text", hovertext=[_hover(dot.entry) for dot in dots],
                customdata=[telling.web_address(dot.entry) for dot in dots],
                marker={"symbol": symbol, "size": START if direction == "start" else DOT, "color": colour, "opacity": 1,
                        "line": {"color": "white", "width": 1}},
            )  # fmt: skip


def _hover(entry: Entry) -> str:
    way = f"{DIRECTIONS[entry.direction][0]}, {telling.count(entry.steps, 'step')}" if entry.steps else "the start"
    return telling.hover(entry, way, f"burst {entry.burst}" if entry.burst else "", entry.story_id)


def _marks(dots: Sequence[Dot], span: Span) -> Iterator[dict[str, Any]]:
    """Yield bands behind the stories: gaps and bursts."""
    band = {"type": "rect", "yref": "paper", "y0": 0, "y1": 1, "layer": "below", "line": {"width": 0}}
    for before, after in _gaps(dots, span, WIDE_GAP):
        yield band | {"x0": before, "x1": after, "fillcolor": GAP_COLOUR}
    for first, last in _bursts(dots):
        edge = span.length * LEAST_BURST / 2
        yield band | {"x0": first - edge, "x1": last + edge, "fillcolor": BURST_COLOUR}


def _bursts(dots: Sequence[Dot]) -> Iterator[tuple[datetime, datetime]]:
    """Yield the first and the last date of each burst."""
    for burst in sorted({dot.entry.burst for dot in dots if dot.entry.burst}):
        dates = [dot.at for dot in dots if dot.entry.burst == burst]
        yield min(dates), max(dates)


def _gaps(dots: Sequence[Dot], span: Span, width: float) -> Iterator[tuple[datetime, datetime]]:
    """Yield the dates between which there is a gap of at least a share of the width."""
    for before, after in pairwise(dots):
        if after.entry.gap and span.share(after.at) - span.share(before.at) >= width:
            yield before.at, after.at


def _lane_names(found: Sequence[Lane]) -> Iterator[dict[str, Any]]:
    for lane in found:
        name = f"{telling.escaped(lane.name)} <span style='color:{telling.FAINT}'>{len(lane.dots)}</span>"
        yield {"text": f"<b>{name}</b>", "xref": "paper", "x": 0, "xanchor": "left", "y": lane.top + ROW * 0.8,
               "yanchor": "bottom", "showarrow": False, "font": {"size": 12}, "bgcolor": "rgba(255,255,255,0.7)"}  # fmt: skip


def _names(dots: Sequence[Dot], span: Span) -> Iterator[dict[str, Any]]:
    """Yield above the picture when bursts were and how long gaps were, as far as there is room."""
    bursts = [(first, last, f"{first:%b %Y}", BURST_INK) for first, last in _bursts(dots)]
    gaps = [(first, last, _time(last - first), telling.FAINT) for first, last in _gaps(dots, span, NAME)]
    taken: list[float] = []
    for first, last, text, colour in [*bursts, *gaps]:
        middle = first + (last - first) / 2
        if all(abs(span.share(middle) - other) >= NAME for other in taken):
            taken.append(span.share(middle))
            yield {"text": text, "x": middle, "yref": "paper", "y": 1, "yanchor": "bottom", "showarrow": False,
                   "name": "wide", "font": {"size": 11, "color": colour}}  # fmt: skip


def _time(length: timedelta) -> str:
    months = round(length.days / 30.44)
    return telling.count(months, "month") if months < MANY_MONTHS else f"{months / 12:.1f} years"

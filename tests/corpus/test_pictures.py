"""Graphs and timelines as pictures, in real Chromium: what they show, what a click does, what must never run."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import sync_playwright

from newscrawl.browser.chromium import launch_options
from newscrawl.corpus import Entry, Graph, Node, Timeline
from newscrawl.pictures import graph_figure, graph_html, timeline_figure, timeline_html
from newscrawl.pictures.telling import web_address
from tests.corpus.storyline import DAM

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Route

    from newscrawl.corpus import Corpus
    from tests.corpus.conftest import Ask

FIRST = datetime(2013, 3, 17, tzinfo=UTC)
BUTTONS = {"Download plot as a PNG", "Zoom in", "Zoom out", "Reset axes"}
"""None sends anything anywhere."""
EVIL: list[dict[str, Any]] = [
    {"headline": "<script>alert(1)</script>", "url": "https://www.bbc.co.uk/news/0"},
    {"headline": "</script><script>alert(2)</script>", "url": "javascript:alert(3)"},
    {"headline": "<img src=x onerror=alert(4)>", "url": "http://www.bbc.co.uk/news/2?a=1&b=%22", "section": "<b>World"},
    {"headline": "--><!-- {{ 7 * 7 }} %{x} $y$ </style>", "url": "data:text/html,<script>alert(5)</script>"},
    {"headline": "A story 'in' \"quotes\" &amp; سد سلوا", "url": "https://www.bbc.co.uk/news/4", "section": "</title>"},
]
"""Stories of pages that mean harm; the first is the start, all others link to it."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright, playwright.chromium.launch(**launch_options(allow_private=False)) as browser:
        yield browser


@dataclass
class Opened:
    """A picture in a browser that has no network, what was asked for, and all that went wrong in it."""

    page: Page
    asked: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def place(self, address: str) -> tuple[float, float]:
        """Return where on the screen the dot of a story is."""
        x, y = self.page.evaluate(
            """address => {
                const dots = [...document.querySelectorAll("#picture .point")];
                const box = dots.find(dot => dot.__data__.data === address).getBoundingClientRect();
                return [box.x + box.width / 2, box.y + box.height / 2];
            }""",
            address,
        )
        return x, y


def opened(browser: Browser, path: Path, width: int = 1400) -> Opened:
    """Open a file; whatever it asks for that is not in it, logs as an error or says in a dialog is noted."""
    context = browser.new_context(viewport={"width": width, "height": 850})
    found = Opened(context.new_page())

    def outside(route: Route) -> None:
        found.asked.append(route.request.url)
        route.fulfill(body="the story", content_type="text/html")

    context.route(lambda url: not url.startswith(("file:", "data:", "blob:")), outside)
    context.on("dialog", lambda dialog: (found.wrong.append(f"says {dialog.message}"), dialog.dismiss()))
    context.on("console", lambda message: found.wrong.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: found.wrong.append(str(error.error)))
    found.page.goto(path.as_uri())
    found.page.locator("#picture[data-drawn]").wait_for()
    return found


@pytest.fixture(params=["graph", "timeline"])
def evil(request: pytest.FixtureRequest, own: Corpus, ask: Ask, tmp_path: Path) -> Path:
    """A picture of EVIL, written by the command."""
    own.database.stories.insert_many(
        {"_id": f"bbc:{number}", "date_published": FIRST + timedelta(days=40 * number)} | one
        for number, one in enumerate(EVIL)
    )
    own.database.links.insert_many(
        {"from": f"bbc:{number}", "to": "bbc:0", "relation": "related", "target": "story"} for number in range(1, 5)
    )
    path = tmp_path / "picture.html"
    how = {"graph": ("--format", "html", "--output"), "timeline": ("--html",)}[request.param]
    told = ask(request.param, "bbc:0", *how, str(path), on=own.server)
    assert (told.code, told.out) == (0, "")
    assert told.err.startswith("5 stories")
    return path


def test_what_comes_from_a_page_is_text_and_a_click_opens_its_story(browser: Browser, evil: Path) -> None:
    shown = opened(browser, evil)
    headlines = [str(one["headline"]) for one in EVIL]
    assert headlines[0] in shown.page.title()
    assert headlines[0] in shown.page.locator("h1").inner_text()
    buttons = shown.page.locator(".modebar-btn").all()
    assert {button.get_attribute("data-title") for button in buttons} == BUTTONS
    shown.page.locator("summary").click()
    assert shown.page.locator("li").locator("a, span").all_inner_texts() == headlines
    shown.page.evaluate("scrollTo(0, 0)")
    addresses = [one["url"] for one in EVIL if one["url"].startswith("http")]
    assert [link.get_attribute("href") for link in shown.page.locator("li a").all()] == addresses
    for address, headline in ((one["url"], one["headline"]) for one in EVIL if one["url"] in addresses):
        shown.page.mouse.move(*shown.place(address))
        label = shown.page.locator(".hoverlayer .hovertext")
        label.wait_for()
        assert "".join(headline.split()) in "".join((label.text_content() or "").split())
        with shown.page.context.expect_page() as caught:
            shown.page.mouse.click(*shown.place(address))
        story = caught.value
        story.wait_for_load_state()
        assert (story.url, story.evaluate("window.opener")) == (address, None)
        story.close()
        shown.page.bring_to_front()  # a page behind another draws nothing
        shown.page.reload()  # two quick clicks would be a double-click
        shown.page.locator("#picture[data-drawn]").wait_for()
    assert (shown.asked, shown.wrong) == (addresses, [])
    shown.page.context.close()


@pytest.mark.parametrize("width", [1400, 390])
def test_a_picture_fits_a_wide_and_a_narrow_screen(
    browser: Browser, corpus: Corpus, tmp_path: Path, width: int
) -> None:
    for name, text in (("g", graph_html(corpus.graph(DAM))), ("t", timeline_html(corpus.timeline(DAM)))):
        path = tmp_path / f"{name}.html"
        path.write_text(text, encoding="utf-8")
        shown = opened(browser, path, width)
        assert shown.page.evaluate("document.documentElement.scrollWidth") == width
        box = shown.page.locator("#picture").bounding_box()
        assert box
        assert box["width"] > width * 0.9
        assert shown.page.locator("html").get_attribute("lang") == "en"
        assert "the start" in (shown.page.locator("#picture .legend").text_content() or "")
        assert "Made by newscrawl" in shown.page.locator("figcaption").inner_text()
        assert (shown.asked, shown.wrong) == ([], [])
        shown.page.context.close()


def test_nothing_but_the_pages_own_scripts_may_run(browser: Browser, evil: Path) -> None:
    text = evil.read_text(encoding="utf-8")
    evil.write_text(text.replace("</main>", "<script>alert('in')</script><img src=https://www.bbc.co.uk/i.png></main>"))
    shown = opened(browser, evil)
    assert shown.asked == []
    assert len(shown.wrong) == 2
    assert all("Content Security Policy" in one for one in shown.wrong)
    shown.page.context.close()


# --- without a browser


def a_graph(stories: int) -> Graph:
    nodes = [
        Node(
            story_id=f"bbc:{number}", headline=f"Story {number}", section=f"Section {number % 12}", steps=min(number, 2)
        )
        for number in range(stories)
    ]
    edges = [
        {"from": f"bbc:{number}", "to": f"bbc:{number * number % max(number, 1) or number // 3}", "relation": relation}
        for number in range(1, stories)
        for relation in ("related", "inline")
    ]
    return Graph(nodes=nodes, edges=edges, missing=0, cut=False)


@pytest.mark.parametrize("stories", [1, 2, 300])
def test_a_graph_of_any_size_has_a_dot_a_story_and_an_arrow_a_link(stories: int) -> None:
    graph = a_graph(stories)
    figure = graph_figure(graph)
    arrows = [trace for trace in figure.data if trace.marker.symbol == "arrow"]
    dots = [trace for trace in figure.data if trace.mode == "markers"]
    assert sum(trace.x.count(None) for trace in arrows) == len(graph.edges)
    places = [place for trace in dots for place in zip(trace.x, trace.y, strict=True)]
    assert len(set(places)) == stories
    assert all(0 <= x <= 1 and 0 <= y <= 1 for x, y in places)
    assert len({trace.marker.color for trace in dots}) == len(dots) <= 8
    assert figure == graph_figure(graph)
    assert "sendChartToCloud" in figure.layout.modebar.remove


def a_timeline(*days: float | None) -> Timeline:
    entries = [
        Entry(
            story_id=f"bbc:{number}",
            date_published=None if day is None else FIRST + timedelta(days=day),
            direction="out" if number else "start",
        )
        for number, day in enumerate(days)
    ]
    return Timeline({}, entries, 0, False)


@pytest.mark.parametrize("days", [(None,), (0,), (0, 0, 0), (0, 400, None), tuple(day / 50 for day in range(500))])
def test_a_timeline_of_any_length_has_a_dot_a_dated_story(days: tuple[float | None, ...]) -> None:
    timeline = a_timeline(*days)
    figure = timeline_figure(timeline)
    places = [place for trace in figure.data for place in zip(trace.x, trace.y, strict=True)]
    assert len(set(places)) == len(places) == len([day for day in days if day is not None])
    assert figure.layout.height < 1000
    undated = days.count(None)
    assert (f"{undated} without a date" in timeline_html(timeline)) is bool(undated)


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "javascript:alert(1)",
        " javascript:alert(1)",
        "data:text/html,x",
        "//x",
        "http://[",
        "file:///x",
        "x:y",
    ],
)
def test_only_web_addresses_are_links(address: str | None) -> None:
    assert web_address(Node(story_id="bbc:1", url=address)) is None


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (f"graph {DAM} --format html --output /", "/ cannot be written"),
        (f"timeline {DAM} --html /", "/ cannot be written"),
        (f"timeline {DAM} --html x --json", "ask for one"),
        (f"graph {DAM} --format html --json", "ask for one"),
    ],
)
def test_what_cannot_be_written_is_one_line(ask: Ask, words: str, message: str) -> None:
    told = ask(*words.split())
    assert (told.code, told.out, told.err.count("\n")) == (2, "", 1)
    assert message in told.err


def test_a_picture_goes_to_standard_output_too(ask: Ask) -> None:
    assert ask("graph", DAM, "--format", "html").out.startswith("<!DOCTYPE html>\n<html lang")


def test_who_asks_for_no_picture_does_not_wait_for_plotly() -> None:
    asked = (
        "import sys, newscrawl.commands.corpus; sys.exit(bool({'plotly', 'jinja2', 'networkx'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0

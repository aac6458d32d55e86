"""When a page is worth a browser, decided without one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from newscrawl.browser.need import BUTTONS, Need, need, needed, runs_scripts, wall
from newscrawl.extraction import Extraction
from newscrawl.items import Kind, Post, Story
from newscrawl.page import Page
from newscrawl.sites import site_for
from tests.miniature import address, article

if TYPE_CHECKING:
    from newscrawl.sites import Site

STORY = address(21000001)
SCRIPT = "<script src=/app.js></script>"
ROOT = "<div id=root></div>"
WORDS = "The ferry company and its forty partners would like to remember which harbour you came from, for a year."
WALL = (
    f"<form class=consent-form action=/ask><h1>Before you go aboard</h1><p>{WORDS}</p><button>I agree</button></form>"
)
TEXT = "".join(f"<p>{line} The crew of the ferry went on waiting for the tide to turn.</p>" for line in "ABCDEFGH")


def page(body: str, url: str = STORY) -> Page:
    return Page(f"<html><head><title>Ferry</title></head><body>{body}</body></html>".encode(), url)


def site_of(url: str) -> Site:
    site = site_for(url)
    assert site
    return site


def need_of(body: str, url: str = STORY) -> Need | None:
    return needed(page(body, url), site_of(url))


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (ROOT + SCRIPT, Need.NO_BODY),
        (ROOT + "<script>start()</script>", Need.NO_BODY),
        ("<h1>A headline alone</h1>" + SCRIPT, Need.NO_BODY),
        (WALL, Need.CONSENT),
        (WALL + SCRIPT, Need.CONSENT),
        (f"<div class=page>{WALL}</div>", Need.CONSENT),
    ],
)
def test_pages_that_need_a_browser(body: str, why: Need) -> None:
    assert need_of(body) is why


@pytest.mark.parametrize(
    "body",
    [
        "",
        ROOT,
        ROOT + "<script type=application/ld+json>{}</script><script id=data type=application/json>{}</script>",
        ROOT + "<script></script>",
        f"<article><h1>The tide</h1>{TEXT}</article>" + SCRIPT,
        f"<article><h1>The tide</h1>{TEXT}</article>" + WALL + SCRIPT,
        f"<div class='page no-consent'><article><h1>The tide</h1>{TEXT}</article></div>" + SCRIPT,
    ],
)
def test_pages_that_do_not(body: str) -> None:
    assert need_of(body) is None


def test_a_story_that_was_read_needs_none() -> None:
    assert need_of(article(21000001).body + WALL + SCRIPT) is None


@pytest.mark.parametrize(
    ("story", "why"),
    [
        (Story(kind=Kind.ARTICLE), Need.NO_BODY),
        (Story(kind=Kind.LIVE), Need.NO_BODY),
        (Story(kind=Kind.LIVE, posts=[Post(text="The tide turns.")]), None),
        (Story(kind=Kind.VIDEO), None),
        (Story(kind=Kind.AUDIO), None),
        (Story(kind=Kind.GALLERY), None),
    ],
)
def test_some_kinds_of_story_have_no_body(story: Story, why: Need | None) -> None:
    assert need(page(SCRIPT), site_of(STORY), Extraction(story=story)) is why


@pytest.mark.parametrize("url", ["http://www.bbc.com/news/world", "http://www.bbc.com/programmes/b006mkw3"])
def test_only_stories_are_waited_for(url: str) -> None:
    assert need_of(ROOT + SCRIPT, url) is None


def test_a_wall_is_passed_wherever_a_redirect_led() -> None:
    assert need_of(WALL, "http://www.bbc.com/account/consent") is Need.CONSENT


@pytest.mark.parametrize(
    ("body", "button"),
    [
        ("<div id=consent><button>More</button><button>Accept all</button></div>", "Accept all"),
        ("<div id=consent><button>Accept all</button><button>Reject all</button></div>", "Reject all"),
        ("<div id=consent><span role=button>Only necessary ones</span></div>", "Only necessary ones"),
        ("<div id=consent><input type=submit value=OK></div>", ""),
        ("<section class=cookieConsent><button class=btnAccept>Ja</button></section>", "Ja"),
        ("<button>Yes</button><div class=GDPR-box><button>Yes, agreed</button></div>", "Yes, agreed"),
        ("<form action=/gdpr/answer><button name=answer value=agree>Oui</button></form>", "Oui"),
        ("<div class=consent>x<div class=consent-box><button>Agree</button></div></div>", "Agree"),
        ("<template><button>Accept</button></template><div id=consent><button>Accept</button></div>", "Accept"),
    ],
)
def test_the_button_past_a_wall(body: str, button: str) -> None:
    asks = wall(page(body))
    assert asks is not None
    in_browser = [one for one in page(body).select(BUTTONS) if one.getparent().tag != "template"]
    assert page(body).text(in_browser[asks.button]) == button


@pytest.mark.parametrize(
    "body",
    [
        "<div id=consent><p>We use cookies.</p></div>",
        "<div id=consent><button>Tell me more</button></div>",
        "<div class=consensus><button>Agree</button></div>",
        "<div class=disconsented><button>Agree</button></div>",
        "<button>Agree</button><div id=consent></div>",
        "<p class=consent><button>Agree</button></p>",
        "<noscript><div id=consent><button>Agree</button></div></noscript>",
    ],
)
def test_no_wall(body: str) -> None:
    assert wall(page(body)) is None


@pytest.mark.parametrize("kind", ["", "module", "text/javascript", "TEXT/JavaScript"])
def test_programs_are_told_from_data(kind: str) -> None:
    assert runs_scripts(page(f'<script type="{kind}">go()</script>'))

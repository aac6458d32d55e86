"""What is a revision and what is noise: a table of changes to a page, read as a crawl reads it."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, NamedTuple

import pytest

from newscrawl import extract
from newscrawl.cli import Exit
from tests.miniature import Proxy, Reply, documents, scrapy
from tests.revision_pages import GEL, HI, LIVE, NEXT, Source

if TYPE_CHECKING:
    from newscrawl.storage import Server


class Change(NamedTuple):
    """One change: what is replaced in a page by what."""

    name: str
    page: Source
    before: str
    after: str


REVISIONS = [
    Change("a word of the headline", GEL, "Ferry runs aground", "Liner runs aground"),
    Change("the summary", GEL, 'content="A ferry with ninety on board', 'content="A ferry with ninety-one on board'),
    Change("a paragraph added", GEL, "<p>Tugs will", "<p>It rains.</p><p>Tugs will"),
    Change("a paragraph taken out", GEL, "<p>Tugs will try again at noon.</p>", ""),
    Change("a paragraph moved", GEL,
           '<span class="cross-head">Spring tide</span>\n<p>Tugs will try again at noon.</p>',
           '<p>Tugs will try again at noon.</p>\n<span class="cross-head">Spring tide</span>'),
    Change("two paragraphs made one", NEXT, "afloat.</b></p><p>It took", "afloat.</b> It took"),
    Change("a misprint mended", GEL, "stayed open all night", "stayed open all the night"),
    Change("a number", GEL, "90 people", "91 people"),
    Change("a letter's case", GEL, "off Saltmere.</p>", "off saltmere.</p>"),
    Change("a letter's accent", GEL, "caf\u00e9", "cafe"),
    Change("a sign before a number", GEL, "at -5C", "at 5C"),
    Change("a full stop", GEL, '"We wait."', '"We wait!"'),
    Change("words of a quotation", GEL, "Nobody's hurt", "Nobody was hurt"),
    Change("a heading within the text", GEL, "Spring tide", "Neap tide"),
    Change("an item of a list", GEL, "84 metres", "86 metres"),
    Change("an item added to a list", NEXT, "<li>Nobody was hurt</li>", "<li>Nobody was hurt</li><li>A dog was</li>"),
    Change("a heading of 2023", NEXT, "High water", "Low water"),
    Change("a headline that asks", NEXT, "free of sandbank</h1>", "free of sandbank?</h1>"),
    Change("a post of a live page", LIVE, '<ol class="lx-stream__feed">',
           '<ol class="lx-stream__feed"><li><article id="post_5ee0cc" class="lx-stream-post">'
           '<div class="lx-stream-post-body"><p>It moves.</p></div></article></li>'),
    Change("a post that is mended", LIVE, "The ropes are tight", "The ropes are tied"),
    Change("a post taken out", LIVE, "<p>The tugs have come.</p>", ""),
    Change("a word of 2005", HI, "for a year", "for two years"),
]  # fmt: skip

NOISE = [
    # how the same words are set
    Change("white space", GEL, "<p>Tugs will try", "<p>\n\t Tugs   will\r\n try"),
    Change("a no-break space", GEL, "20 years", "20&nbsp;years"),
    Change("a thin space", GEL, "20 years", "20\u2009years"),
    Change("quotation marks", GEL, '"We wait."', "\u201cWe wait.\u201d"),
    Change("an apostrophe", GEL, "Nobody's", "Nobody\u2019s"),
    Change("an apostrophe that is a letter", GEL, "Nobody's", "Nobody\u02bcs"),
    Change("a dash", GEL, "captain - who", "captain \u2013 who"),
    Change("a minus", GEL, "at -5C", "at \u22125C"),
    Change("an ellipsis", GEL, "years...", "years\u2026"),
    Change("a soft hyphen", GEL, "aground off", "a\u00adground off"),
    Change("a space of no width", GEL, "Saltmere.</p>", "Salt\u200bmere.</p>"),
    Change("a mark of direction", GEL, "at -5C", "at \u200e-5C\u200f"),
    Change("an isolated direction", GEL, "90 people", "\u206890 people\u2069"),
    Change("the form of an accent", GEL, "caf\u00e9", unicodedata.normalize("NFD", "caf\u00e9")),
    Change("an entity", GEL, "caf\u00e9", "caf&eacute;"),
    Change("an entity in the summary", GEL, "lies on a sandbank.", "lies on a sandbank&#46;"),
    Change("emphasis", GEL, "<p>Tugs will", "<p><strong>Tugs</strong> will"),
    Change("a link about the same words", GEL, "<p>Tugs will", '<p><a href="/news/uk-29990805">Tugs</a> will'),
    Change("tracking of a link", GEL, "saltmere.example/report", "saltmere.example/report?at_medium=RSS"),
    Change("a paragraph that is a quotation", GEL, "<p>Tugs will try again at noon.</p>", "<blockquote><p>Tugs will try again at noon.</p></blockquote>"),
    Change("an empty paragraph", GEL, "<p>Tugs will", "<p> &nbsp; </p><p>Tugs will"),
    Change("a comment in the markup", GEL, "<p>Tugs will", "<!-- 17:03 --><p>Tugs will"),
    Change("tags of 2005", HI, "<P>\nIts owner", "<p>\n<!-- S SF -->Its owner"),
    # what stands about the story
    Change("when it was last updated", GEL, "2013/03/17 11:00:00", "2013/03/17 17:30:00"),
    Change("the time that is shown", GEL, '<span class="time">11:00', '<span class="time">17:30'),
    Change("a relative time", NEXT, "2 hours ago", "3 hours ago"),
    Change("a time of modification", NEXT, '"dateModified":"2026-02-03T07:00', '"dateModified":"2026-02-03T09:30'),
    Change("the time of a post", LIVE, "15:05", "15:06"),
    Change("when 2005 was last updated", HI, "21 April 2005, 07:12", "22 April 2005, 08:00"),
    Change("the byline", GEL, "By Ana Reed", "By Ana Reed and Tom Wray"),
    Change("a picture", GEL, "ferry.jpg", "ferry-by-night.jpg"),
    Change("a caption", GEL, "The ferry at low tide", "The ferry at high tide"),
    Change("a box beside the text", GEL, "<p>Sand moves.</p>", "<p>Sand moves at night.</p>"),
    Change("a related link", GEL, "Ferry repaired", "Ferry is repaired"),
    Change("another related link", GEL, "uk-england-29990803", "uk-england-29990899"),
    Change("related links in another order", GEL,
           '<li><a class="story" href="/news/uk-england-29990802">Ferry repaired</a></li><li><a class="story" href="/news/uk-england-29990803">Bank mapped</a></li>',
           '<li><a class="story" href="/news/uk-england-29990803">Bank mapped</a></li><li><a class="story" href="/news/uk-england-29990802">Ferry repaired</a></li>'),
    Change("a link of 2005", HI, "Yard to close", "Yard to open"),
    Change("what is most read", GEL, "Snow falls twice", "Snow melts"),
    Change("how many comments", GEL, "Comments (12)", "Comments (1,204)"),
    Change("buttons to share", NEXT, "<button>Share</button>", "<button>Save</button><button>Share</button><p>Copy this link</p>"),
    Change("an advertisement", GEL, 'placeholder"></div>', 'placeholder"><p>Buy a boat today!</p></div>'),
    Change("a topic", NEXT, ">Ferries<", ">Ships<"),
    Change("the section", GEL, 'content="England"', 'content="Hampshire"'),
    Change("the title of the window", GEL, "BBC News - Ferry on sandbank", "BBC News - Ferry freed"),
]  # fmt: skip


def content_hash(page: Source, html: str) -> str:
    story = extract(html.encode(), page.url).story
    assert story
    assert story.headline
    assert story.summary
    assert story.body or story.posts
    return story.content_hash


def differs(change: Change) -> bool:
    """Return whether a changed page is another state of its story."""
    assert change.before in change.page.html
    changed = change.page.html.replace(change.before, change.after)
    return content_hash(change.page, change.page.html) != content_hash(change.page, changed)


@pytest.mark.parametrize("change", REVISIONS, ids=lambda change: change.name)
def test_is_a_revision(change: Change) -> None:
    assert differs(change)


@pytest.mark.parametrize("change", NOISE, ids=lambda change: change.name)
def test_is_noise(change: Change) -> None:
    assert not differs(change)


FIRST = 29991000
FAST = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=0", "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=8")


def test_a_second_crawl_finds_the_revisions_and_none_in_the_noise(corpus_server: Server) -> None:
    changes = dict(enumerate((change for change in REVISIONS + NOISE if change.page is GEL), FIRST))
    before = {at: GEL.html.replace("29990801", str(at)) for at in changes}
    after = {at: before[at].replace(change.before, change.after) for at, change in changes.items()}
    url = GEL.url.replace("29990801", "{}")
    seeds = ",".join(url.format(at) for at in changes)
    for pages in (before, after):
        with Proxy({url.format(at): Reply(html) for at, html in pages.items()}) as proxy:
            crawl = ("crawl", "bbc_story", *FAST, "-a", f"seed={seeds}", "-a", "depth=0", "-a", "refresh=0")
            done = scrapy(*crawl, server=corpus_server, http_proxy=proxy.url)
            assert done.returncode == Exit.OK, done.stderr
    (second,) = {row["crawl_id"] for row in documents(corpus_server, "visits", outcome="revised")}
    outcomes = {row["request_key"]: row["outcome"] for row in documents(corpus_server, "visits", crawl_id=second)}
    assert outcomes == {
        f"bbc:{at}": "revised" if change in REVISIONS else "unchanged" for at, change in changes.items()
    }
    assert len(documents(corpus_server, "revisions")) == len(changes) + list(outcomes.values()).count("revised")

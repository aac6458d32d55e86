"""From a page to its story or index: identity, sources, failures, links; and that no page whatever makes it raise."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl import extract
from newscrawl.eras import EXTRACTOR_VERSION, Rule
from newscrawl.eras.rules import always, meta, text
from newscrawl.items import Block, Kind, Target
from tests.golden import FIXTURES
from tests.reading import URL, failing, read_as, story_of

STORY_PAGE = next(fixture.page for fixture in FIXTURES if fixture.era == "gel-2010")

# --- the story


def test_the_first_source_that_has_anything_gives_the_field() -> None:
    assert story_of('<meta name="title" content="Meta"><h1>Visible</h1>').sources["headline"] == "meta title"
    story = story_of('<meta name="title" content=" "><h1>Visible</h1>')
    assert (story.headline, story.sources["headline"]) == ("Visible", "h1")


def test_a_field_that_fails_is_counted_and_has_its_next_source() -> None:
    story = story_of("<h1>Visible</h1>", fields={"headline": (Rule("bad", failing), text("h1"))})
    assert story.headline == "Visible"
    assert story.problems == ["headline: KeyError: 'gone'"]


def test_a_date_that_is_none_is_counted_and_has_its_next_source() -> None:
    metas = '<meta name="date" content="tomorrow"><meta name="other-date" content="2013/01/28 12:45:51">'
    story = story_of(f"{metas}<h1>Title</h1>")
    assert story.date_published == datetime(2013, 1, 28, 12, 45, 51, tzinfo=UTC)
    assert story.date_published_raw == "2013/01/28 12:45:51"
    assert story.problems == ["date_published: ValueError: no date: 'tomorrow'"]


def test_a_field_without_any_source_stays_empty() -> None:
    story = story_of("<h1>Title</h1>")
    assert story.date_published is None
    assert "date_published" not in story.sources


def test_provenance() -> None:
    found = read_as("<h1>Title</h1>")
    assert found.story is not None
    assert (found.era, found.story.page_era) == ("test-1990", "test-1990")
    assert found.story.extractor_version == EXTRACTOR_VERSION
    assert found.story.kind is Kind.ARTICLE


@pytest.mark.parametrize(
    ("url", "story_id", "canonical", "aliases"),
    [
        (URL, "bbc:29990001", "https://www.bbc.com/news/uk-29990001", [URL]),
        ("https://www.bbc.com/news/uk-29990001", "bbc:29990001", "https://www.bbc.com/news/uk-29990001", []),
        (
            "http://127.0.0.1:8000/news/uk-29990001",
            "bbc:29990001",
            "http://127.0.0.1:8000/news/uk-29990001",
            [],
        ),
    ],
)
def test_identity_is_that_of_the_address(url: str, story_id: str, canonical: str, aliases: list[str]) -> None:
    story = story_of("<h1>Title</h1>", url)
    assert (story.story_id, story.url, story.aliases) == (story_id, canonical, aliases)


def test_other_ids_come_from_what_the_page_says_of_itself() -> None:
    metas = (
        '<link rel="canonical" href="http://www.bbc.co.uk/news/articles/c0abcdefgh1o">'
        '<meta property="og:url" content="https://www.bbc.com/news/uk-29990001">'
        '<meta name="number" content="29990002"><meta name="front" content="/news/">'
    )
    addresses = (meta("number", "/news/{}"), meta("front"), Rule("list", lambda _: ["/news/uk-29990003", None]))
    story = story_of(f"{metas}<h1>Title</h1>", addresses=addresses)
    assert story.also_ids == ["bbc:c0abcdefgh1o", "bbc:29990002", "bbc:29990003"]


def test_the_hash_is_of_what_the_story_says_and_nothing_else() -> None:
    plain = story_of("<h1>Title</h1><p>It\u2019s \u201cover\u201d.</p>")
    noise = story_of("<h1>Title</h1><img src='/new.jpg'><p>It's  \"over\".</p><nav>new</nav>")
    other = story_of('<h1>Title</h1><p>It\'s "over"?</p>')
    assert plain.content_hash == noise.content_hash != other.content_hash


# --- what is a story, what an index, what neither


@pytest.mark.parametrize(
    ("markup", "url", "changes", "kind"),
    [
        ("<h1>Title</h1>", URL, {}, "story"),
        ("<body><p>Text</p>", URL, {}, "story"),
        ("<body></body>", URL, {}, "neither"),
        ("<h1>Title</h1>", "http://www.bbc.co.uk/news/world/", {}, "index"),
        ("<h1>Title</h1>", "http://www.bbc.co.uk/iplayer/", {}, "neither"),
        ("<h1>Title</h1>", URL, {"target": always(Target.INDEX)}, "index"),
        ("<h1>Title</h1>", URL, {"target": always(Target.OTHER)}, "neither"),
        ("<h1>Title</h1>", "http://www.bbc.co.uk/news/world/", {"target": always(Target.STORY)}, "story"),
        ("<h1>Title</h1>", URL, {"target": Rule("bad", failing)}, "story"),
    ],
)
def test_the_page_says_what_it_is_else_its_address(markup: str, url: str, changes: dict[str, Any], kind: str) -> None:
    found = read_as(markup, url, **changes)
    assert [found.story is not None, found.index is not None] == [kind == "story", kind == "index"]


@pytest.mark.parametrize(
    "title",
    ["404: Not Found", "BBC - Error 404 : Page not found", "Sorry, page not found", "Before you continue to BBC"],
)
def test_what_stands_in_place_of_a_story_is_none(title: str) -> None:
    page = (
        f"<html><head><title>{title}</title></head><body><h1>Oops</h1><p>{'Words and words. ' * 50}</p></body></html>"
    )
    found = extract(page.encode(), URL)
    assert (found.story, found.index, found.links, found.era) == (None, None, [], "generic")


def test_a_page_of_another_site_is_nothing() -> None:
    found = extract(b"<h1>Title</h1>", "https://www.elsewhere.example/news/uk-29990001")
    assert (found.story, found.index, found.links, found.era) == (None, None, [], "")


# --- whatever the page


@settings(deadline=None, max_examples=50)
@given(st.binary(max_size=300))
def test_no_bytes_make_it_raise(body: bytes) -> None:
    extract(body, URL)
    extract(STORY_PAGE.read_bytes() + body, URL)


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda fixture: fixture.name)
@pytest.mark.parametrize("share", [0.1, 0.4, 0.7])
def test_a_page_cut_short_is_read_as_far_as_it_goes(fixture: Any, share: float) -> None:
    whole = fixture.page.read_bytes()
    extract(whole[: int(len(whole) * share)], fixture.expected["url"])


def test_tags_nested_beyond_reason_cost_nothing() -> None:
    found = story_of("<h1>Title</h1>" + "<div>" * 50_000 + "text")
    assert (found.headline, found.body, found.problems) == ("Title", [Block(text="text")], [])


def test_a_big_page_is_read() -> None:
    found = story_of("<h1>Title</h1>" + "<p>One paragraph more.</p>" * 20_000)
    assert found.body[-1] == Block(text="One paragraph more.")
    assert len(found.body) == 20_000


def saved_pages() -> list[Path]:
    """Return the real pages of the folder that NEWSCRAWL_PAGES names."""
    folder = os.environ.get("NEWSCRAWL_PAGES")
    return sorted(Path(folder).glob("*.html")) if folder else []


@pytest.mark.parametrize("page", [*(fixture.page for fixture in FIXTURES), *saved_pages()], ids=lambda page: page.stem)
def test_a_page_is_read_without_a_problem(page: Path) -> None:
    assert extract(page.read_bytes(), URL).problems == []


# --- the package


def test_importing_the_package_loads_none_of_this() -> None:
    code = "import newscrawl, sys, json; print(json.dumps([name for name in sys.modules if name.startswith('newscrawl.')]))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert json.loads(done.stdout) == []


def test_a_known_era_does_without_trafilatura() -> None:
    code = (
        "import sys; from pathlib import Path; from newscrawl import extract\n"
        f"extract(Path({str(STORY_PAGE)!r}).read_bytes(), {URL!r})\nprint('trafilatura' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "False"

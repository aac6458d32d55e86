"""Posts of live pages: where their id, time, author and text come from, and what is none of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from newscrawl import extract
from newscrawl.items import Kind
from newscrawl.sites.bbc.eras.updates import post_id

URL = "https://www.bbc.com/news/live/c0ferryfer1o"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def live(articles: str, *updates: dict[str, Any], state: str = "") -> Any:
    ld = json.dumps({"@type": "LiveBlogPosting", "headline": "Ferry", "liveBlogUpdate": updates})
    head = f'<script type="application/ld+json">{ld}</script>{state}' if updates or state else ""
    page = f'<html>{head}<body><main><h1 id="main-heading">Ferry afloat</h1>{articles}</main></body></html>'
    story = extract(page.encode(), URL).story
    assert story is not None
    return story


def article(inside: str, name: str = "asset:p1") -> str:
    return f'<article data-testid="content-post" id="{name}"><header><h3>Afloat</h3></header>{inside}</article>'


def update(**said: Any) -> dict[str, Any]:
    return {"url": f"{URL}?post=asset%3Ap1#post", "datePublished": "2026-03-01T12:00:00Z"} | said


@pytest.mark.parametrize(
    ("articles", "updates", "state"),
    [
        (article("<p>It floats.</p>"), [update()], ""),
        (article("<p>It floats.</p>", "post_p1"), [update(url=f"{URL}#post_p1")], ""),
        (article("<p>It floats.</p>", ""), [update(headline="Afloat")], ""),
        (
            article('<time datetime="2026-03-01T12:00:00Z">12:00</time><p>It floats.</p>'),
            [update(datePublished="")],
            "",
        ),
        (article('<time datetime="noon">12:00</time><p>It floats.</p>'), [update()], ""),
        (article("<p>It floats.</p>"), [], '{"a": [{"id": "asset:p1", "dates": {"firstPublished": 1772366400000}}]}'),
        (article("<p>It floats.</p>"), [], '{"a": {"urn": "urn:x:p1", "firstPublished": "2026-03-01T12:00:00Z"}}'),
    ],
)
def test_a_time_comes_from_the_first_place_that_has_it(articles: str, updates: list[Any], state: str) -> None:
    script = f"<script>window.__INITIAL_DATA__={state};</script>" if state else ""
    story = live(articles, *updates, state=script)
    assert [(post.id, post.time, post.text) for post in story.posts] == [("p1", NOON, "It floats.")]
    assert story.kind is Kind.LIVE


def test_a_time_that_is_none_costs_the_time_only() -> None:
    story = live(article("<p>It floats.</p>"), update(datePublished="noon"))
    assert [(post.id, post.time, post.text) for post in story.posts] == [("p1", None, "It floats.")]
    assert story.problems == ["posts: no date: 'noon'"]


@pytest.mark.parametrize(
    ("inside", "author", "text"),
    [
        ("<p>One.</p><p>Two.</p>", "Lea Moss", "One. Two."),
        ("<p>One:</p><ul><li>a</li><li><p>b</p><p>c</p></li></ul>", "Lea Moss", "One: a b c"),
        ('<div class="x-Contributor"><p class="x-ContributorName">Ona Field</p></div><p>One.</p>', "Ona Field", "One."),
        ("<p>One.</p><figure><figcaption><p>A ferry</p></figcaption></figure><footer><ul><li>Share</li></ul></footer>", "Lea Moss", "One."),
    ],
)  # fmt: skip
def test_the_text_is_the_posts_own(inside: str, author: str, text: str) -> None:
    (post,) = live(article(inside), update(author={"@type": "Person", "name": "Lea Moss"})).posts
    assert (post.author, post.text) == (author, text)


def test_a_page_whose_posts_come_by_script_has_those_of_its_json_ld() -> None:
    story = live("", update(articleBody="It  floats.", author=[{"@type": "Organization", "name": "BBC"}]), update())
    assert [(post.id, post.time, post.author, post.text) for post in story.posts] == [("p1", NOON, None, "It floats.")]
    assert story.sources["posts"] == "json-ld liveBlogUpdate"


@pytest.mark.parametrize("said", ["p1", "post_p1", "asset:p1", "asset%3Ap1", "urn:bbc:live:post:p1"])
def test_a_post_has_one_id_however_it_is_written(said: str) -> None:
    assert post_id(said) == "p1"

"""The edges of a story and what an index lists: order, relation, group, title, address."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from newscrawl.eras import FoundLink, LinkRule
from newscrawl.eras.regions import Region, images
from newscrawl.eras.rules import block
from newscrawl.items import Relation
from tests.reading import ERA, failing, read_as, story_of


def links_of(markup: str, **changes: Any) -> list[tuple[str, ...]]:
    return [
        (link.relation, link.group_title or "", link.text, link.key)
        for link in story_of(f"<h1>Title</h1>{markup}", **changes).links
    ]


def test_links_stand_in_document_order_and_each_in_its_first_block() -> None:
    rules = (
        block(Relation.FEATURES, ".later", items="a"),
        block(Relation.RELATED, ".earlier", items="a"),
        block(Relation.ELSEWHERE, "body", items="a"),
    )
    markup = (
        '<div class="earlier"><a href="/news/uk-29990002">A</a></div><a href="/news/uk-29990003">B</a>'
        '<div class="later"><a href="/news/uk-29990004">C</a></div>'
    )
    assert links_of(markup, links=rules) == [
        ("related", "", "A", "bbc:29990002"),
        ("elsewhere", "", "B", "bbc:29990003"),
        ("features", "", "C", "bbc:29990004"),
    ]
    assert [link.position for link in story_of(f"<h1>T</h1>{markup}", links=rules).links] == [0, 1, 2]


@pytest.mark.parametrize(
    "anchor",
    [
        '<a href="#top">Top</a>',
        '<a href="javascript:go()">Go</a>',
        '<a href=" MAILTO:a@b.example">Write</a>',
        '<a href="">Empty</a>',
        "<a>No address</a>",
        '<a href="/news/uk-29990002"><img src="/a.jpg" alt="Title"></a>',
    ],
)
def test_what_leads_nowhere_or_has_no_title_is_no_link(anchor: str) -> None:
    assert links_of(f'<ul class="related"><li>{anchor}</ul>') == []


def test_a_link_stands_once_in_a_block_and_again_in_another() -> None:
    items = '<li><a href="/news/uk-29990002">A</a><li><a href="/news/uk-29990002"> A </a>'
    markup = f'<ul class="related">{items}</ul><div class="related"><h2>More</h2><ul>{items}</ul></div>'
    assert [link[:3] for link in links_of(markup)] == [("related", "", "A"), ("related", "More", "A")]


def test_addresses_of_an_archive_are_undone() -> None:
    found = story_of(
        '<h1>T</h1><img src="/web/2013im_/http://news.bbcimg.co.uk/a.jpg">'
        '<ul class="related"><li><a href="https://web.archive.org/web/20130531014353/http://www.bbc.co.uk:80/news/uk-29990002">A</a></ul>',
        fields={**ERA.fields, "images": (images(Region(where=("body",))),)},
    )
    assert [link.url for link in found.links] == ["http://www.bbc.co.uk/news/uk-29990002"]
    assert [image.url for image in found.images] == ["http://news.bbcimg.co.uk/a.jpg"]


def test_a_block_that_fails_is_counted_and_the_others_stay() -> None:
    bad = LinkRule("bad", failing)
    story = story_of(
        '<h1>T</h1><ul class="related"><li><a href="/news/uk-29990002">A</a></ul>', links=(bad, *ERA.links)
    )
    assert [link.text for link in story.links] == ["A"]
    assert story.problems == ["links: bad: KeyError: 'gone'"]


def test_a_link_may_come_from_the_page_state_and_say_when_its_target_changed() -> None:
    made = [
        FoundLink("/news/uk-29990002", Relation.TOPIC_ASIDE, "A", "Related", updated=1359377151000),
        FoundLink("/news/uk-29990003", Relation.TOPIC_ASIDE, "B", "Related", updated="soon"),
    ]
    story = story_of("<h1>T</h1>", links=(LinkRule("state", lambda _: made),))
    assert [link.target_updated_at for link in story.links] == [datetime(2013, 1, 28, 12, 45, 51, tzinfo=UTC), None]
    assert story.problems == ["links: ValueError: no date: 'soon'"]


# --- indexes

FRONT = """<title>News</title><nav><a href="/news/uk-29990009">No</a></nav>
<main><a href="/news/uk-29990001">First</a>
<h2><a href="/news/world">World</a></h2><h3><a href="/news/uk-29990002"><img src="/a.jpg"></a></h3>
<a href="/news/uk-29990002"><h3>Second</h3><p>Summary</p></a><a href="/news/uk-29990001">First again</a>
<h2>Sport</h2><a href="/sport/football">Football</a><header><a href="/news/uk-29990008">No</a></header>
<a href="/news/uk-29990003">Third</a></main><footer><a href="/news/uk-29990007">No</a></footer>"""


def test_an_index_lists_the_stories_of_its_main_content_in_order() -> None:
    index = read_as(FRONT, "http://www.bbc.co.uk/news/").index
    assert index is not None
    assert (index.url, index.title, index.page_era) == ("https://www.bbc.com/news", "News", "test-1990")
    listed = [(link.position, link.group_title, link.text, link.key) for link in index.links]
    assert listed == [
        (0, None, "First", "bbc:29990001"),
        (1, "World", "Second", "bbc:29990002"),
        (2, "Sport", "Third", "bbc:29990003"),
    ]
    assert {link.relation for link in index.links} == {Relation.LISTED}


def test_an_era_may_say_where_its_indexes_list_stories() -> None:
    rules = (block(Relation.LISTED, "footer", items="a"), LinkRule("bad", failing))
    found = read_as(FRONT, "http://www.bbc.co.uk/news/", listed=rules)
    assert [link.text for link in found.links] == ["No"]
    assert found.problems == ["links: bad: KeyError: 'gone'"]

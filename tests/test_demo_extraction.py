"""The demo archive read back: extraction gives what its pages were made of, a crawl stores what they lead to."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

import newscrawl
from newscrawl.sites.bbc import BBC
from tests.demo import ARCHIVE, BODIES, FOLLOWED, SEED, SITE, STATES, graph, page_of
from tests.miniature import documents, outcomes, scrapy

if TYPE_CHECKING:
    from newscrawl.storage import Server

ERAS = {era.name for era in BBC.eras}
READ = [state for state in STATES if state.era in ERAS and not state.unchanged]


@pytest.mark.parametrize("state", READ, ids=lambda state: f"{state.url} {state.captured_at}")
def test_extraction_gives_back_what_the_page_was_made_of(state: Any) -> None:
    found = newscrawl.extract(page_of(state), state.url, content_type=state.content_type)
    assert found.story is not None
    assert found.story.headline == state.headline
    assert found.story.summary == state.summary
    assert [block.text for block in found.story.body] == state.paragraphs
    assert [author.name for author in found.story.authors] == [author["name"] for author in state.authors]
    assert [image.caption for image in found.story.images] == [image["caption"] or None for image in state.images]
    assert found.story.date_modified == state.updated
    assert [post.id for post in found.story.posts] == [post["id"] for post in state.posts]
    assert found.story.kind.value == state.kind
    expected = {(edge.relation, edge.link.title) for edge in graph.edges(SITE, state) if edge.relation in FOLLOWED}
    # the link to the story's own section is the frame's, not among what the data lists
    links = [link for link in found.links if (link.relation.value, link.text) != ("section", found.story.section)]
    assert {(link.relation.value, link.text) for link in links if link.relation.value in FOLLOWED} == expected


@pytest.mark.parametrize("index", SITE.indexes, ids=lambda index: index["url"])
def test_an_index_page_lists_its_stories_in_order(index: dict[str, Any]) -> None:
    body = BODIES[index["url"], f"{index['captured']:%Y-%m-%dT%H:%M:%SZ}"]
    found = newscrawl.extract(body, index["url"], content_type=index.get("content_type"))
    listed = [SITE.refer(text).story for part in index["parts"] for text in part["to"]]
    assert [(link.story_id, link.text) for link in found.links][: len(listed)] == [
        (f"bbc:{story.id}", story.title) for story in listed
    ]


@pytest.mark.parametrize("missing", SITE.missing, ids=lambda missing: missing["url"])
def test_a_page_for_no_address_has_nothing_to_follow(missing: dict[str, Any]) -> None:
    body = BODIES[missing["url"], f"{missing['captured']:%Y-%m-%dT%H:%M:%SZ}"]
    found = newscrawl.extract(body, missing["url"])
    assert (found.story, found.links) == (None, [])


def test_the_same_text_in_two_eras_is_the_same_content() -> None:
    seed = SITE.stories[SEED]
    hashes = {state.era: newscrawl.extract(page_of(state), state.url).story for state in (seed, *seed.captures)}
    assert hashes.keys() == {"gel-2010", "next-2023"}
    assert len({story.content_hash for story in hashes.values() if story}) == 1


def test_a_crawl_with_its_default_arguments_stores_what_the_links_lead_to(corpus_server: Server) -> None:
    done = scrapy("crawl", "bbc_story", "-s", "LOG_LEVEL=ERROR", server=corpus_server, NEWSCRAWL_REPLAY=str(ARCHIVE))
    assert done.returncode == 0, done.stderr
    near = {story_id for story_id, steps in graph.depths(SITE, SEED, FOLLOWED).items() if steps <= 2}
    expected = {BBC.request_key(SITE.stories[story_id].url) for story_id in near}
    assert {row["_id"] for row in documents(corpus_server, "stories")} == expected
    assert Counter(outcomes(corpus_server).values()) == {
        "new": len(expected), "http-error": 2, "robots": 1, "off-site": 1, "redirected": 1, "not-in-archive": 1,
    }  # fmt: skip

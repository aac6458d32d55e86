"""The writer: what a batch leaves behind, and what a repetition or a newer or older state adds."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from newscrawl.items import Block, Link, Outcome, Relation, Story, Target, Visit
from newscrawl.processors import content_hash
from newscrawl.storage import PageRecord, Server, StoryStore
from newscrawl.storage.forget import forget
from newscrawl.storage.schema import text_language

if TYPE_CHECKING:
    from collections.abc import Sequence

T0 = datetime(2013, 3, 17, 10, 15, tzinfo=UTC)
ONE = "bbc:21000001"


def visit(key: str, crawl: str = "c1", outcome: Outcome = Outcome.PENDING) -> Visit:
    return Visit(
        crawl_id=crawl, request_key=key, url=f"http://www.bbc.com/news/world-{key[4:]}", outcome=outcome, found_at=T0
    )


def link(to: str, relation: Relation = Relation.RELATED, position: int = 0, text: str = "A title") -> Link:
    url = f"http://www.bbc.com/news/world-{to[4:]}"
    return Link(url=url, relation=relation, target=Target.STORY, text=text, position=position, story_id=to, key=to)


def story(
    text: str = "The dam held.", *, at: datetime = T0, crawl: str = "c1", key: str = ONE, links: Sequence[Link] = ()
) -> Story:
    body = [Block(text=text)]
    return Story(
        story_id=key,
        url="http://www.bbc.com/news/world-21000001",
        headline="Dam holds",
        body=body,
        links=list(links),
        content_hash=content_hash(["Dam holds", *(block.text for block in body)]),
        page_era="gel-2010",
        extractor_version=1,
        crawl_id=crawl,
        request_key=key,
        fetched_at=at,
        language="en-GB",
    )


def record(page: Story, found: Sequence[Visit] = ()) -> PageRecord:
    return PageRecord(visit(page.request_key or "", page.crawl_id or ""), list(found), page, store_story=True)


def write(server: Server, *batches: Sequence[PageRecord], crawl: str = "c1") -> list[Outcome]:
    """Write each list as one batch; return the outcomes of all."""
    settled: list[Outcome] = []

    async def run() -> None:
        client = await server.connect_async()
        store = StoryStore(client, server.database, crawl, on_settled=lambda done: settled.append(done.visit.outcome))
        await store.prepare()
        for batch in batches:
            for one in batch:
                await store.add(one)
            await store.flush()
        await store.close()

    asyncio.run(run())
    return settled


def rows(server: Server, collection: str) -> list[dict[str, Any]]:
    with server.connect() as client:
        return list(client[server.database][collection].find().sort("_id"))


def test_a_page_leaves_story_revision_edges_and_visits(corpus_server: Server) -> None:
    page = story(links=[link("bbc:21000002"), link("bbc:21000003", Relation.SECTION, 1)])
    assert write(corpus_server, [record(page, [visit("bbc:21000002")])]) == [Outcome.NEW]
    assert [row["_id"] for row in rows(corpus_server, "stories")] == [ONE]
    assert [row["_id"] for row in rows(corpus_server, "revisions")] == [f"{ONE}|{page.content_hash}"]
    assert [row["_id"] for row in rows(corpus_server, "links")] == [
        f"{ONE}|bbc:21000002|related",
        f"{ONE}|bbc:21000003|section",
    ]
    assert {row["_id"]: row["outcome"] for row in rows(corpus_server, "visits")} == {
        f"c1|{ONE}": "new",
        "c1|bbc:21000002": "pending",
    }


def test_writing_a_batch_twice_changes_nothing(corpus_server: Server) -> None:
    def batch() -> list[PageRecord]:
        return [record(story(links=[link("bbc:21000002")]), [visit("bbc:21000002")])]

    write(corpus_server, batch())
    before = [rows(corpus_server, name) for name in ("revisions", "visits")]
    assert write(corpus_server, batch()) == [Outcome.NEW], "a page fetched again after a crash is still this crawl's"
    assert [rows(corpus_server, name) for name in ("revisions", "visits")] == before
    assert len(rows(corpus_server, "stories")) == len(rows(corpus_server, "links")) == 1


def test_an_unchanged_story_moves_only_its_last_sighting(corpus_server: Server) -> None:
    write(corpus_server, [record(story())])
    before = rows(corpus_server, "stories")[0]
    later = T0 + timedelta(hours=1)
    assert write(corpus_server, [record(story(at=later, crawl="c2"))], crawl="c2") == [Outcome.UNCHANGED]
    after = rows(corpus_server, "stories")[0]
    assert after["last_seen_at"] > before["last_seen_at"]
    assert after["first_seen_at"] == before["first_seen_at"]
    assert rows(corpus_server, "revisions")[0]["seen"] == [{"first": T0, "last": later}]


def test_a_changed_story_is_revised_and_a_return_is_seen_twice(corpus_server: Server) -> None:
    states = [("Held.", "c1"), ("Broke.", "c2"), ("Held.", "c3")]
    outcomes = [
        write(corpus_server, [record(story(text, at=T0 + timedelta(hours=hour), crawl=crawl))], crawl=crawl)[0]
        for hour, (text, crawl) in enumerate(states)
    ]
    assert outcomes == [Outcome.NEW, Outcome.REVISED, Outcome.REVISED]
    seen = {row["body"][0]["text"]: len(row["seen"]) for row in rows(corpus_server, "revisions")}
    assert seen == {"Held.": 2, "Broke.": 1}
    assert rows(corpus_server, "stories")[0]["body"][0]["text"] == "Held."


def test_an_older_state_becomes_a_revision_only(corpus_server: Server) -> None:
    write(corpus_server, [record(story("Broke.", links=[link("bbc:21000002")]))])
    older = story("Held.", at=T0 - timedelta(days=1), crawl="c2", links=[link("bbc:21000003")])
    assert write(corpus_server, [record(older)], crawl="c2") == [Outcome.UNCHANGED]
    assert rows(corpus_server, "stories")[0]["body"][0]["text"] == "Broke."
    assert len(rows(corpus_server, "revisions")) == 2
    assert {row["to"]: row.get("gone_at") for row in rows(corpus_server, "links")} == {
        "bbc:21000002": None,
        "bbc:21000003": T0,
    }


def test_an_edge_that_a_newer_state_lost_is_gone_and_comes_back(corpus_server: Server) -> None:
    both, one = [link("bbc:21000002"), link("bbc:21000003", position=1)], [link("bbc:21000002")]
    gone = []
    for hour, links in enumerate((both, one, both)):
        crawl = f"c{hour}"
        write(corpus_server, [record(story(at=T0 + timedelta(hours=hour), crawl=crawl, links=links))], crawl=crawl)
        gone.append([row["to"] for row in rows(corpus_server, "links") if row.get("gone_at")])
    assert gone == [[], ["bbc:21000003"], []]


def test_of_several_blocks_the_first_by_position_stands(corpus_server: Server) -> None:
    links = [link("bbc:21000002", position=7, text="later"), link("bbc:21000002", position=3, text="first")]
    write(corpus_server, [record(story(links=links))])
    assert [(row["text"], row["position"]) for row in rows(corpus_server, "links")] == [("first", 3)]


def test_the_same_story_under_another_key_in_one_crawl_is_a_duplicate(corpus_server: Server) -> None:
    write(corpus_server, [record(story())])
    again = story()
    again.request_key, again.aliases = "https://www.bbc.com/moved", ["https://www.bbc.com/moved"]
    assert write(corpus_server, [record(again)]) == [Outcome.DUPLICATE]
    assert rows(corpus_server, "stories")[0]["aliases"] == ["https://www.bbc.com/moved"]
    assert len(rows(corpus_server, "revisions")) == 1


def test_a_settled_visit_stays_as_it_is(corpus_server: Server) -> None:
    write(corpus_server, [record(story())])
    write(corpus_server, [PageRecord(visit(ONE, outcome=Outcome.FAILED))])
    assert [row["outcome"] for row in rows(corpus_server, "visits")] == ["new"]


@pytest.mark.parametrize("language", ["en-GB", "fa", "mul", "zh", "cy", None])
def test_every_language_is_stored_and_found_by_text(corpus_server: Server, language: str | None) -> None:
    page = story("Zephyrine reservoirs overflowed.")
    page.language = language
    assert write(corpus_server, [record(page)]) == [Outcome.NEW]
    with corpus_server.connect() as client:
        stemmer = text_language(language)
        found = client[corpus_server.database].stories.find(
            {"text_language": stemmer, "$text": {"$search": "zephyrine", "$language": stemmer}}
        )
        assert [row["_id"] for row in found] == [ONE]


def test_pending_visits_come_back_most_urgent_first(corpus_server: Server) -> None:
    seeds = [visit("bbc:21000001"), visit("bbc:21000002"), visit("bbc:21000003")]
    for priority, seed in enumerate(seeds):
        seed.priority = priority

    async def run() -> list[Visit]:
        client = await corpus_server.connect_async()
        store = StoryStore(client, corpus_server.database, "c1", on_settled=lambda record: None)
        await store.prepare()
        await store.add_pending(seeds)
        waiting = await store.pending(10, skip=lambda key: key == "bbc:21000002")
        await store.close()
        return waiting

    assert asyncio.run(run()) == [seeds[2], seeds[0]]


def test_a_visit_is_born_pending_even_if_it_has_ended_meanwhile(corpus_server: Server) -> None:
    ended = visit("bbc:21000002", outcome=Outcome.HTTP_ERROR)
    ended.http_status = 404
    write(corpus_server, [record(story(), [ended])])
    born = rows(corpus_server, "visits")[1]
    assert (born["outcome"], born.get("http_status")) == ("pending", None)
    write(corpus_server, [PageRecord(ended)])
    assert rows(corpus_server, "visits")[1]["outcome"] == "http-error"


def test_a_forgotten_story_is_not_stored_again_and_links_to_it_say_nothing(corpus_server: Server) -> None:
    write(corpus_server, [record(story())])
    with corpus_server.connect() as client:
        forget(client[corpus_server.database], ONE)
    other = story(key="bbc:21000002", crawl="c2", links=[link(ONE, text="The name of somebody")])
    outcomes = write(corpus_server, [record(story(crawl="c2")), record(other)], crawl="c2")
    assert outcomes == [Outcome.REJECTED, Outcome.NEW]
    assert [row["_id"] for row in rows(corpus_server, "stories")] == ["bbc:21000002"]
    assert [(row["to"], row["text"]) for row in rows(corpus_server, "links")] == [(ONE, "")]
    assert rows(corpus_server, "revisions")[0]["story_id"] == "bbc:21000002"


def test_edges_that_a_crash_left_without_their_story_are_taken_up(corpus_server: Server) -> None:
    page = story(links=[link("bbc:21000002"), link("bbc:21000003", position=1)])
    write(corpus_server, [record(page)])
    before = rows(corpus_server, "links")
    with corpus_server.connect() as client:
        database = client[corpus_server.database]
        database.stories.delete_many({})
        database.links.delete_one({"to": "bbc:21000003"})
    assert write(corpus_server, [record(page)]) == [Outcome.NEW]
    after = rows(corpus_server, "links")
    assert [row | {"last_seen_at": None, "first_seen_at": None} for row in after] == [
        row | {"last_seen_at": None, "first_seen_at": None} for row in before
    ]
    assert after[0]["first_seen_at"] == before[0]["first_seen_at"] < after[0]["last_seen_at"]

"""Field coverage by era: counted in the crawl's document, compared with earlier crawls, shown by ``scrapy corpus stats``."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from datetime import UTC, datetime
from math import comb
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from newscrawl.corpus import Corpus
from newscrawl.corpus_cli.statistics import statistics
from newscrawl.coverage import ANY, CLAIMED, FIELDS, STORIES, Drift, _chance, covered, drifts
from newscrawl.items import Author, Block, Index, Link, Outcome, Post, Relation, Story, Visit
from newscrawl.storage import PageRecord, Server, StoryStore
from tests.miniature import Proxy, Reply, address, archive, article, documents, scrapy

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

T0 = datetime(2013, 3, 17, 12, tzinfo=UTC)
HASH = "0" * 64


def story(number: int, **fields: Any) -> Story:
    """Return a story with headline, body, author and a related link."""
    key = f"bbc:{number}"
    given: dict[str, Any] = {
        "headline": "Dam holds",
        "body": [Block(text=f"The dam held for {number} days.")],
        "authors": [Author("Tessa Quill")],
        "links": [Link(url=address(1), relation=Relation.RELATED, key="bbc:1")],
        "page_era": "gel-2010",
    }
    return Story(
        story_id=key, url=address(number), request_key=key, fetched_at=T0, content_hash=HASH, extractor_version=1,
        **given | fields,
    )  # fmt: skip


def crawl(server: Server, crawl_id: str, pages: Sequence[Story | Index], *, settle: Outcome = Outcome.PENDING) -> None:
    """Store pages as a crawl would that runs from its begin to its end."""

    async def run() -> None:
        client = await server.connect_async()
        store = StoryStore(client, server.database, crawl_id, on_settled=lambda done: None)
        await store.prepare()
        await store.begin({"spider": "bbc_story", "seeds": [address(1)], "arguments": {}})
        for page in pages:
            page.crawl_id = crawl_id
            key = page.request_key or ""
            visit = Visit(crawl_id=crawl_id, request_key=key, url=page.url, outcome=settle, found_at=T0)
            await store.add(PageRecord(visit, [], page, store_story=settle is Outcome.PENDING))
        await store.end("finished")
        await store.close()

    asyncio.run(run())


def coverage_of(server: Server, crawl_id: str) -> Any:
    (row,) = documents(server, "crawls", _id=crawl_id)
    return row.get("coverage")


# --- counting


def test_what_a_story_has_is_counted_by_era() -> None:
    stories = [
        story(1),
        story(2, authors=[], links=[Link(relation=Relation.SECTION)]),
        story(3, page_era="live-2020", body=[], posts=[Post(text="10:15")], date_published=T0, links=[]),
    ]
    assert covered(stories) == {
        "gel-2010": {STORIES: 2, "headline": 2, "body": 2, "authors": 1, "related": 1, "links": 2},
        "live-2020": {STORIES: 1, "headline": 1, "body": 1, "authors": 1, "date_published": 1},
    }


def test_every_field_is_one_of_a_story() -> None:
    assert [name for name in FIELDS if name != "related" and not hasattr(Story(), name)] == []


def test_runs_of_one_crawl_add_up(corpus_server: Server) -> None:
    crawl(corpus_server, "c1", [story(number) for number in (1, 2)])
    crawl(corpus_server, "c1", [story(3, authors=[])])
    assert coverage_of(corpus_server, "c1")["gel-2010"] == {
        STORIES: 3, "headline": 3, "body": 3, "authors": 2, "related": 3, "links": 3,
    }  # fmt: skip


def test_a_page_that_is_written_again_is_not_counted_again(corpus_server: Server) -> None:
    for _ in range(2):
        crawl(corpus_server, "c1", [story(number) for number in (1, 2)])
    assert coverage_of(corpus_server, "c1")["gel-2010"][STORIES] == 2


def test_rejected_stories_count_and_duplicates_and_index_pages_do_not(corpus_server: Server) -> None:
    crawl(corpus_server, "c1", [story(1, headline=None)], settle=Outcome.REJECTED)
    crawl(corpus_server, "c1", [story(2)], settle=Outcome.DUPLICATE)
    listed = Index(url=address(9), request_key="bbc:9", page_era="front", fetched_at=T0)
    crawl(corpus_server, "c1", [listed], settle=Outcome.INDEX)
    assert coverage_of(corpus_server, "c1") == {
        "gel-2010": {STORIES: 1, "body": 1, "authors": 1, "related": 1, "links": 1}
    }


def test_a_real_crawl_counts_what_it_reads_also_when_it_is_resumed(corpus_server: Server, tmp_path: Path) -> None:
    numbers = [29000001, 29000002, 29000003]
    site = {address(one): article(one, related=[address(other) for other in numbers]) for one in numbers}
    replay = {"NEWSCRAWL_REPLAY": str(archive(tmp_path / "site.warc.gz", site)), "server": corpus_server}
    run = scrapy("crawl", "bbc_story", "-a", f"seed={address(numbers[0])}", "-a", "max_stories=1", **replay)  # type: ignore[arg-type]
    assert run.returncode == 0, run.stderr
    run = scrapy("crawl", "bbc_story", "-a", "resume=last", "-a", "max_stories=9", **replay)  # type: ignore[arg-type]
    assert run.returncode == 0, run.stderr
    (row,) = documents(corpus_server, "crawls")
    read: Any = row["coverage"]
    assert read["gel-2010"][STORIES] == read["gel-2010"]["headline"] == read["gel-2010"]["related"] == 3
    assert "topics" not in read["gel-2010"]


UNKNOWN = Reply(
    "<html><body><h1>A lighthouse</h1><p>The keeper wrote down the wind with a steady hand.</p></body></html>"
)


def test_a_page_that_no_era_claims_says_how_to_keep_it(corpus_server: Server, tmp_path: Path) -> None:
    asked = ("crawl", "bbc_story", "-a", f"seed={address(29000009)}", "-s", "LOG_LEVEL=WARNING")
    with Proxy({address(29000009): UNKNOWN}) as proxy:
        run = scrapy(*asked, server=corpus_server, http_proxy=proxy.url)
    (visit,) = documents(corpus_server, "visits")
    assert visit["outcome"] == "new"
    assert f"to keep it: scrapy explain {address(29000009)} --save DIR" in str(visit["reason"])
    assert str(visit["reason"]).partition("; ")[2] in run.stderr
    replay = archive(tmp_path / "site.warc.gz", {address(29000009): UNKNOWN})
    run = scrapy(*asked, server=corpus_server, NEWSCRAWL_REPLAY=str(replay))
    assert (
        f"No page era claims {address(29000009)}: read by the generic rules; it is kept in site.warc.gz@0" in run.stderr
    )


# --- the criterion


@pytest.mark.parametrize(
    ("now", "usual", "told"),
    [
        ((0, 30), (60, 60), True),
        ((0, 3), (30, 60), False),  # three without, where half have none
        ((0, 3), (3, 3), False),  # too few before
        ((0, 3), (1000, 1000), True),  # three without, where none ever was
        ((95, 100), (960, 1000), False),
        ((700, 1000), (9600, 10000), True),
        ((10, 10), (1, 100), False),  # more than usual
        ((0, 0), (10, 10), False),
        ((5, 5), (5, 5), False),
    ],
)
def test_a_share_has_fallen_if_chance_does_not_explain_it(
    now: tuple[int, int], usual: tuple[int, int], told: bool
) -> None:
    coverage = (
        {"gel-2010": {"authors": now[0], STORIES: now[1]}},
        {"gel-2010": {"authors": usual[0], STORIES: usual[1]}},
    )
    assert bool(drifts(*coverage)) is told


@given(st.integers(1, 40), st.integers(1, 40), st.data())
def test_the_chance_is_that_of_the_hypergeometric_distribution(stories: int, before: int, data: st.DataObject) -> None:
    having, usually = data.draw(st.integers(0, stories)), data.draw(st.integers(0, before))
    pair = Drift(era="", field="", having=having, stories=stories, usually_having=usually, usual_stories=before)
    everything, those = stories + before, having + usually
    exact = sum(comb(those, i) * comb(everything - those, stories - i) for i in range(having + 1)) / comb(
        everything, stories
    )
    fewer = having * before < usually * stories
    assert _chance(pair) == pytest.approx(exact if fewer else 1)


def test_the_more_is_compared_the_less_is_told() -> None:
    def coverage(eras: int, having: int) -> dict[str, dict[str, int]]:
        return {f"era-{number}": {"authors": having if number == 0 else 6, STORIES: 6} for number in range(eras)}

    assert drifts(coverage(1, 0), coverage(1, 6))
    assert not drifts(coverage(20, 0), coverage(20, 6))


def test_pages_that_no_era_claims_any_more_are_a_drift() -> None:
    before = {"gel-2010": {STORIES: 90}, "generic": {STORIES: 10}}
    (found,) = drifts({"gel-2010": {STORIES: 30}, "generic": {STORIES: 60}}, before)
    assert (found.era, found.field, found.having, found.stories) == (ANY, CLAIMED, 30, 90)


# --- what is told


def test_the_end_of_a_crawl_warns_of_what_it_found_less_often(
    corpus_server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    crawl(corpus_server, "c1", [story(number) for number in range(1, 31)])
    crawl(corpus_server, "c2", [story(number) for number in range(1, 11)])
    assert [record.message for record in caplog.records if record.levelname == "WARNING"] == []
    crawl(corpus_server, "c3", [story(number, authors=[]) for number in range(1, 21)])
    (warning,) = [record.message for record in caplog.records if record.levelname == "WARNING"]
    assert warning.startswith("gel-2010: authors on 0% of 20 stories, usually on 100% (of 40).")


def test_stats_show_coverage_and_drift_of_the_last_crawl(corpus_server: Server) -> None:
    crawl(corpus_server, "c1", [story(number) for number in range(1, 31)])
    later = [story(number, authors=[]) for number in range(1, 20)]
    crawl(corpus_server, "c2", [*later, replace(story(40), page_era="generic")])
    with Corpus(corpus_server) as corpus:
        told = corpus.stats()
    assert told["coverage"]["gel-2010"]["authors"] == 30
    assert [(one.era, one.field) for one in told["drifts"]] == [("gel-2010", "authors")]
    console = Console(width=100, record=True, file=open(os.devnull, "w"))  # noqa: SIM115, PTH123
    with console.file:
        statistics(console, [told], None)  # type: ignore[arg-type]
    text = " ".join(console.export_text().split())
    assert "gel-2010 49 summary 0 · authors 61 · section 0" in text
    assert "gel-2010: authors on 0% of 19 stories, usually on 100% (of 30)" in text
    assert "1 story was read by the generic rules" in text


def test_a_corpus_without_coverage_has_nothing_to_tell(corpus_server: Server) -> None:
    with Corpus(corpus_server) as corpus:
        told = corpus.stats()
    assert (told["coverage"], told["drifts"]) == ({}, [])

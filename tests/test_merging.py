"""One article under several ids: whatever is learned when, by whom and in which order, one story is left of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newscrawl.corpus import Corpus
from newscrawl.items import Outcome
from newscrawl.storage.batch import BatchWriter
from tests.articles import ARTICLE, FAR, MIDDLE, NEW, OLD, OTHER, Fetch, expected, kept, on, rows, write

if TYPE_CHECKING:
    from newscrawl.storage import Server
    from tests.articles import Database


def test_a_page_that_names_a_stored_id_leaves_one_story(corpus_server: Server) -> None:
    fetches = [
        Fetch(OLD, links=(OTHER, NEW), hour=0),
        Fetch(OTHER, links=(NEW, OLD), hour=1),
        Fetch(NEW, (OLD,), "The dam broke.", (OTHER, FAR), hour=2),
    ]
    write(corpus_server, fetches[:2], fetches[2:])
    assert kept(corpus_server) == expected(fetches)
    (story, _) = sorted(rows(corpus_server, "stories"), key=lambda row: row["_id"] != OLD)
    assert (story["_id"], story["text"], story["also_ids"]) == (OLD, "The dam broke.", [NEW])
    assert "https://www.bbc.co.uk/news/3756650" in story["aliases"]
    assert story["first_seen_at"] < story["last_seen_at"]
    assert [row["_id"] for row in rows(corpus_server, "visits")] == sorted(f"c1|{one}" for one in (OLD, OTHER, NEW))


def test_the_id_that_was_given_up_still_finds_the_story(corpus_server: Server) -> None:
    write(corpus_server, [Fetch(NEW, (MIDDLE,))], [Fetch(MIDDLE, hour=1)])
    outcomes = write(corpus_server, [Fetch(NEW, hour=2, crawl="c2"), Fetch(OTHER, links=(NEW,), crawl="c2")])
    assert outcomes == [Outcome.UNCHANGED, Outcome.NEW]
    assert {row["_id"] for row in rows(corpus_server, "links")} == {f"{OTHER}|{MIDDLE}|related"}
    with Corpus(corpus_server) as corpus:
        for word in (MIDDLE, NEW, "https://www.bbc.com/news/articles/c0dam0year1o"):
            assert corpus.story(word)["story_id"] == MIDDLE
        assert [row["from"] for row in corpus.links(NEW, incoming=True)] == [OTHER]


def test_what_is_written_for_one_id_is_of_the_other_too(corpus_server: Server) -> None:
    """A chain: the first and the last id are never named by one page."""
    fetches = [Fetch(OLD, hour=0), Fetch(NEW, (MIDDLE,), hour=1), Fetch(MIDDLE, (OLD,), hour=2)]
    write(corpus_server, *([one] for one in fetches))
    assert kept(corpus_server) == expected(fetches)
    assert [row["_id"] for row in rows(corpus_server, "stories")] == [OLD]
    assert {row["_id"]: row["into"] for row in rows(corpus_server, "merges")}.keys() == {MIDDLE, NEW}


links = st.lists(st.sampled_from([OTHER, FAR, *ARTICLE]), unique=True, max_size=3)
fetches = st.builds(
    lambda one, also, text, links: Fetch(one, tuple(also), text, tuple(to for to in links if to != one)),
    st.sampled_from([*ARTICLE, OTHER]),
    st.lists(st.sampled_from(ARTICLE), unique=True, max_size=1),
    st.sampled_from(["Held.", "Broke.", "Flooded."]),
    links,
)


@st.composite
def histories(draw: st.DrawFn) -> list[list[Fetch]]:
    """Fetches at different times by different crawls, in the order in which they are written, as batches."""
    drawn = draw(st.lists(fetches, min_size=2, max_size=4))
    timed = [
        Fetch(one.story_id, tuple(also for also in one.also_ids if one.story_id not in {also, OTHER}), one.text,
              one.links, hour, f"c{hour}")
        for hour, one in enumerate(drawn)
    ]  # fmt: skip
    return [[one] for one in draw(st.permutations(timed))]


def emptied(server: Server) -> None:
    with server.connect() as client:
        database = client[server.database]
        for name in ("stories", "revisions", "links", "visits", "crawls", "merges"):
            database[name].delete_many({})


SLOW = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture], "database": None}


@settings(max_examples=40, **SLOW)
@given(history=histories())
def test_the_order_of_writing_makes_no_difference(corpus_server: Server, history: list[list[Fetch]]) -> None:
    emptied(corpus_server)
    write(corpus_server, *history)
    assert kept(corpus_server) == expected([fetch for batch in history for fetch in batch])


@settings(max_examples=40, **SLOW)
@given(history=histories())
def test_crawls_that_write_at_once_leave_the_same(corpus_server: Server, history: list[list[Fetch]]) -> None:
    emptied(corpus_server)

    async def at_once(database: Database) -> None:
        await asyncio.gather(
            *(BatchWriter(database, batch[0].crawl).write([one.record() for one in batch]) for batch in history)
        )

    on(corpus_server, at_once)
    assert kept(corpus_server) == expected([fetch for batch in history for fetch in batch])

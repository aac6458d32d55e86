"""One article under several ids: whatever is learned when, by whom and in which order, one story is left of it."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymongo import AsyncMongoClient
from pymongo.monitoring import CommandListener

from newscrawl.corpus import Corpus
from newscrawl.items import Outcome
from newscrawl.storage.batch import BatchWriter
from newscrawl.storage.forget import forget
from tests.articles import ARTICLE, FAR, MIDDLE, NEW, OLD, OTHER, Fetch, expected, kept, on, rows, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from pymongo.monitoring import CommandFailedEvent, CommandStartedEvent, CommandSucceededEvent

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


@settings(max_examples=25, **SLOW)
@given(history=histories())
def test_the_order_of_writing_makes_no_difference(corpus_server: Server, history: list[list[Fetch]]) -> None:
    emptied(corpus_server)
    write(corpus_server, *history)
    assert kept(corpus_server) == expected([fetch for batch in history for fetch in batch])


@settings(max_examples=25, **SLOW)
@given(history=histories())
def test_crawls_that_write_at_once_leave_the_same(corpus_server: Server, history: list[list[Fetch]]) -> None:
    emptied(corpus_server)

    async def at_once(database: Database) -> None:
        await asyncio.gather(
            *(BatchWriter(database, batch[0].crawl).write([one.record() for one in batch]) for batch in history)
        )

    on(corpus_server, at_once)
    assert kept(corpus_server) == expected([fetch for batch in history for fetch in batch])


# --- faults


def snapshot(server: Server) -> dict[str, list[dict[str, Any]]]:
    """Return all that is stored of stories."""
    return {name: rows(server, name) for name in ("stories", "revisions", "links", "visits", "crawls")}


def restore(server: Server, stored: dict[str, list[dict[str, Any]]]) -> None:
    """Make the corpus what it was."""
    emptied(server)
    with server.connect() as client:
        for name, documents in stored.items():
            if documents:
                client[server.database][name].insert_many(documents)


class Watcher(CommandListener):
    """Sees what is asked of the server, while the task that asks waits."""

    def started(self, event: CommandStartedEvent) -> None:
        """Do nothing."""

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Do nothing."""

    def failed(self, event: CommandFailedEvent) -> None:
        """Do nothing."""


class Cut(Watcher):
    """Cancels the task that waits for the ``after``-th write, once the server has done it."""

    def __init__(self, after: int) -> None:
        self.left = after

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Count writes."""
        if event.command_name in {"insert", "update", "delete"}:
            self.left -= 1
            if not self.left and (task := asyncio.current_task()):
                task.cancel()


async def _write_watched(server: Server, listener: CommandListener, fetch: Fetch) -> bool:
    """Write a page; return whether nobody cut that off."""
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(server.uri, tz_aware=True, event_listeners=[listener])
    writing = asyncio.create_task(BatchWriter(client[server.database], fetch.crawl).write([fetch.record()]))
    await asyncio.wait([writing])
    await client.close()
    if not writing.cancelled():
        writing.result()
    return not writing.cancelled()


@pytest.mark.parametrize("by", ["the page fetched again", "another crawl"])
def test_a_merge_that_died_after_any_write_is_finished_by(corpus_server: Server, by: str) -> None:
    before = [
        Fetch(OTHER, links=(NEW, OLD)),
        Fetch(OLD, text="Rose.", links=(OTHER, NEW)),
        Fetch(NEW, links=(FAR,), hour=1),
    ]
    names_both = Fetch(NEW, (OLD,), "Broke.", (OTHER,), hour=2, crawl="c2")
    elsewhere = Fetch("bbc:21000009", hour=3, crawl="c3")
    write(corpus_server, *([one] for one in before))
    stored = snapshot(corpus_server)
    after, whole = 0, False
    while not whole:
        after += 1
        restore(corpus_server, stored)
        whole = asyncio.run(_write_watched(corpus_server, Cut(after), names_both))
        begun = bool(rows(corpus_server, "merges"))
        write(corpus_server, [names_both if by == "the page fetched again" else elsewhere])
        told = [names_both] if by == "the page fetched again" else [elsewhere, *([names_both] if begun else [])]
        if begun or by == "the page fetched again":
            assert kept(corpus_server) == expected([*before, *told]), f"cut off after {after} writes"
            assert all("merged_at" in row for row in rows(corpus_server, "merges"))
    assert after > 12


class Between(Watcher):
    """Lets another crawl write while this one waits for the answer to its ``turn``-th question or write."""

    def __init__(self, turn: int, work: Callable[[], object]) -> None:
        self.left, self.work = turn, work

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Count what the server has answered."""
        self.left -= 1
        if not self.left:
            with ThreadPoolExecutor(1) as other:
                other.submit(self.work).result()


STORED = [Fetch(OTHER, links=(NEW, MIDDLE)), Fetch(MIDDLE, links=(OTHER,), hour=1), Fetch(NEW, links=(FAR,), hour=2)]
INTERRUPTED = {
    "a crawl that writes the id which another gives up": (
        Fetch(NEW, text="Broke.", links=(OTHER,), hour=4, crawl="c2"), Fetch(OLD, (NEW,), "Rose.", (OTHER,), 3, "c3"),
    ),
    "a merge of a story that another crawl finds changed": (
        Fetch(OLD, (NEW,), "Rose.", (OTHER,), 3, "c2"), Fetch(NEW, text="Broke.", links=(OTHER,), hour=4, crawl="c3"),
    ),
    "a merge into a story that is merged itself": (
        Fetch(NEW, (MIDDLE,), "Rose.", (OTHER,), 3, "c2"), Fetch(OLD, (MIDDLE,), "Broke.", (OTHER,), 4, "c3"),
    ),
    "a page that links to an id which is given up": (
        Fetch("bbc:21000009", links=(NEW, FAR), hour=3, crawl="c2"), Fetch(OLD, (NEW,), "Rose.", (OTHER,), 4, "c3"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("interrupted", INTERRUPTED)
def test_another_crawl_may_come_between_any_two_steps(corpus_server: Server, interrupted: str) -> None:
    one, other = INTERRUPTED[interrupted]
    write(corpus_server, *([stored] for stored in STORED))
    stored = snapshot(corpus_server)
    turn, between = 0, Between(0, lambda: None)
    while between.left <= 0:
        turn += 1
        restore(corpus_server, stored)
        between = Between(turn, lambda: write(corpus_server, [other]))
        assert asyncio.run(_write_watched(corpus_server, between, one))
        if between.left <= 0:
            assert kept(corpus_server) == expected([*STORED, one, other]), f"after step {turn}"
    assert turn > 10


def test_an_article_that_was_forgotten_is_not_brought_back_by_its_other_id(corpus_server: Server) -> None:
    write(corpus_server, [Fetch(OLD)], [Fetch(OTHER, links=(NEW,)), Fetch(NEW, links=(FAR,))])
    with corpus_server.connect() as client:
        forget(client[corpus_server.database], OLD)
    assert write(corpus_server, [Fetch(NEW, (OLD,), hour=1, crawl="c2")]) == [Outcome.REJECTED]
    assert [row["_id"] for row in rows(corpus_server, "stories")] == [OTHER]
    assert [row["story_id"] for row in rows(corpus_server, "revisions")] == [OTHER]
    assert [(row["_id"], "text" in row) for row in rows(corpus_server, "links")] == [(f"{OTHER}|{NEW}|related", False)]
    assert {row["_id"] for row in rows(corpus_server, "tombstones")} == {OLD, NEW}
    assert rows(corpus_server, "merges") == []


def test_forgetting_a_merged_story_holds_for_the_id_that_was_given_up(corpus_server: Server) -> None:
    write(corpus_server, [Fetch(OLD)], [Fetch(NEW, (OLD,), hour=1)])
    with corpus_server.connect() as client:
        forget(client[corpus_server.database], OLD)
    again = [Fetch(NEW, hour=2, crawl="c2"), Fetch(OTHER, links=(NEW,), crawl="c2")]
    assert write(corpus_server, again) == [Outcome.REJECTED, Outcome.NEW]
    assert [(row["_id"], row["text"]) for row in rows(corpus_server, "links")] == [(f"{OTHER}|{OLD}|related", "")]


class Forgets(Watcher):
    """Sets the tombstone of a story when the crawl has looked for one and begins to write the story's state."""

    def __init__(self, server: Server, story_id: str) -> None:
        self.server, self.story_id = server, story_id

    def started(self, event: CommandStartedEvent) -> None:
        """Forget at the first write of a revision."""
        if event.command_name in {"insert", "update"} and event.command[event.command_name] == "revisions":
            with self.server.connect() as client:
                forget(client[self.server.database], self.story_id)


def test_a_story_that_is_forgotten_while_a_crawl_writes_it_is_gone_after(corpus_server: Server) -> None:
    write(corpus_server, [Fetch(OTHER)])
    assert asyncio.run(_write_watched(corpus_server, Forgets(corpus_server, OLD), Fetch(OLD, links=(OTHER,), hour=1)))
    for name in ("stories", "revisions"):
        assert [row["_id"].split("|")[0] for row in rows(corpus_server, name)] == [OTHER]
    assert rows(corpus_server, "links") == []

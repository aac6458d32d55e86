"""Pages on their way into the corpus: how many are in hand, which are written together, and in which order."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from newscrawl.items import Outcome, Story
from newscrawl.storage import PageRecord, Server
from newscrawl.storage.outbox import BATCH_PAGES, FLUSH_SECONDS, PAGES_IN_HAND, WRITERS, Outbox
from tests.test_store import ONE, record, rows, story, visit, write

if TYPE_CHECKING:
    from collections.abc import Coroutine


class Writer:
    """Writes batches when it is let, and keeps what was written and how much was under way at once."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.batches: list[list[str]] = []
        self.at_once: list[set[str]] = []
        self._now: list[set[str]] = []

    async def __call__(self, batch: list[PageRecord]) -> None:
        keys = [one.visit.request_key for one in batch]
        self._now.append(set(keys))
        self.at_once.append(set().union(*self._now))
        assert len(self._now) <= WRITERS
        assert sum(map(len, self._now)) == len(self.at_once[-1]), "two pages of one story were under way at once"
        await self.open.wait()
        self._now.remove(set(keys))
        self.batches.append(keys)


def page(number: int, **more: Any) -> PageRecord:
    return PageRecord(visit(f"bbc:{number}"), **more)


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


def story_of(one: PageRecord) -> str:
    return one.visit.request_key


async def settle() -> None:
    """Let everything that can go on go on."""
    for _ in range(10):
        await asyncio.sleep(0)


def test_a_full_batch_is_written_at_once_and_a_small_one_in_time() -> None:
    async def work() -> None:
        writer = Writer()
        writer.open.set()
        outbox = Outbox(writer)
        for number in range(BATCH_PAGES + 1):
            await outbox.add(page(number))
        await settle()
        assert [len(batch) for batch in writer.batches] == [BATCH_PAGES]
        begun = asyncio.get_running_loop().time()
        while outbox.in_hand:
            await asyncio.sleep(0.01)
        assert asyncio.get_running_loop().time() - begun >= FLUSH_SECONDS / 2
        assert [len(batch) for batch in writer.batches] == [BATCH_PAGES, 1]

    run(work())


def test_who_brings_more_than_there_is_room_for_waits() -> None:
    async def work() -> None:
        writer = Writer()
        outbox = Outbox(writer)
        for number in range(PAGES_IN_HAND - 1):
            await outbox.add(page(number))
        await outbox.room()
        last = asyncio.create_task(outbox.add(page(PAGES_IN_HAND)))
        room = asyncio.create_task(outbox.room())
        await settle()
        assert not last.done()
        assert not room.done()
        writer.open.set()
        await asyncio.gather(last, room)
        await outbox.flush()
        assert outbox.in_hand == 0

    run(work())


def test_a_second_batch_is_written_while_the_first_is() -> None:
    async def work() -> None:
        writer = Writer()
        outbox = Outbox(writer)
        for number in range(2 * BATCH_PAGES - 1):
            await outbox.add(page(number))
        flushing = asyncio.create_task(outbox.flush())
        await settle()
        assert len(writer.at_once[-1]) == 2 * BATCH_PAGES - 1
        writer.open.set()
        await flushing

    run(work())


@given(st.lists(st.integers(0, 60), min_size=BATCH_PAGES + 1, max_size=3 * BATCH_PAGES))
def test_the_pages_of_a_story_are_written_in_their_order(numbers: list[int]) -> None:
    async def work() -> None:
        written: list[PageRecord] = []

        async def write(batch: list[PageRecord]) -> None:
            for one in batch:
                await asyncio.sleep(0)  # so that batches which are under way at once get in each other's way
                written.append(one)

        outbox = Outbox(write)
        brought = [page(number) for number in numbers]
        for one in brought:
            await outbox.add(one)
        await outbox.flush()
        assert [id(one) for one in sorted(written, key=story_of)] == [id(one) for one in sorted(brought, key=story_of)]

    run(work())


def test_a_page_of_a_story_that_is_under_way_waits_for_it(corpus_server: Server) -> None:
    """The second address of a story adds to its document, which has to be there: the batch before holds it."""
    stories = [record(story(key=f"bbc:{22_000_000 + number}")) for number in range(BATCH_PAGES - 1)]
    again = record(story())
    assert isinstance(again.page, Story)
    again.page.aliases, again.page.request_key = ["http://m.bbc.com/news/world-21000001"], "elsewhere"
    again.visit.request_key, again.visit.outcome = "elsewhere", Outcome.DUPLICATE
    outcomes = write(corpus_server, [*stories, record(story()), again])
    assert outcomes == [Outcome.NEW] * BATCH_PAGES + [Outcome.DUPLICATE]
    (kept,) = (row for row in rows(corpus_server, "stories") if row["_id"] == ONE)
    assert kept["aliases"] == ["http://m.bbc.com/news/world-21000001"]

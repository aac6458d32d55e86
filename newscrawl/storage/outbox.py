"""Ended pages on their way into the corpus: handed in one by one, written in batches, two of them at a time.

While MongoDB works on one batch the process makes the next one ready. Each page is in hand until it is written, and there is room
for only so many: that bounds what a crash can lose, and what a crawl needs in memory while the server is away.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from newscrawl.storage.identity import ids_of

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from newscrawl.storage.records import PageRecord

BATCH_PAGES = 50
"""A batch is written when it holds so many pages …"""
FLUSH_SECONDS = 0.5
"""… or when its first page has waited so long."""
WRITERS = 2
"""So many batches are written at once."""
PAGES_IN_HAND = WRITERS * BATCH_PAGES
"""How many pages may be waiting or under way; who brings more waits too."""


class Outbox:
    """Takes pages for ``write``, which writes a batch and never raises."""

    def __init__(self, write: Callable[[list[PageRecord]], Coroutine[Any, Any, None]]) -> None:
        self._write = write
        self._waiting: list[PageRecord] = []
        self._under_way: dict[asyncio.Task[None], list[PageRecord]] = {}
        self._due = False
        """Whether what waits is to be written however little it is."""
        self._timer: asyncio.TimerHandle | None = None

    @property
    def in_hand(self) -> int:
        """How many pages wait or are under way."""
        return len(self._waiting) + sum(map(len, self._under_way.values()))

    async def add(self, record: PageRecord) -> None:
        """Take one page. Returns at once unless there is no room for another; then when there is."""
        self._waiting.append(record)
        self._begin()
        await self.room()

    async def room(self) -> None:
        """Return when there is room for a page."""
        while self.in_hand >= PAGES_IN_HAND:
            await self._progress()

    async def flush(self) -> None:
        """Return when nothing is in hand any more."""
        while self.in_hand:
            self._be_due()
            await self._progress()

    async def _progress(self) -> None:
        """Return when a batch has been written."""
        await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)

    def _be_due(self) -> None:
        self._due = True
        self._begin()

    def _begin(self) -> None:
        """Begin to write what is due, as far as there are writers."""
        while self._waiting and len(self._under_way) < WRITERS and (self._due or len(self._waiting) >= BATCH_PAGES):
            if not (batch := self._take()):
                break
            task = asyncio.create_task(self._write(batch))
            self._under_way[task] = batch
            task.add_done_callback(self._written)
        if not self._waiting:
            self._due = False
            self._stop_timer()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(FLUSH_SECONDS, self._time_is_up)

    def _take(self) -> list[PageRecord]:
        """Return the pages that have waited longest.

        Those of a story of which another page is under way, or waits before them, go on waiting: they are written in the
        order in which they came.
        """
        held_up = {one for batch in self._under_way.values() for record in batch for one in _ids(record)}
        batch: list[PageRecord] = []
        rest: list[PageRecord] = []
        for record in self._waiting:
            ids = _ids(record)
            if len(batch) < BATCH_PAGES and held_up.isdisjoint(ids):
                batch.append(record)
            else:
                rest.append(record)
                held_up |= ids
        self._waiting = rest
        return batch

    def _written(self, task: asyncio.Task[None]) -> None:
        del self._under_way[task]
        self._begin()

    def _time_is_up(self) -> None:
        self._timer = None
        self._be_due()

    def _stop_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None


def _ids(record: PageRecord) -> set[str]:
    """Return the ids of the story, or index, that a visit was made to."""
    return {record.visit.request_key} | (ids_of(record.page) if record.page else set())

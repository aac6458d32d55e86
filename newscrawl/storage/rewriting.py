"""Writes what was read again from archived pages, in an order that a crash between any two writes heals."""

from __future__ import annotations

from collections import Counter, defaultdict
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pymongo.errors import BulkWriteError, PyMongoError
from pymongo.write_concern import WriteConcern

from newscrawl.storage import migrations
from newscrawl.storage.bulk import DUPLICATE_KEY
from newscrawl.storage.connection import StoreUnavailableError, describe
from newscrawl.storage.matching import plan
from newscrawl.storage.patience import is_refusal
from newscrawl.storage.twins import Twins

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping

    from pymongo.asynchronous.database import AsyncDatabase

    from newscrawl.storage import Server
    from newscrawl.storage.changes import Changes, Write
    from newscrawl.storage.histories import Reading
    from newscrawl.storage.matching import Plan
    from newscrawl.storage.rereading import Rereader

Document = dict[str, Any]

ATTEMPTS = 5
"""How often a story is looked at again that a crawl changed between the look and the writing."""

REFUSED = "what was read cannot be stored: it stays as it was"
BUSY = "a crawl writes the story just now: run the command again"


@asynccontextmanager
async def writing(server: Server, *, dry_run: bool) -> AsyncIterator[AsyncDatabase[Document]]:
    """Yield the corpus of a server, brought to this version unless nothing is to be written. Raises StoreUnavailableError."""
    client = await server.connect_async()
    try:
        database = client[server.database]
        if not dry_run:
            await migrations.prepare(database)
        yield database
    except PyMongoError as error:
        raise StoreUnavailableError(describe(server.uri, error)) from error
    finally:
        await client.close()


class Rewriter:
    """Brings archived pages that were read again into the corpus, batch by batch."""

    def __init__(self, database: AsyncDatabase[Document], *, era: str | None = None, dry_run: bool = False) -> None:
        """``era``: only pages that are stored as of this era, or are now. ``dry_run``: nothing is written."""
        self._database = database.with_options(write_concern=WriteConcern(w=1, j=True))
        self._era = era
        self._dry_run = dry_run
        self._twins = Twins(self._database)
        self._earlier: Mapping[str, Rereader] = {}

    async def take(self, readings: list[Reading]) -> Plan:
        """Return what came of a batch, in which those of one story follow each other, the oldest first. Raises PyMongoError."""
        made = await self._plan(readings)
        if not self._dry_run and not await self._written(made.changes):
            await self._repeat(made, readings)
        self._earlier = made.rereaders
        return made

    async def _plan(self, readings: list[Reading]) -> Plan:
        return await plan(self._database, readings, self._earlier, self._era)

    async def _repeat(self, made: Plan, readings: list[Reading]) -> None:
        """Write each story by itself; put those that cannot be written among the pages passed."""
        by_story: dict[str, list[Reading]] = defaultdict(list)
        for reading in readings:
            by_story[reading.story_id].append(reading)
        for pages in by_story.values():
            if reason := await self._refusal(pages):
                left = {one.position for one in made.done} & {reading.position for reading in pages}
                made.done = [one for one in made.done if one.position not in left]
                made.passed += [(reading, reason) for reading in pages if reading.position in left]

    async def _refusal(self, pages: list[Reading]) -> str:
        """Write one story; return why that is impossible, empty if it is not."""
        for _ in range(ATTEMPTS):
            again = await self._plan(pages)
            try:
                if await self._run(again.changes):
                    return ""
            except Exception as error:
                if not is_refusal(error):
                    raise
                return REFUSED
        return BUSY

    async def _written(self, changes: Changes) -> bool:
        """Return whether all could be written; nothing that is refused, or that a crawl changed meanwhile, loses the others."""
        try:
            return await self._run(changes)
        except Exception as error:
            if not is_refusal(error):
                raise
            return False

    async def _run(self, changes: Changes) -> bool:
        """Return whether everything was as it had been read; nothing is written after a step in which something was not."""
        for step in (changes.added, changes.stories, changes.taken):
            if not await self._bulk(step):
                return False
        await self._twins.update(sorted(changes.texts), datetime.now(UTC))
        return True

    async def _bulk(self, step: Iterable[Write]) -> bool:
        by_collection: dict[str, list[Write]] = defaultdict(list)
        for write in step:
            by_collection[write.collection].append(write)
        applied = [await self._applied(name, writes) for name, writes in by_collection.items()]
        return all(applied)

    async def _applied(self, collection: str, writes: list[Write]) -> bool:
        """Run one unordered, journaled bulk; return whether each write found what it was to find."""
        try:
            result = await self._database[collection].bulk_write([write.operation for write in writes], ordered=False)
        except BulkWriteError as error:
            if any(failed["code"] != DUPLICATE_KEY for failed in error.details["writeErrors"]):
                raise
            return False
        found = {"nothing": result.upserted_count, "as read": result.matched_count, "remove": result.deleted_count}
        return Counter(write.finds for write in writes) == Counter(found)

"""StoryStore: takes page records, writes them in batches, in an order that a crash between any two writes heals."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from pymongo.errors import PyMongoError
from pymongo.write_concern import WriteConcern

from newscrawl.items import Outcome, Relation, Target, Visit
from newscrawl.storage import documents, migrations
from newscrawl.storage.batch import BatchWriter
from newscrawl.storage.patience import is_refusal, patient

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from pymongo import AsyncMongoClient

    from newscrawl.storage.records import PageRecord

logger = logging.getLogger(__name__)

BATCH_PAGES = 100
"""A batch is written when it holds so many pages …"""
FLUSH_SECONDS = 0.5
"""… or when its first page has waited so long."""

PATIENCE_SECONDS = 300
"""How long a write waits for a server that is away."""


T = TypeVar("T")


class StoryStore:
    """The writer of one crawl. One batch is written at a time; who adds while it is full waits for it."""

    def __init__(
        self,
        client: AsyncMongoClient[dict[str, Any]],
        database: str,
        crawl_id: str,
        *,
        on_settled: Callable[[PageRecord], None],
        on_lost: Callable[[Exception], None] = lambda error: None,
        patience: float = PATIENCE_SECONDS,
        hopeless: Callable[[], bool] = lambda: False,
    ) -> None:
        self.client = client
        self.database = client.get_database(database, write_concern=WriteConcern(w=1, j=True))
        self.crawl_id = crawl_id
        self.on_settled = on_settled
        self.on_lost = on_lost
        self.patience = patience
        self.hopeless = hopeless
        """Whether a server that is away is known not to come back."""
        self.lost: Exception | None = None
        """Why nothing is written any more, None while all is well."""
        self._writer = BatchWriter(self.database, crawl_id)
        self._batch: list[PageRecord] = []
        self._writing = asyncio.Lock()
        self._timer: asyncio.TimerHandle | None = None
        self._flushing: asyncio.Task[None] | None = None

    async def prepare(self) -> None:
        """Make an empty database a corpus, bring an older one to this version. Raises StoreUnavailableError for a newer one."""
        await migrations.prepare(self.database)

    async def begin(self, crawl: dict[str, Any]) -> None:
        """Record the start of the crawl (``seeds``, ``arguments``, ``spider`` …); a resumed one keeps its first start."""
        begun = {
            "$setOnInsert": {"started_at": datetime.now(UTC), **crawl},
            "$set": {"heartbeat_at": datetime.now(UTC)},
        }
        ended = {"$unset": {"ended_at": "", "finish_reason": ""}}
        await self.database.crawls.update_one({"_id": self.crawl_id}, begun | ended, upsert=True)

    async def end(self, reason: str) -> None:
        """Record the end of the crawl with its counts by outcome, read from the crawl log itself."""
        await self._patiently(self._end, reason)

    async def _end(self, reason: str) -> None:
        counts = await self.counts()
        ended = {"ended_at": datetime.now(UTC), "finish_reason": reason, "counts": counts}
        await self.database.crawls.update_one({"_id": self.crawl_id}, {"$set": ended})

    async def counts(self) -> dict[str, int]:
        """Return {outcome: visits} of this crawl."""
        cursor = await self.database.visits.aggregate(
            [{"$match": {"crawl_id": self.crawl_id}}, {"$group": {"_id": "$outcome", "visits": {"$sum": 1}}}]
        )
        return {row["_id"]: row["visits"] async for row in cursor}

    async def add_pending(self, visits: list[Visit]) -> None:
        """Write the birth of visits that no page led to: seeds."""
        await self._patiently(self._writer.bulk, "visits", [documents.pending_operation(visit) for visit in visits])

    async def keys(self) -> AsyncIterator[str]:
        """Yield the request keys of all visits of this crawl, so that a resumed one decides on none of them again."""
        async for row in self.database.visits.find({"crawl_id": self.crawl_id}, {"request_key": 1, "_id": 0}):
            yield row["request_key"]

    async def reopen(self, outcome: Outcome) -> None:
        """Make visits that ended so pending again."""
        ended = {"crawl_id": self.crawl_id, "outcome": outcome.value}
        again = {
            "$set": {"outcome": Outcome.PENDING.value},
            "$unset": {"reason": "", "http_status": "", "settled_at": ""},
        }
        await self.database.visits.update_many(ended, again)

    async def pending(self, limit: int, skip: Callable[[str], bool]) -> list[Visit]:
        """Return up to ``limit`` pending visits of this crawl, most urgent first, but those whose key is to be skipped."""
        return await self._patiently(self._pending, limit, skip) or []

    async def _pending(self, limit: int, skip: Callable[[str], bool]) -> list[Visit]:
        asked = {"crawl_id": self.crawl_id, "outcome": Outcome.PENDING.value}
        found: list[Visit] = []
        async for row in self.database.visits.find(asked).sort([("priority", -1), ("found_at", 1)]):
            if len(found) >= limit:
                break
            if not skip(row["request_key"]):
                found.append(_visit(row))
        return found

    async def add(self, record: PageRecord) -> None:
        """Take one ended page. Returns at once unless the batch is full; then when there is room again."""
        self._batch.append(record)
        if len(self._batch) >= BATCH_PAGES:
            await self.flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(FLUSH_SECONDS, self._flush_soon)

    async def room(self) -> None:
        """Return when the batch is not full."""
        if len(self._batch) >= BATCH_PAGES:
            await self.flush()

    def _flush_soon(self) -> None:
        self._timer = None
        self._flushing = asyncio.get_running_loop().create_task(self.flush())

    async def flush(self) -> None:
        """Write all that was taken so far. During an outage this waits, and with it whoever brings more.

        When the server stays away for longer than ``patience``, or writing fails in any other way, the rest is given up:
        ``on_lost`` is told why, and the visits stay pending, so that a resumed crawl fetches their pages again.
        """
        async with self._writing:
            while self._batch and self.lost is None:
                batch = self._batch[:BATCH_PAGES]
                await self._patiently(self._write_storable, batch)
                if self.lost is None:
                    del self._batch[: len(batch)]
                    for record in batch:
                        self.on_settled(record)

    async def _patiently(self, work: Callable[..., Awaitable[T]], *given: Any) -> T | None:
        """Do what an outage may interrupt until it is done. None when the server is given up, of which ``on_lost`` is told."""
        if self.lost is None:
            try:
                return await patient(self.patience, self.hopeless)(work, *given)
            except Exception as error:  # whatever it is, a crawl that cannot write has to end
                self.lost = error
                if not isinstance(error, PyMongoError):
                    logger.error("The corpus cannot be written", exc_info=error)
                self.on_lost(error)
        return None

    async def close(self) -> None:
        """Write what is left and disconnect."""
        if self._timer:
            self._timer.cancel()
        await self.flush()
        await self.client.close()

    async def _write_storable(self, batch: list[PageRecord]) -> None:
        """Write a batch. A page that cannot be stored has failed, and loses none of the others."""
        try:
            await self._writer.write(batch)
        except Exception as error:
            if not is_refusal(error):
                raise
            if len(batch) == 1:
                batch[0].page, reason = None, f"cannot be stored: {error}"[:500]
                batch[0].visit.outcome, batch[0].visit.reason = Outcome.FAILED, reason.encode(errors="replace").decode()
                await self._writer.write(batch)
                return
            for record in batch:
                await self._write_storable([record])


def _visit(row: dict[str, Any]) -> Visit:
    row.pop("_id")
    row["outcome"], row["target"] = Outcome(row["outcome"]), Target(row["target"])
    row["relation"] = Relation(row["relation"]) if row.get("relation") else None
    return Visit(**row)

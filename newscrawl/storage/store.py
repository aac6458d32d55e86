"""StoryStore: takes page records and brings them into the corpus, whatever becomes of the server meanwhile."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from pymongo.errors import PyMongoError
from pymongo.write_concern import WriteConcern

from newscrawl.items import Outcome, Relation, Target, Visit
from newscrawl.storage import drift, holding, migrations
from newscrawl.storage.batch import BatchWriter
from newscrawl.storage.connection import StoreUnavailableError
from newscrawl.storage.ending import count_visits, record_end
from newscrawl.storage.outbox import Outbox
from newscrawl.storage.patience import patient
from newscrawl.storage.refusing import RefusalWriter
from newscrawl.storage.replay import REOPENED
from newscrawl.storage.spool import SpoolError
from newscrawl.storage.summaries import summarise

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pymongo import AsyncMongoClient

    from newscrawl.freshness import Held
    from newscrawl.items import Story
    from newscrawl.storage.records import PageRecord
    from newscrawl.storage.spool import Spool

logger = logging.getLogger(__name__)

PATIENCE_SECONDS = 300
"""How long a write waits for a server that is away."""

LOST = "newscrawl/store/lost"
"""Stat: 1 where the server was given up, and with it the crawl."""
SPOOLED = "newscrawl/store/spooled"
"""Stat: pages that wait in the spool."""
UNWRITTEN = "newscrawl/store/unwritten"
"""Stat: pages that are neither in the corpus nor in the spool: their visits are pending, so a resumed crawl fetches them."""
REFUSED = "newscrawl/store/refused"
"""Stat: pages that the server refused; where there is a place for them, they are among the dead letters."""

T = TypeVar("T")


class StoryStore:
    """The writer of one crawl."""

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
        spool: Spool | None = None,
        letters: Spool | None = None,
    ) -> None:
        self.client = client
        self.database = client.get_database(database, write_concern=WriteConcern(w=1, j=True))
        self.crawl_id = crawl_id
        self.on_settled = on_settled
        self.on_lost = on_lost
        self.patience = patience
        self.hopeless = hopeless
        """Whether there is no point in waiting any longer for a server that is away."""
        self.spool = spool
        """Takes what cannot be written any more; None where there is no place for it."""
        self.letters = letters
        """Takes pages that the server refuses; None where there is no place for them."""
        self._spooled = self._unwritten = 0
        self.lost: Exception | None = None
        """Why nothing is written any more, None while all is well."""
        self._writer = BatchWriter(self.database, crawl_id)
        self._pages = RefusalWriter(self._writer, letters)
        self._outbox = Outbox(self._write)

    async def prepare(self) -> None:
        """Make an empty database a corpus, bring an older one to this version. Raises StoreUnavailableError for a newer one."""
        await migrations.prepare(self.database)

    async def begin(self, crawl: dict[str, Any]) -> None:
        """Record the start of the crawl (``seeds``, ``arguments``, ``spider`` …); a resumed one keeps its first start."""
        begun = {
            "$setOnInsert": {"started_at": datetime.now(UTC), **crawl},
            "$set": {"heartbeat_at": datetime.now(UTC)},
        }
        ended = {"$unset": {"ended_at": "", "finish_reason": "", "saved": ""}}
        await self.database.crawls.update_one({"_id": self.crawl_id}, begun | ended, upsert=True)

    async def end(self, reason: str) -> None:
        """Write what is left and the end of the crawl, with counts read from the crawl log itself."""
        await self.flush()
        now = datetime.now(UTC)
        await self._patiently(record_end, self.database, self.crawl_id, reason, now)
        await self._patiently(summarise, self.database)
        await self._patiently(drift.tell, self.database, self.crawl_id)
        if self.lost and self.spool:
            self._set_aside(self.spool.add_end, reason, now)

    async def counts(self) -> dict[str, int]:
        """Return {outcome: visits} of this crawl."""
        return await self._patiently(count_visits, self.database, self.crawl_id) or {}

    async def add_pending(self, visits: list[Visit]) -> None:
        """Write the birth of visits that no page led to: seeds."""
        await self._patiently(self._writer.write_births, visits)
        if self.lost and self.spool:
            self._set_aside(self.spool.add_found, visits, datetime.now(UTC))

    async def take_keys(self, take: Callable[[str], object]) -> None:
        """Hand on the request keys of all visits of this crawl, so that a resumed one decides on none of them again.

        After an outage some are handed on twice.
        """
        await self._patiently(self._take_keys, take)

    async def _take_keys(self, take: Callable[[str], object]) -> None:
        async for row in self.database.visits.find({"crawl_id": self.crawl_id}, {"request_key": 1, "_id": 0}):
            take(row["request_key"])

    async def reopen(self, outcome: Outcome) -> None:
        """Make visits that ended so pending again."""
        ended = {"crawl_id": self.crawl_id, "outcome": outcome.value}
        await self._patiently(self.database.visits.update_many, ended, REOPENED)

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

    async def held(self, key: str) -> Held | None:
        """Return what the corpus holds of a story under one of its ids, None if nothing."""
        return await self._patiently(holding.held, self.database, key)

    async def story(self, story_id: str) -> Story | None:
        """Return a story as the corpus holds it, with the links its page shows; None if it is not held."""
        return await self._patiently(holding.story, self.database, story_id)

    async def add(self, record: PageRecord) -> None:
        """Take one ended page. Returns at once unless too many are in hand; then when there is room again.

        When the server stays away for longer than ``patience``, or writing fails in any other way, ``on_lost`` is told
        why, and this and all that is still to come goes to the spool. Without one the visits stay pending, so that a
        resumed crawl fetches their pages again.
        """
        await self._outbox.add(record)

    async def room(self) -> None:
        """Return when there is room for a page."""
        await self._outbox.room()

    async def flush(self) -> None:
        """Write all that was taken so far. During an outage this waits, and with it whoever brings more."""
        await self._outbox.flush()

    async def _write(self, batch: list[PageRecord]) -> None:
        if await self._patiently(self._bring, batch):
            for record in batch:
                self.on_settled(record)
        else:
            self._keep(batch)

    async def _bring(self, batch: list[PageRecord]) -> bool:
        await self._pages.write(batch)
        return True

    def _keep(self, batch: list[PageRecord]) -> None:
        """Put into the spool what cannot be written any more."""
        if self.spool:
            self._set_aside(self.spool.add_pages, batch, datetime.now(UTC))
        if self.spool:
            self._spooled += len(batch)
        else:
            self._unwritten += len(batch)

    def _set_aside(self, add: Callable[..., None], *given: Any) -> None:
        """Add to the spool; give it up where it cannot be written either."""
        try:
            add(*given)
        except SpoolError as error:
            logger.error("%s", error)
            self._close_spool()

    def _close_spool(self) -> None:
        if self.spool:
            self.spool.close()
            if self.spool.path:
                logger.warning("%d pages wait in %s", self._spooled, self.spool.path)
        self.spool = None

    async def _patiently(self, work: Callable[..., Awaitable[T]], *given: Any) -> T | None:
        """Do what an outage may interrupt until it is done. None when the server is given up, of which ``on_lost`` is told."""
        if self.lost is None:
            try:
                return await patient(self.patience, lambda: self.lost is not None or self.hopeless())(work, *given)
            except Exception as error:  # whatever it is, a crawl that cannot write has to end
                self._give_up(error)
        return None

    def _give_up(self, error: Exception) -> None:
        if self.lost is not None:  # several waited
            return
        self.lost = error
        if not isinstance(error, PyMongoError | StoreUnavailableError):
            logger.error("The corpus cannot be written", exc_info=error)
        self.on_lost(error)

    def stats(self) -> dict[str, int]:
        """Return {stat: count} of what the corpus did not take; nothing if it took all."""
        counts = {
            LOST: self.lost is not None,
            SPOOLED: self._spooled,
            UNWRITTEN: self._unwritten,
            REFUSED: self._pages.refused,
        }
        return {name: int(count) for name, count in counts.items() if count}

    async def close(self) -> None:
        """Write what is left and disconnect; say where that is which could not be written."""
        await self.flush()
        self._close_spool()
        if self.letters:
            self.letters.close()
        await self.client.close()


def _visit(row: dict[str, Any]) -> Visit:
    row.pop("_id")
    row["outcome"], row["target"] = Outcome(row["outcome"]), Target(row["target"])
    row["relation"] = Relation(row["relation"]) if row.get("relation") else None
    return Visit(**row)

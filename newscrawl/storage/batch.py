"""What one batch writes, in an order that a crash between any two writes heals."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from newscrawl.items import Outcome
from newscrawl.storage import documents, drift, merging
from newscrawl.storage.bulk import bulk, insert
from newscrawl.storage.edges import write_edges
from newscrawl.storage.forget import forget_late, tombstoned
from newscrawl.storage.gone import write_gone
from newscrawl.storage.identity import ids_of, named_in, survivors, under_survivors
from newscrawl.storage.states import decide, write_states
from newscrawl.storage.twins import Twins

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pymongo.asynchronous.database import AsyncDatabase

    from newscrawl.items import Visit
    from newscrawl.storage.decisions import Decision
    from newscrawl.storage.records import PageRecord


class BatchWriter:
    """Writes batches of one crawl's pages. Writing a batch again, in whole or in part, changes nothing."""

    def __init__(self, database: AsyncDatabase[dict[str, Any]], crawl_id: str) -> None:
        self.database = database
        self.crawl_id = crawl_id
        self.twins = Twins(database)
        self._finished = False
        """Whether merges that were cut off before this crawl are finished."""

    async def write(self, batch: list[PageRecord], at: datetime | None = None) -> None:
        """Write a batch as of ``at`` (default: now): pending visits and edges, revisions, stories, last the pages' own visits.

        Each write waits for the journal of the one before it, so a crash leaves at worst a page whose visit is still
        pending; it is fetched again and every write before it is repeated without effect.
        """
        now = at or datetime.now(UTC)
        kept = await self._name_survivors(batch)
        await self._leave_out_forgotten(batch)
        decisions = await decide(self.database, batch)
        found = [visit for record in batch for visit in record.found]
        await asyncio.gather(self.write_births(found), write_edges(self.database, batch, decisions, now))
        await write_states(self.database, decisions, now)
        await write_gone(self.database, batch, kept)
        await self._look_again(batch, decisions, kept)
        await self.twins.update([one.story.story_id for one in decisions if not one.duplicate], now)
        for decision in decisions:
            decision.record.visit.outcome = decision.outcome
        for record in batch:
            record.visit.settled_at = now
        ends = [documents.settle_operation(record.visit) for record in batch]
        known = await bulk(self.database, "visits", ends)
        alive = {"$max": {"heartbeat_at": now}} | drift.counted(batch, settled_before=known)
        await self.database.crawls.update_one({"_id": self.crawl_id}, alive)

    async def _leave_out_forgotten(self, batch: list[PageRecord]) -> None:
        """Reject stories that were forgotten, and say of links to them only that they are there."""
        pages = [(record, record.page) for record in batch if record.page is not None]
        named = {link.key for _, page in pages for link in page.links}.union(*(ids_of(page) for _, page in pages))
        forgotten = await tombstoned(self.database, named)
        if not forgotten:
            return
        for record, page in pages:
            if forgotten & ids_of(page):
                if ids_of(page) - forgotten:  # the article was forgotten before this id of it was known
                    await forget_late(self.database, ids_of(page))
                record.page = None
                record.visit.outcome, record.visit.reason = Outcome.REJECTED, "the story was forgotten on request"
            for link in page.links:
                if link.key in forgotten:
                    link.text, link.group_title, link.target_updated_at = "", None, None

    async def _name_survivors(self, batch: list[PageRecord]) -> dict[str, str]:
        """Give stories and links the ids under which their articles are kept since they were merged; return these."""
        if not self._finished:
            await merging.finish(self.database)
            self._finished = True
        kept = await survivors(self.database, named_in(batch))
        for record in batch if kept else []:
            under_survivors(record, kept)
        return kept

    async def _look_again(self, batch: list[PageRecord], decisions: list[Decision], kept: Mapping[str, str]) -> None:
        """Merge stories that were stored under two ids, and catch up with what others merged or forgot during the writes."""
        stories = [decision.story for decision in decisions]
        await merging.merge_known(self.database, stories)
        if merged := await merging.merge_again(self.database, named_in(batch) - kept.keys()):
            await write_gone(self.database, batch, merged)
        forgotten = await tombstoned(self.database, {story.story_id for story in stories})
        if forgotten:
            await forget_late(self.database, forgotten)

    async def write_births(self, visits: Iterable[Visit]) -> None:
        """Write visits as pending; those that are known, pending or settled, stay as they are."""
        await insert(self.database, "visits", [documents.new_visit(visit) for visit in visits])

"""What one batch writes, in an order that a crash between any two writes heals."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pymongo.errors import BulkWriteError

from newscrawl.items import Outcome, Story
from newscrawl.storage import documents
from newscrawl.storage.decisions import Decision, edge_writes, ids_of, revision_write, tells_of_story
from newscrawl.storage.forget import tombstoned
from newscrawl.storage.sightings import last_sightings

if TYPE_CHECKING:
    from pymongo.asynchronous.database import AsyncDatabase

    from newscrawl.storage.records import PageRecord

DUPLICATE_KEY = 11000
KNOWN_STATE = {"content_hash": 1, "fetched_at": 1, "extractor_version": 1, "state_since": 1, "crawl_id": 1,
               "request_key": 1, "first_crawl_id": 1, "content_crawl_id": 1}  # fmt: skip


class BatchWriter:
    """Writes batches of one crawl's pages. Writing a batch again, in whole or in part, changes nothing."""

    def __init__(self, database: AsyncDatabase[dict[str, Any]], crawl_id: str) -> None:
        self.database = database
        self.crawl_id = crawl_id

    async def write(self, batch: list[PageRecord], at: datetime | None = None) -> None:
        """Write a batch as of ``at`` (default: now): pending visits and edges, revisions, stories, last the pages' own visits.

        Each write waits for the journal of the one before it, so a crash leaves at worst a page whose visit is still
        pending; it is fetched again and every write before it is repeated without effect.
        """
        now = at or datetime.now(UTC)
        await self._leave_out_forgotten(batch)
        decisions = await self._decide(batch)
        stored = [decision for decision in decisions if not decision.duplicate]
        pending = [documents.pending_operation(visit) for record in batch for visit in record.found]
        edges, gone = edge_writes(batch, decisions, now)
        await asyncio.gather(self.bulk("visits", pending), self.bulk("links", edges))
        await self.bulk("links", gone)
        await self.bulk("revisions", [revision_write(decision) for decision in stored])
        await self._write_stories(decisions, now)
        for decision in decisions:
            decision.record.visit.outcome = decision.outcome
        for record in batch:
            record.visit.settled_at = now
        await self.bulk("visits", [documents.settle_operation(record.visit) for record in batch])
        await self.database.crawls.update_one({"_id": self.crawl_id}, {"$max": {"heartbeat_at": now}})

    async def _leave_out_forgotten(self, batch: list[PageRecord]) -> None:
        """Reject stories that were forgotten, and say of links to them only that they are there."""
        pages = [(record, record.page) for record in batch if record.page is not None]
        named = {link.key for _, page in pages for link in page.links}.union(*(ids_of(page) for _, page in pages))
        forgotten = await tombstoned(self.database, named)
        if not forgotten:
            return
        for record, page in pages:
            if forgotten & ids_of(page):
                record.page = None
                record.visit.outcome, record.visit.reason = Outcome.REJECTED, "the story was forgotten on request"
            for link in page.links:
                if link.key in forgotten:
                    link.text, link.group_title, link.target_updated_at = "", None, None

    async def _decide(self, batch: list[PageRecord]) -> list[Decision]:
        stories = [
            (record, record.page) for record in batch if isinstance(record.page, Story) and tells_of_story(record)
        ]
        ids = [story.story_id for _, story in stories]
        known = (
            {row["_id"]: row async for row in self.database.stories.find({"_id": {"$in": ids}}, KNOWN_STATE)}
            if ids
            else {}
        )
        decisions = [Decision(record, story, known.get(story.story_id)) for record, story in stories]
        changed = [decision for decision in decisions if not decision.same_content]
        seen = await last_sightings(self.database, [one.story.story_id for one in changed]) if changed else {}
        for decision in changed:
            decision.last_sighting = seen.get(decision.story.story_id)
        return decisions

    async def _write_stories(self, decisions: list[Decision], now: datetime) -> None:
        """Write current states; of duplicates, and where a newer state turns out to be stored, only the sighting."""
        stored = [decision for decision in decisions if not decision.duplicate]
        writes = [documents.story_operation(one.story, seen_at=now, state_since=one.changed_at) for one in stored]
        superseded = await self.bulk("stories", writes)
        sighted = [(stored[index], True) for index in superseded] + [(one, False) for one in decisions if one.duplicate]
        await self.bulk(
            "stories", [documents.sighting_operation(one.story, seen_at=now, state=state) for one, state in sighted]
        )

    async def bulk(self, collection: str, operations: list[Any]) -> list[int]:
        """Run one unordered, journaled bulk; return the indexes of operations that met a duplicate key: already there."""
        if not operations:
            return []
        try:
            await self.database[collection].bulk_write(operations, ordered=False)
        except BulkWriteError as error:
            failed = error.details["writeErrors"]
            if error.details.get("writeConcernErrors") or any(write["code"] != DUPLICATE_KEY for write in failed):
                raise
            return [write["index"] for write in failed]
        return []

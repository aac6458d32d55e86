"""StoryStore: takes page records, writes them in batches, in an order that a crash between any two writes heals."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pymongo.errors import BulkWriteError
from pymongo.write_concern import WriteConcern

from newscrawl.items import Index, Outcome, Relation, Story, Target, Visit
from newscrawl.storage import documents, schema
from newscrawl.storage.forget import tombstoned

if TYPE_CHECKING:
    from pymongo import AsyncMongoClient, UpdateOne

    from newscrawl.storage.records import PageRecord

BATCH_PAGES = 100
"""A batch is written when it holds so many pages …"""
FLUSH_SECONDS = 0.5
"""… or when its first page has waited so long."""

DUPLICATE_KEY = 11000
KNOWN_STATE = {"content_hash": 1, "fetched_at": 1, "extractor_version": 1, "state_since": 1, "crawl_id": 1,
               "request_key": 1, "first_crawl_id": 1, "content_crawl_id": 1}  # fmt: skip

Settled = Callable[["PageRecord"], None]


@dataclass(slots=True)
class Decision:
    """What a batch does with one story."""

    record: PageRecord
    story: Story
    known: dict[str, Any] | None
    """What the corpus holds of the story, None if nothing."""

    @property
    def superseded_at(self) -> datetime | None:
        """When the stored state was fetched, if that is newer than this one."""
        fetched_at: datetime | None = self.known["fetched_at"] if self.known else None
        return fetched_at if fetched_at and self.story.fetched_at and fetched_at > self.story.fetched_at else None

    @property
    def same_content(self) -> bool:
        """Whether the stored state says the same."""
        return self.known is not None and self.known["content_hash"] == self.story.content_hash

    @property
    def extraction_change(self) -> bool:
        """Whether other rules read the stored state, so that a difference is not known to be the BBC's."""
        if self.known is None or self.same_content:
            return False
        return bool(self.known["extractor_version"] != self.story.extractor_version)

    @property
    def duplicate(self) -> bool:
        """Whether this crawl stored the story before, under another address."""
        if self.record.visit.outcome is Outcome.DUPLICATE:
            return True
        known, story = self.known or {}, self.story
        return known.get("crawl_id") == story.crawl_id and known.get("request_key") != story.request_key

    @property
    def outcome(self) -> Outcome:
        """What came of the visit. A page written before by the same crawl (and fetched again after a crash) counts as then."""
        known, crawl_id = self.known, self.story.crawl_id
        if self.duplicate:
            return Outcome.DUPLICATE
        if known is None or known["crawl_id"] == crawl_id == known.get("first_crawl_id"):
            return Outcome.NEW
        if self.superseded_at or self.extraction_change:
            return Outcome.UNCHANGED
        if not self.same_content or known.get("content_crawl_id") == crawl_id:
            return Outcome.REVISED
        return Outcome.UNCHANGED


class StoryStore:
    """The writer of one crawl. One batch is written at a time; who adds while it is full waits for it."""

    def __init__(
        self, client: AsyncMongoClient[dict[str, Any]], database: str, crawl_id: str, on_settled: Settled
    ) -> None:
        self.client = client
        self.database = client.get_database(database, write_concern=WriteConcern(w=1, j=True))
        self.crawl_id = crawl_id
        self.on_settled = on_settled
        self._batch: list[PageRecord] = []
        self._writing = asyncio.Lock()
        self._timer: asyncio.Task[None] | None = None

    async def prepare(self) -> None:
        """Create what is missing of the schema."""
        await schema.prepare(self.database)

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
        await self._write("visits", [documents.pending_operation(visit) for visit in visits])

    async def pending(self, limit: int, skip: Callable[[str], bool]) -> list[Visit]:
        """Return up to ``limit`` pending visits of this crawl, most urgent first, but those whose key is to be skipped."""
        asked = {"crawl_id": self.crawl_id, "outcome": Outcome.PENDING.value}
        found: list[Visit] = []
        async for row in self.database.visits.find(asked).sort([("priority", -1), ("found_at", 1)]):
            if not skip(row["request_key"]):
                found.append(_visit(row))
            if len(found) == limit:
                break
        return found

    async def add(self, record: PageRecord) -> None:
        """Take one ended page. Returns at once unless the batch is full; then when there is room again."""
        self._batch.append(record)
        if len(self._batch) >= BATCH_PAGES:
            await self.flush()
        elif self._timer is None or self._timer.done():
            self._timer = asyncio.get_running_loop().create_task(self._flush_later())

    async def _flush_later(self) -> None:
        await asyncio.sleep(FLUSH_SECONDS)
        await self.flush()

    async def flush(self) -> None:
        """Write all that was taken so far."""
        async with self._writing:
            batch, self._batch = self._batch, []
            if batch:
                await self._write_batch(batch)

    async def close(self) -> None:
        """Write what is left and disconnect."""
        if self._timer:
            self._timer.cancel()
        await self.flush()
        await self.client.close()

    async def _write_batch(self, batch: list[PageRecord]) -> None:
        """Write a batch: pending visits and edges, revisions, stories, and last the pages' own visits.

        Each write waits for the journal of the one before it, so a crash leaves at worst a page whose visit is still
        pending; it is fetched again and every write before it is repeated without effect.
        """
        now = datetime.now(UTC)
        await self._leave_out_forgotten(batch)
        decisions = await self._decide(batch)
        stored = [decision for decision in decisions if not decision.duplicate]
        pending = [documents.pending_operation(visit) for record in batch for visit in record.found]
        edges, gone = _edge_writes(batch, decisions, now)
        await asyncio.gather(self._write("visits", pending), self._write("links", edges))
        await self._write("links", gone)
        await self._write("revisions", [_revision(decision) for decision in stored])
        await self._write_stories(decisions, now)
        for decision in decisions:
            decision.record.visit.outcome = decision.outcome
        for record in batch:
            record.visit.settled_at = now
        await self._write("visits", [documents.settle_operation(record.visit) for record in batch])
        await self.database.crawls.update_one({"_id": self.crawl_id}, {"$set": {"heartbeat_at": now}})
        for record in batch:
            self.on_settled(record)

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
            (record, record.page) for record in batch if isinstance(record.page, Story) and _tells_of_story(record)
        ]
        ids = [story.story_id for _, story in stories]
        known = (
            {row["_id"]: row async for row in self.database.stories.find({"_id": {"$in": ids}}, KNOWN_STATE)}
            if ids
            else {}
        )
        return [Decision(record, story, known.get(story.story_id)) for record, story in stories]

    async def _write_stories(self, decisions: list[Decision], now: datetime) -> None:
        """Write current states; of duplicates, and where a newer state turns out to be stored, only the sighting."""
        stored = [decision for decision in decisions if not decision.duplicate]
        writes = [documents.story_operation(one.story, seen_at=now, changed=not one.same_content) for one in stored]
        superseded = await self._write("stories", writes)
        sighted = [(stored[index], True) for index in superseded] + [(one, False) for one in decisions if one.duplicate]
        await self._write(
            "stories", [documents.sighting_operation(one.story, seen_at=now, state=state) for one, state in sighted]
        )

    async def _write(self, collection: str, operations: list[Any]) -> list[int]:
        """Run one unordered, journaled bulk; return the indexes of operations that met a duplicate key: already there."""
        if not operations:
            return []
        try:
            await self.database[collection].bulk_write(operations, ordered=False)
        except BulkWriteError as error:
            failed = error.details["writeErrors"]
            if any(write["code"] != DUPLICATE_KEY for write in failed):
                raise
            return [write["index"] for write in failed]
        return []


def ids_of(page: Story | Index) -> set[str]:
    """Return all ids of the article a page shows; none for an index page."""
    return {page.story_id, *page.also_ids} if isinstance(page, Story) else set()


def _tells_of_story(record: PageRecord) -> bool:
    return record.store_story or record.visit.outcome is Outcome.DUPLICATE


def _edge_writes(batch: list[PageRecord], decisions: list[Decision], now: datetime) -> tuple[list[Any], list[Any]]:
    """Return the writes of all edges, and those that mark lost edges of pages that were known before."""
    by_page = {id(decision.story): decision for decision in decisions}
    edges: list[Any] = []
    gone: list[Any] = []
    for record in batch:
        if record.page is None or record.visit.outcome is Outcome.DUPLICATE:
            continue
        decision = by_page.get(id(record.page))
        superseded_at = decision.superseded_at if decision else None
        edges += documents.edge_operations(record.page, seen_at=now, superseded_at=superseded_at)
        if superseded_at is None and (decision is None or decision.known):
            gone.append(documents.gone_operation(record.page))
    return edges, gone


def _revision(decision: Decision) -> UpdateOne:
    known = decision.known or {}
    current = decision.same_content and not decision.superseded_at
    return documents.revision_operation(
        decision.story,
        state_since=known.get("state_since") if current else None,
        extraction_change=decision.extraction_change,
    )


def _visit(row: dict[str, Any]) -> Visit:
    row.pop("_id")
    row["outcome"], row["target"] = Outcome(row["outcome"]), Target(row["target"])
    row["relation"] = Relation(row["relation"]) if row.get("relation") else None
    return Visit(**row)

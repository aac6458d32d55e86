"""What the corpus holds of stories: their states and edges as they stand, to be compared with what is read again."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bson import CodecOptions, decode, encode

from newscrawl.freshness import Saved
from newscrawl.items import Relation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from pymongo.asynchronous.database import AsyncDatabase

    from newscrawl.items import Story

Document = dict[str, Any]

AS_STORED: CodecOptions[Document] = CodecOptions(tz_aware=True)
RECORDED = {"archive_record": 1, "saved": 1}


@dataclass(slots=True)
class Reading:
    """What today's rules read from one archived page."""

    story_id: str
    """By the page's own address."""
    story: Story | None
    """None where the page shows none that a crawl would store."""
    reason: str
    """Why not; empty where there is a story."""
    url: str
    position: str
    """``file.warc.gz@offset`` of the page."""
    captured_at: datetime | None
    """To the millisecond, as MongoDB keeps it; None if the archive does not say."""


@dataclass(slots=True)
class History:
    """One story of the corpus. A document that changes is replaced, so that what was loaded tells what is to be written."""

    story: Document
    states: dict[str, Document] = field(default_factory=dict)
    """The revisions by content hash."""
    edges: dict[str, Document] = field(default_factory=dict)
    """Those that start at the story, by ``_id``; none to a twin."""
    records: dict[str, datetime] = field(default_factory=dict)
    """Where an archive holds the page of a fetch, as the crawl log has it: position -> ``fetched_at``."""
    spans: list[Document] = field(default_factory=list)
    """The times in which the corpus saw the story before anything was moved."""
    not_modified: bool = False
    """Whether the last fetch brought no page: the server said that the one fetched before it was as it had been."""

    @property
    def fetched_at(self) -> datetime:
        """When the current state was fetched."""
        at: datetime = self.story["fetched_at"]
        return at

    def moment(self, reading: Reading) -> datetime | None:
        """Return the fetch that brought the page of a reading, None if none that is known did."""
        at = self.records.get(reading.position, reading.captured_at)
        return at if at and (at == self.fetched_at or any(covers(times, at) for times in self.spans)) else None

    def holding(self, at: datetime) -> Iterator[str]:
        """Yield the hashes of the states that the corpus saw at a time: one, but after a crash perhaps two."""
        for content_hash, state in self.states.items():
            if any(covers(one, at) for one in state["seen"]):
                yield content_hash

    def last_before(self, at: datetime) -> Document:
        """Return the state that was seen last before a time; there is one for each time within ``spans``."""
        seen = ((times["first"], one) for one, state in self.states.items() for times in state["seen"])
        return self.states[max((first, one) for first, one in seen if first <= at)[1]]

    def current(self, moments: Iterable[datetime]) -> datetime | None:
        """Return which of the fetches brought the page of the current state, None if none of them did."""
        if not self.not_modified:
            return self.fetched_at
        state = self.states.get(self.story["content_hash"], {"seen": ()})
        since = [times["first"] for times in state["seen"] if covers(times, self.fetched_at)]
        return max((at for at in moments if since and since[0] <= at <= self.fetched_at), default=None)

    def next_fetch(self, at: datetime) -> datetime:
        """Return the first fetch after a time that is known."""
        ends = (one[end] for state in self.states.values() for one in state["seen"] for end in ("first", "last"))
        return min((end for end in ends if end > at), default=self.fetched_at)


def covers(interval: Document, at: datetime) -> bool:
    """Return whether a time lies in an interval of sightings."""
    return bool(interval["first"] <= at <= interval["last"])


def as_stored(document: Document) -> Document:
    """Return a document as MongoDB would give it back. Raises what bson raises for what cannot be stored."""
    return decode(encode(document), AS_STORED)


async def load(database: AsyncDatabase[Document], ids: Iterable[str]) -> dict[str, History]:
    """Return the histories of stories by the id under which each is kept."""
    known = {row["_id"]: History(row) async for row in database.stories.find({"_id": {"$in": list(ids)}})}
    asked = {"$in": sorted(known)}
    async for row in database.revisions.find({"story_id": asked}):
        known[row["story_id"]].states[row["content_hash"]] = row
        known[row["story_id"]].spans += row["seen"]
    async for row in database.links.find({"from": asked, "relation": {"$ne": Relation.TWIN.value}}):
        known[row["from"]].edges[row["_id"]] = row
    await _load_records(database, known)
    return known


async def _load_records(database: AsyncDatabase[Document], known: dict[str, History]) -> None:
    """Look up in the crawl log where the pages of the fetches were recorded."""
    fetches: dict[str, list[tuple[History, datetime]]] = defaultdict(list)
    for story_id, history in known.items():
        for state in (history.story, *history.states.values()):
            key = history.story.get("request_key", story_id)
            fetches[f"{state.get('crawl_id')}|{key}"].append((history, state["fetched_at"]))
    async for visit in database.visits.find({"_id": {"$in": sorted(fetches)}}, RECORDED):
        for history, at in fetches[visit["_id"]]:
            if visit.get("saved") == Saved.NOT_MODIFIED:
                history.not_modified |= at == history.fetched_at
            elif record := visit.get("archive_record"):
                history.records[record] = max(at, history.records.get(record, at))

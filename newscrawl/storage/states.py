"""Writes the states that a batch's stories were found in, also where several crawls find the same stories at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newscrawl.items import Story
from newscrawl.storage import documents
from newscrawl.storage.bulk import bulk, insert
from newscrawl.storage.decisions import Decision, tells_of_story
from newscrawl.storage.edges import write_edges
from newscrawl.storage.intervals import fetches_of, put_in_order
from newscrawl.storage.sightings import last_sightings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from pymongo.asynchronous.database import AsyncDatabase

    from newscrawl.storage.records import PageRecord

    Database = AsyncDatabase[dict[str, Any]]

KNOWN_STATE = (*documents.VERSION, "extractor_version", "crawl_id", "request_key", "first_crawl_id", "content_crawl_id")


async def decide(database: Database, batch: Iterable[PageRecord]) -> list[Decision]:
    """Return what is to be done with the stories of a batch, by what the corpus holds of each."""
    stories = [(record, record.page) for record in batch if isinstance(record.page, Story) and tells_of_story(record)]
    decisions = [Decision(record, story, None) for record, story in stories]
    await _look(database, decisions)
    return decisions


async def _look(database: Database, decisions: list[Decision]) -> None:
    """Give decisions what the corpus holds now."""
    ids = [decision.story.story_id for decision in decisions]
    if not ids:
        return
    asked = database.stories.find({"_id": {"$in": ids}}, dict.fromkeys(KNOWN_STATE, 1))
    known = {row["_id"]: row async for row in asked}
    for decision in decisions:
        decision.known = known.get(decision.story.story_id)
    changed = [decision for decision in decisions if not decision.same_content]
    seen = await last_sightings(database, [one.story.story_id for one in changed]) if changed else {}
    for decision in changed:
        decision.last_sighting = seen.get(decision.story.story_id)
    for decision in decisions:
        if decision.superseded_at and (at := decision.story.fetched_at):
            later = [one for one in await fetches_of(database, [decision.story.story_id]) if one > at]
            decision.followed_at = min(later, default=decision.superseded_at)


async def write_states(database: Database, decisions: Iterable[Decision], now: datetime) -> None:
    """Write revisions, then stories; of duplicates and older states the stories only learn that they were seen.

    A story is replaced only as the decision knew it. Where another crawl was faster, the decision is taken again by what that
    one wrote, edges included, until it holds. What may have come out of order is put in order at the end.
    """
    undone, doubtful = list(decisions), set()
    while undone:
        overtaken = await _write_once(database, undone, now)
        doubtful |= {one.story.story_id for one in undone if one.changes_history}
        await _look(database, overtaken)
        await write_edges(database, [one.record for one in overtaken], overtaken, now)
        doubtful |= {one.story.story_id for one in overtaken}
        undone = overtaken
    await put_in_order(database, doubtful)


async def _write_once(database: Database, decisions: list[Decision], now: datetime) -> list[Decision]:
    """Write what is decided; return the decisions that another crawl has overtaken."""
    stored = [decision for decision in decisions if not decision.duplicate]
    await _write_revisions(database, stored)
    newest = [decision for decision in stored if not decision.superseded_at]
    writes = [
        documents.story_operation(one.story, one.state, seen_at=now, state_since=one.changed_at, known=one.known)
        for one in newest
    ]
    overtaken = await bulk(database, "stories", writes)
    seen_again = [decision for decision in decisions if decision.duplicate or decision.superseded_at]
    sightings = [documents.sighting_operation(one.story, seen_at=now, state=not one.duplicate) for one in seen_again]
    await bulk(database, "stories", sightings)
    return [newest[index] for index in overtaken]


async def _write_revisions(database: Database, stored: list[Decision]) -> None:
    """Write the states that stories were found in.

    Of a story that nobody has seen the revision is inserted, in half of the time of an upsert; where another crawl was
    faster, that is found out by its key, and the sighting is added to what is there.
    """
    first = [decision for decision in stored if decision.first_sight]
    known = [decision for decision in stored if not decision.first_sight]
    born = [documents.new_revision(one.story, one.state) for one in first]
    known += [first[index] for index in await insert(database, "revisions", born)]
    writes = [
        documents.revision_operation(
            one.story, one.state, state_since=one.state_since, extraction_change=one.extraction_change
        )
        for one in known
    ]
    await bulk(database, "revisions", writes)

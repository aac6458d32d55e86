"""Removes a story for good: a take-down, or somebody's privacy. The only deletion newscrawl knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pymongo import UpdateOne
from pymongo.write_concern import WriteConcern

from newscrawl.items import Relation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pymongo.asynchronous.database import AsyncDatabase
    from pymongo.database import Database

Document = dict[str, Any]

WORDS_OF_AN_EDGE = ("text", "group_title", "target_updated_at")
"""What another page says about the story it points at."""
BARE = {"$unset": dict.fromkeys(WORDS_OF_AN_EDGE, "")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What was removed."""

    story_ids: list[str]
    """All ids of the article; each has a tombstone now."""
    forgotten_at: datetime
    stories: int
    revisions: int
    links: int
    """Edges from the story, and those of its twins to it."""
    references: int
    """Edges to the story; they stay without the words that stood in them."""


def forget(database: Database[Document], story_id: str) -> Forgotten:
    """Remove a story, its revisions and the edges from it, reduce the edges to it to bare references, leave tombstones.

    The tombstones come first and the story last, so that after a crash the same call finds the story and finishes. The
    crawl log keeps the address; archives that crawls recorded are not touched.
    """
    durable = database.with_options(write_concern=WriteConcern(w=1, j=True))
    ids, now = _ids_of_article(durable, story_id), datetime.now(UTC)
    durable.tombstones.bulk_write(_tombstones(ids, now), ordered=False)
    removed = _removed(ids)
    return Forgotten(
        story_ids=ids,
        forgotten_at=now,
        revisions=durable.revisions.delete_many(removed["revisions"]).deleted_count,
        links=durable.links.delete_many(removed["links"]).deleted_count,
        references=durable.links.update_many({"to": {"$in": ids}}, BARE).matched_count,
        stories=durable.stories.delete_many(removed["stories"]).deleted_count,
    )


async def forget_late(database: AsyncDatabase[Document], ids: Iterable[str]) -> None:
    """Remove what is stored of an article that was forgotten under another of its ids, or while a crawl wrote it."""
    ids = sorted(ids)
    await database.tombstones.bulk_write(_tombstones(ids, datetime.now(UTC)), ordered=False)
    await database.links.update_many({"to": {"$in": ids}}, BARE)
    for collection, query in _removed(ids).items():
        await database[collection].delete_many(query)


def _tombstones(ids: list[str], at: datetime) -> list[UpdateOne]:
    return [UpdateOne({"_id": one}, {"$setOnInsert": {"forgotten_at": at}}, upsert=True) for one in ids]


def _removed(ids: list[str]) -> dict[str, Document]:
    """Return collection -> what of it is removed with an article; the story last."""
    twins = {"to": {"$in": ids}, "relation": Relation.TWIN.value}
    return {
        "revisions": {"story_id": {"$in": ids}},
        "links": {"$or": [{"from": {"$in": ids}}, twins]},
        "stories": {"_id": {"$in": ids}},
    }


def _ids_of_article(database: Database[Document], story_id: str) -> list[str]:
    """Return the story's id and the other ids of the same article, by its own word and by that of stories that name it."""
    named = {"$or": [{"_id": {"$eq": story_id}}, {"also_ids": {"$eq": story_id}}]}
    known = database.stories.find(named, {"also_ids": 1})
    return sorted({story_id}.union(*([row["_id"], *row.get("also_ids", ())] for row in known)))


async def tombstoned(database: AsyncDatabase[Document], ids: Iterable[str]) -> set[str]:
    """Return those of the story ids that are not to be stored again."""
    if await database.tombstones.find_one({}, {"_id": 1}) is None:  # nearly always, and 5,000 ids take their time
        return set()
    rows = database.tombstones.find({"_id": {"$in": list(ids)}}, {"_id": 1})
    return {row["_id"] async for row in rows}

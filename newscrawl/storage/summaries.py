"""What a finished crawl leaves behind so that a question over all edges need not read all edges: the hubs.

A summary is a cache, never the truth. It says which state of the corpus it was made of; for any other state it is not used, and
whoever asks counts for themselves.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from newscrawl.items import Relation, Target

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pymongo.asynchronous.database import AsyncDatabase

Document = dict[str, Any]

HUBS = "hubs"
"""``_id`` of the summary."""
MOST_HUBS = 1000
"""How many hubs a summary holds of each relation."""
ALL = "all"
"""Stands for all relations together."""
POINTING = tuple(one.value for one in Relation if one is not Relation.TWIN)
"""Relations by which a page points at a story; near-duplicates are no pointers."""
LATEST = [("heartbeat_at", -1)]


def counted(relations: Iterable[str], limit: int) -> list[Document]:
    """Return the pipeline over ``links`` that yields the stories most pointed at, each as ``_id`` and ``links``."""
    return [
        {"$match": {"target": Target.STORY.value, "relation": {"$in": list(relations)}}},
        {"$group": {"_id": "$to", "links": {"$sum": 1}}},
        {"$sort": {"links": -1, "_id": 1}},
        {"$limit": limit},
    ]


def state(last_crawl: Document | None, links: int) -> Document:
    """Return what tells one state of the corpus from another: each batch of a crawl moves its heartbeat."""
    return {"heartbeat_at": last_crawl and last_crawl.get("heartbeat_at"), "links": links}


async def summarise(database: AsyncDatabase[Document]) -> None:
    """Count the hubs of each relation and keep them. A crawl that writes meanwhile makes the summary one of no state."""
    last = await database.crawls.find_one({}, {"heartbeat_at": 1}, sort=LATEST)
    made_of = state(last, await database.links.estimated_document_count())
    hubs = await _by_relation(database)
    cursor = await database.links.aggregate(counted(POINTING, MOST_HUBS), allowDiskUse=True)
    hubs[ALL] = [row async for row in cursor]
    await database.summaries.replace_one({"_id": HUBS}, {"of": made_of, "relations": hubs}, upsert=True)


async def _by_relation(database: AsyncDatabase[Document]) -> dict[str, list[Document]]:
    """Return relation -> the stories most pointed at by it, all in one reading of the edges."""
    pipeline: list[Document] = [
        {"$match": {"target": Target.STORY.value, "relation": {"$in": list(POINTING)}}},
        {"$group": {"_id": {"to": "$to", "relation": "$relation"}, "links": {"$sum": 1}}},
        {"$sort": {"links": -1, "_id.to": 1}},
    ]
    hubs: dict[str, list[Document]] = defaultdict(list)
    async for row in await database.links.aggregate(pipeline, allowDiskUse=True):
        of_relation = hubs[row["_id"]["relation"]]
        if len(of_relation) < MOST_HUBS:
            of_relation.append({"_id": row["_id"]["to"], "links": row["links"]})
    return hubs

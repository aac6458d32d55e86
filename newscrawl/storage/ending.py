"""The end of a crawl as its document tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from pymongo.asynchronous.database import AsyncDatabase

    Database = AsyncDatabase[dict[str, Any]]


async def count_visits(database: Database, crawl_id: str, field: str = "outcome") -> dict[str, int]:
    """Return {value: visits} of a crawl for a field of visits that is a word; those without it are left out."""
    asked = {"crawl_id": crawl_id, field: {"$gt": ""}}
    cursor = await database.visits.aggregate(
        [{"$match": asked}, {"$group": {"_id": f"${field}", "visits": {"$sum": 1}}}]
    )
    return {row["_id"]: row["visits"] async for row in cursor}


async def record_end(database: Database, crawl_id: str, reason: str, at: datetime) -> None:
    """Record when and why a crawl ended, with its counts."""
    ended = {"ended_at": at, "finish_reason": reason, **await _counts(database, crawl_id)}
    await database.crawls.update_one({"_id": crawl_id}, {"$set": ended})


async def has_gone_on(database: Database, crawl_id: str, since: datetime) -> bool:
    """Return whether a crawl was taken up again after a moment."""
    return await database.crawls.find_one({"_id": crawl_id, "heartbeat_at": {"$gt": since}}, {"_id": 1}) is not None


async def count_again(database: Database, crawl_id: str) -> None:
    """Correct the counts of a crawl that has ended, of which more was written since."""
    counts = await _counts(database, crawl_id)
    await database.crawls.update_one({"_id": crawl_id, "ended_at": {"$exists": True}}, {"$set": counts})


async def _counts(database: Database, crawl_id: str) -> dict[str, Any]:
    saved = await count_visits(database, crawl_id, "saved")
    return {"counts": await count_visits(database, crawl_id)} | ({"saved": saved} if saved else {})

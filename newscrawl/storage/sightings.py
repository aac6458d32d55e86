"""In which state a story was seen last, by its revisions: they are written before the story and may know more after a crash."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from pymongo.asynchronous.database import AsyncDatabase


class Sighting(NamedTuple):
    """A stretch of time in which every fetch found a story in one state."""

    last: datetime
    first: datetime
    content_hash: str


async def last_sightings(database: AsyncDatabase[dict[str, Any]], story_ids: Iterable[str]) -> dict[str, Sighting]:
    """Return story id -> when and how it was seen last; stories that have no revision are left out."""
    latest: dict[str, Sighting] = {}
    shown = {"_id": 0, "story_id": 1, "content_hash": 1, "seen": 1}
    async for row in database.revisions.find({"story_id": {"$in": list(story_ids)}}, shown):
        seen = [Sighting(times["last"], times["first"], row["content_hash"]) for times in row["seen"]]
        latest[row["story_id"]] = max(seen + [one for one in [latest.get(row["story_id"])] if one])
    return latest

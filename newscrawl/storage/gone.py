"""Stories whose address answers that there is nothing any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import UpdateOne

from newscrawl.items import Outcome
from newscrawl.storage.bulk import bulk

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pymongo.asynchronous.database import AsyncDatabase

    from newscrawl.storage.records import PageRecord

NOT_FOUND, GONE = 404, 410


async def write_gone(
    database: AsyncDatabase[dict[str, Any]], batch: Iterable[PageRecord], kept: Mapping[str, str]
) -> None:
    """Mark stored stories that a visit found gone; ``kept``: the ids under which merged stories are kept.

    ``gone_at`` is the first such answer after the last fetch that brought the story: an answer older than that says nothing.
    """
    visits = [record.visit for record in batch if record.visit.outcome is Outcome.HTTP_ERROR]
    found = [
        (kept.get(visit.request_key, visit.request_key), visit.answered_at)
        for visit in visits
        if visit.http_status in {NOT_FOUND, GONE} and visit.answered_at
    ]
    writes = [UpdateOne({"_id": one, "fetched_at": {"$lt": at}}, {"$min": {"gone_at": at}}) for one, at in found]
    await bulk(database, "stories", writes)

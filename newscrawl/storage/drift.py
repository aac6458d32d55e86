"""Field coverage by era as the documents of crawls keep it: counted with each batch, compared when a crawl ends."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from newscrawl.coverage import Coverage, covered, drifts
from newscrawl.items import Outcome, Story

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from pymongo.asynchronous.database import AsyncDatabase

    from newscrawl.storage.records import PageRecord

Document = dict[str, Any]

logger = logging.getLogger(__name__)

USUAL_CRAWLS = 500
"""So many crawls before one say what is usual: whatever a corpus grows to, and with what has changed for good in them."""


def counted(batch: Iterable[PageRecord], settled_before: Collection[int]) -> Document:
    """Return the ``$inc`` of a crawl's document for a batch; empty if no page was read as a story.

    Stories that are rejected count, because what is required may be what the rules no longer find. Those that came by a second
    address do not, nor do those of which no page was sent. It is written with the heartbeat, after the visits are settled:
    a crash between the two loses one batch's counts, and none is counted twice. ``settled_before`` are the indexes of
    records whose visits had been.
    """
    pages = (
        record.page
        for index, record in enumerate(batch)
        if index not in settled_before and record.visit.outcome is not Outcome.DUPLICATE and record.visit.saved is None
    )
    coverage = covered(page for page in pages if isinstance(page, Story))
    more = {f"coverage.{era}.{name}": count for era, fields in coverage.items() for name, count in fields.items()}
    return {"$inc": more} if more else {}


def summed(before: datetime | None = None) -> list[Document]:
    """Return the pipeline over ``crawls`` that sums up the coverage of the last ones, or of the last ones before a time."""
    asked: Document = {"coverage": {"$exists": True}} | ({"started_at": {"$lt": before}} if before else {})
    return [
        {"$sort": {"started_at": -1}},
        {"$match": asked},
        {"$limit": USUAL_CRAWLS},
        {"$project": {"era": {"$objectToArray": "$coverage"}}},
        {"$unwind": "$era"},
        {"$project": {"era": "$era.k", "field": {"$objectToArray": "$era.v"}}},
        {"$unwind": "$field"},
        {"$group": {"_id": {"era": "$era", "field": "$field.k"}, "n": {"$sum": "$field.v"}}},
        {"$sort": {"_id.era": 1}},
    ]


def as_coverage(rows: Iterable[Document]) -> Coverage:
    """Return what the rows of ``summed`` say."""
    coverage: Coverage = {}
    for row in rows:
        coverage.setdefault(row["_id"]["era"], {})[row["_id"]["field"]] = row["n"]
    return coverage


async def tell(database: AsyncDatabase[Document], crawl_id: str) -> None:
    """Warn in the log of each field that fewer stories of a crawl have than those of the crawls before it."""
    crawl = await database.crawls.find_one({"_id": crawl_id}, {"coverage": 1, "started_at": 1})
    if crawl and "coverage" in crawl:
        rows = await (await database.crawls.aggregate(summed(before=crawl["started_at"]))).to_list()
        for drift in drifts(crawl["coverage"], as_coverage(rows)):
            logger.warning("%s", drift)

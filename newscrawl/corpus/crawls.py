"""The crawl log: which crawls there were, and what came of each address."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from newscrawl.corpus.errors import NotFoundError
from newscrawl.corpus.stories import named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pymongo.database import Database

Document = dict[str, Any]

LAST = "last"
"""Stands for the crawl that began last."""
SILENCE = timedelta(minutes=10)
"""A crawl that wrote nothing for so long has died: for a server that is away it waits five minutes."""


def crawls(database: Database[Document]) -> Iterator[Document]:
    """Yield the crawls, the newest first, each with ``counts`` (outcome -> visits) and ``state``.

    The state is the reason why it finished, ``running``, or ``broken off`` where it went silent without an end.
    """
    for row in database.crawls.find().sort("started_at", -1):
        # what stands in the document was counted at the end; a crawl that goes on, or died, has none
        counts = row.get("counts") if "ended_at" in row else None
        counts = outcomes(database, row["_id"]) if counts is None else _most_first(counts)
        yield named(row, "crawl_id") | {"state": _state(row), "counts": counts}


def _most_first(counts: dict[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda count: (-count[1], count[0])))


def _state(crawl: Document) -> str:
    if "ended_at" in crawl:
        return str(crawl["finish_reason"])
    alive = datetime.now(UTC) - crawl["heartbeat_at"] < SILENCE
    return "running" if alive else "broken off"


def crawl_id(database: Database[Document], word: str) -> str:
    """Return the id of the crawl a user means: an id or ``last``. Raises NotFoundError."""
    asked = {} if word == LAST else {"_id": {"$eq": word}}
    found = database.crawls.find_one(asked, {"_id": 1}, sort=[("started_at", -1)])
    if found is None:
        raise NotFoundError("no crawl in the corpus" if word == LAST else f"no crawl {word!r} in the corpus")
    return str(found["_id"])


def outcomes(database: Database[Document], crawl: str | None = None) -> dict[str, int]:
    """Return outcome -> visits, of one crawl or of all, the most frequent first. Answered from the index alone."""
    asked: list[Document] = (
        [{"$match": {"crawl_id": {"$eq": crawl}}}] if crawl else [{"$sort": {"crawl_id": 1, "outcome": 1}}]
    )
    counted: list[Document] = [
        {"$group": {"_id": "$outcome", "visits": {"$sum": 1}}},
        {"$sort": {"visits": -1, "_id": 1}},
    ]
    return {row["_id"]: row["visits"] for row in database.visits.aggregate(asked + counted)}


def visits(database: Database[Document], crawl: str, outcome: str | None, limit: int) -> Iterator[Document]:
    """Yield the visits of a crawl by outcome, the most urgent first. ``limit`` 0: all."""
    asked = {"crawl_id": {"$eq": crawl}} | ({"outcome": {"$eq": outcome}} if outcome else {})
    order = [("crawl_id", 1), ("outcome", 1), ("priority", -1), ("found_at", 1)]
    for row in database.visits.find(asked).sort(order).limit(limit):
        row.pop("_id")
        yield row

"""How much there is of what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newscrawl.corpus.crawls import outcomes
from newscrawl.coverage import drifts
from newscrawl.storage import drift

if TYPE_CHECKING:
    from pymongo.database import Database

Document = dict[str, Any]

COLLECTIONS = ("stories", "revisions", "links", "crawls", "visits", "tombstones")


INDEXED = ("page_era", "section", "language")
"""Fields of stories that an index holds before the date: in its order they are read from it and not from the documents."""


def stats(database: Database[Document]) -> Document:
    """Return the counts: of each collection, of stories by era, kind, section and language, of edges by relation, of visits by outcome."""
    # an exact count: after a crash the server's quick estimate may say 0
    totals = {name: database[name].count_documents({}, hint="_id_") for name in COLLECTIONS}
    return {
        **totals,
        "published": _span(database),
        "eras": _counts(database, "stories", "page_era"),
        "kinds": _counts(database, "stories", "kind"),
        "sections": _counts(database, "stories", "section"),
        "languages": _counts(database, "stories", "language"),
        "relations": _counts(database, "links", "relation"),
        "outcomes": outcomes(database),
        **_coverage(database),
        "bytes": int(database.command("dbStats")["totalSize"]),
    }


def _coverage(database: Database[Document]) -> Document:
    """Return ``coverage`` of the last crawls by era and field, and ``drifts``: what the last of them finds less often than before."""
    last = database.crawls.find_one(
        {"coverage": {"$exists": True}}, {"coverage": 1, "started_at": 1}, sort=[("started_at", -1)]
    )
    if last is None:
        return {"coverage": {}, "drifts": []}
    before = drift.as_coverage(database.crawls.aggregate(drift.summed(before=last["started_at"])))
    total = drift.as_coverage(database.crawls.aggregate(drift.summed()))
    return {"coverage": total, "drifts": drifts(last["coverage"], before)}


def _counts(database: Database[Document], collection: str, field: str) -> dict[str, int]:
    """Return value -> documents, the most frequent first; documents without the field count under an empty name."""
    pipeline: list[Document] = [{"$sort": {field: 1, "date_published": -1}}] if field in INDEXED else []
    pipeline += [
        {"$group": {"_id": f"${field}", "n": {"$sum": 1}}},
        {"$sort": {"n": -1, "_id": 1}},
    ]
    return {row["_id"] or "": row["n"] for row in database[collection].aggregate(pipeline, allowDiskUse=True)}


def _span(database: Database[Document]) -> Document:
    """Return when the first and the last story were published; empty if no date is known."""
    dated = {"date_published": {"$type": "date"}}
    ends = {"first": 1, "last": -1}
    found = {
        name: database.stories.find_one(dated, {"date_published": 1}, sort=[("date_published", way)])
        for name, way in ends.items()
    }
    return {name: row["date_published"] for name, row in found.items() if row}

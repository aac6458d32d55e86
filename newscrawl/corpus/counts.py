"""How much there is of what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newscrawl.corpus.crawls import outcomes

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
        "bytes": int(database.command("dbStats")["totalSize"]),
    }


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

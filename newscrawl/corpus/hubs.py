"""The stories that most pages point at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newscrawl.corpus.reached import stored
from newscrawl.storage import summaries

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pymongo.database import Database

Document = dict[str, Any]

MOST = summaries.MOST_HUBS
"""How many hubs there are at most."""


def hubs(database: Database[Document], relation: str | None, limit: int) -> Iterator[Document]:
    """Yield the stories most pointed at, by one relation or all: ``links``, and what is known of the story.

    Stories of equally many links come in the order of their ids. ``limit`` 0: all, but at most MOST. A story that the corpus
    does not hold has its id only.
    """
    found = list(_counted(database, relation, limit or MOST))
    known = stored(database, [row["_id"] for row in found])
    for row in found:
        document = {name: value for name, value in known.get(row["_id"], {}).items() if name != "also_ids"}
        yield {"story_id": row["_id"], "links": row["links"]} | document


def _counted(database: Database[Document], relation: str | None, limit: int) -> Iterable[Document]:
    """Return the counts from the summary, if it was made of the corpus as it is; else count."""
    summary = database.summaries.find_one({"_id": summaries.HUBS}, {"of": 1})
    last = database.crawls.find_one({}, {"heartbeat_at": 1}, sort=summaries.LATEST)
    if summary and summary["of"] == summaries.state(last, database.links.estimated_document_count()):
        name = f"relations.{relation or summaries.ALL}"
        kept = database.summaries.find_one({"_id": summaries.HUBS}, {name: {"$slice": limit}})
        rows: list[Document] = (kept or summary).get("relations", {}).get(relation or summaries.ALL, [])
        return rows
    relations = [relation] if relation else summaries.POINTING
    return database.links.aggregate(summaries.counted(relations, limit), allowDiskUse=True)

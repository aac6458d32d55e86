"""Full-text search and filters over the stories."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from newscrawl.corpus.snippets import matcher, snippet
from newscrawl.corpus.stories import is_empty, named
from newscrawl.storage.schema import text_language

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from pymongo.cursor import Cursor
    from pymongo.database import Database

Document = dict[str, Any]

SHOWN = ("headline", "summary", "date_published", "section", "page_era", "kind", "language", "word_count", "url")
SCORE = {"score": {"$meta": "textScore"}}

SORTS: dict[str, list[tuple[str, Any]]] = {
    "relevance": [("score", {"$meta": "textScore"}), ("_id", 1)],
    "newest": [("date_published", -1)],
    "oldest": [("date_published", 1)],
}
"""The orders a search may have. Stories without a date are the oldest."""

_KEYS: dict[str, Callable[[Document], tuple[Any, ...]]] = {
    "relevance": lambda row: (-row["score"], row["_id"]),
    "newest": lambda row: (0, -row["date_published"].timestamp()) if row.get("date_published") else (1, 0),
    "oldest": lambda row: (1, row["date_published"].timestamp()) if row.get("date_published") else (0, 0),
}
"""The same orders for rows of several searches that are merged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What stories have to be like. All values are compared, never interpreted: no operator can be smuggled in."""

    section: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    era: str | None = None
    kind: str | None = None
    language: str | None = None
    crawl: str | None = None

    def query(self) -> Document:
        """Return the filters as MongoDB takes them."""
        exact = {"section": self.section, "page_era": self.era, "kind": self.kind, "crawl_id": self.crawl}
        asked: Document = {field: {"$eq": value} for field, value in exact.items() if value is not None}
        bounds = {"$gte": self.since, "$lt": self.until}
        if dates := {operator: at for operator, at in bounds.items() if at is not None}:
            asked["date_published"] = dates
        if self.language is not None:
            asked["$or"] = _language(self.language)
        return asked


def _language(tag: str) -> list[Document]:
    """Return the tag itself or any below it: ``en`` holds ``en-GB``. The character after "-" ends the range."""
    return [{"language": {"$eq": tag}}, {"language": {"$gte": f"{tag}-", "$lt": f"{tag}."}}]


def find(
    database: Database[Document], text: str | None, filters: Filters, sort: str | None, limit: int
) -> Iterator[Document]:
    """Yield the stories that match, as rows with a ``snippet`` and, of a text search, a ``score``.

    ``text`` is a search as MongoDB takes it: any of the words, ``"a phrase"``, ``-without``. ``sort`` is a name of SORTS;
    without one by relevance, or the newest first where no text is asked for. ``limit`` 0: all.
    """
    if text and is_empty(database):
        return  # nothing was stored yet, and there is no text index to ask
    order = sort or ("relevance" if text else "newest")
    searches = _text_searches(database, text, filters) if text else [filters.query()]
    cursors = [_search(database, asked, order, limit) for asked in searches]
    words = matcher(text or "")
    rows = heapq.merge(*cursors, key=_KEYS[order])
    for row in islice(rows, limit or None):
        yield _row(row, words)


def _text_searches(database: Database[Document], text: str, filters: Filters) -> list[Document]:
    """Return one search for each way the corpus' texts are indexed in.

    An English text is indexed by its stems, a Persian one by its words. A search is stemmed by one language only, so each
    text has to be asked for in its own.
    """
    tags = [filters.language] if filters.language else _languages(database)
    stemmers = {text_language(tag) for tag in tags}
    return [
        filters.query() | {"$text": {"$search": text, "$language": one}, "text_language": one}
        for one in sorted(stemmers)
    ]


def _languages(database: Database[Document]) -> list[str | None]:
    """Return the languages that stories state, with None if one states none."""
    stated: list[str | None] = database.stories.distinct("language")
    unstated = database.stories.find_one({"language": None}, {"_id": 1})
    return [*stated, None] if unstated else stated


def _search(database: Database[Document], asked: Document, order: str, limit: int) -> Cursor[Document]:
    fields: Document = dict.fromkeys([*SHOWN, "text"], 1) | (SCORE if "$text" in asked else {})
    # without a limit the sort of a frequent word does not fit into the server's memory
    return database.stories.find(asked, fields).sort(SORTS[order]).limit(limit).allow_disk_use(True)


def _row(document: Document, words: Any) -> Document:
    text = document.pop("text", "")
    in_text = words and words.search(text)
    source = text if in_text else document.get("summary") or text
    return named(document) | {"snippet": snippet(source, words)}

"""Full-text search and filters over the stories."""

from __future__ import annotations

import heapq
from itertools import islice
from typing import TYPE_CHECKING, Any

from newscrawl.corpus.errors import NotFoundError
from newscrawl.corpus.snippets import matcher, snippet
from newscrawl.corpus.stories import is_empty, named
from newscrawl.storage.schema import text_language

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pymongo.database import Database

Document = dict[str, Any]

SHOWN = ("headline", "summary", "date_published", "section", "page_era", "kind", "language", "word_count", "url")
SCORE = {"score": {"$meta": "textScore"}}

SORTS: dict[str, list[tuple[str, Any]]] = {
    "relevance": [("score", {"$meta": "textScore"}), ("_id", 1)],
    "newest": [("date_published", -1), ("_id", 1)],
    "oldest": [("date_published", 1), ("_id", -1)],
}
"""The orders a search may have; equals come by id. Stories without a date are the oldest: oldest is newest, backwards."""

_KEYS: dict[str, Callable[[Document], tuple[Any, ...]]] = {
    "relevance": lambda row: (-row["score"], row["_id"]),
    "newest": lambda row: (not row.get("date_published"), -_seconds(row), row["_id"]),
}
"""The same orders for rows of several searches that are merged."""


def _seconds(row: Document) -> float:
    return row["date_published"].timestamp() if row.get("date_published") else 0


def find(
    database: Database[Document], text: str | None, asked: Document, *, sort: str | None, after: str | None, limit: int
) -> Iterator[Document]:
    """Yield the stories that match, as rows with a ``snippet`` and, of a text search, a ``score``.

    ``text`` is a search as MongoDB takes it: any of the words, ``"a phrase"``, ``-without``. ``sort`` is a name of SORTS;
    without one by relevance, or the newest first where no text is asked for. ``after`` is the id of a story that is found: the
    answer begins behind it. ``limit`` 0: all. Raises NotFoundError where ``after`` is not found.
    """
    order = sort or ("relevance" if text else "newest")
    every = searches(database, text, asked)
    last = _last(database, every, after) if after else None
    cursors = [_search(database, one, order, last, limit) for one in every]
    words = matcher(text or "")
    rows = heapq.merge(*cursors, key=_KEYS.get(order, _KEYS["newest"]), reverse=order == "oldest")
    return (_row(row, words) for row in islice(rows, limit or None))


def searches(database: Database[Document], text: str | None, asked: Document) -> list[Document]:
    """Return the queries that together find the stories that match a text, if there is one, and filters; none of them overlap.

    An English text is indexed by its stems, a Persian one by its words. A search is stemmed by one language only, so each
    text has to be asked for in its own.
    """
    if not text:
        return [asked]
    if is_empty(database):
        return []  # nothing was stored yet, and there is no text index to ask
    stemmers = {text_language(tag) for tag in _languages(database)}
    return [asked | {"$text": {"$search": text, "$language": one}, "text_language": one} for one in sorted(stemmers)]


def _languages(database: Database[Document]) -> list[str | None]:
    """Return the languages that stories state, with None if one states none."""
    stated: list[str | None] = database.stories.distinct("language")
    unstated = database.stories.find_one({"language": None}, {"_id": 1})
    return [*stated, None] if unstated else stated


def _last(database: Database[Document], every: Iterable[Document], story_id: str) -> Document:
    """Return the story that a page of the answer ended with, as the search finds it."""
    for asked in every:
        fields = {"date_published": 1} | (SCORE if "$text" in asked else {})
        if found := database.stories.find_one({"$and": [asked, {"_id": {"$eq": story_id}}]}, fields):
            return found
    raise NotFoundError(f"the search does not find {story_id}: --after goes on behind the last story of a page")


def _search(
    database: Database[Document], asked: Document, order: str, last: Document | None, limit: int
) -> Iterable[Document]:
    fields: Document = dict.fromkeys([*SHOWN, "text"], 1) | (SCORE if "$text" in asked else {})
    pipeline: list[Document] = [{"$match": asked}]
    if last and order == "relevance":
        pipeline += [{"$set": SCORE}, {"$match": _after(last, "score")}]
    elif last:
        behind = _after(last, "date_published") if order == "newest" else _before(last, "date_published")
        pipeline[0] = {"$match": {"$and": [asked, behind]}}
    pipeline += [{"$sort": dict(SORTS[order])}]
    pipeline += [{"$limit": limit}] if limit else []
    # without a limit the sort of a frequent word does not fit into the server's memory
    return database.stories.aggregate([*pipeline, {"$project": fields}], allowDiskUse=True)


def _after(last: Document, field: str) -> Document:
    """Return what is true of the stories after this one where the highest value comes first, then the first id."""
    equal = {field: last.get(field), "_id": {"$gt": last["_id"]}}
    return {"$or": [{field: {"$lt": last[field]}}, {field: None}, equal]} if last.get(field) else equal


def _before(last: Document, field: str) -> Document:
    """Return what is true of the stories before it in that order. No value is the lowest."""
    equal = {field: last.get(field), "_id": {"$lt": last["_id"]}}
    return {"$or": [{field: {"$gt": last[field]} if last.get(field) else {"$ne": None}}, equal]}


def _row(document: Document, words: Any) -> Document:
    text = document.pop("text", "")
    in_text = words and words.search(text)
    source = text if in_text else document.get("summary") or text
    return named(document) | {"snippet": snippet(source, words)}

"""One story: found by any of its addresses, its edges, its revisions, and how a crawl came to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newscrawl.corpus.addresses import keys_of
from newscrawl.corpus.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pymongo.database import Database

    from newscrawl.items import Relation

Document = dict[str, Any]

NAMES = ("_id", "url", "aliases", "also_ids")
"""What a story is known by, in the order of their weight: an id is sure, a second id is another page's word for it."""
SHOWN_OF_TARGET = {"headline": 1, "date_published": 1}


def named(document: Document, name: str = "story_id") -> Document:
    """Return a document with its ``_id`` told by its meaning."""
    return {name: document["_id"]} | {field: value for field, value in document.items() if field != "_id"}


def is_empty(database: Database[Document]) -> bool:
    """Whether there is no story."""
    return database.stories.find_one({}, {"_id": 1}, sort=[("_id", 1)]) is None


def story(database: Database[Document], word: str) -> Document:
    """Return the story that an id or an address in any form names. Raises NotFoundError."""
    keys = keys_of(word)
    asked = {"$or": [{name: {"$in": keys}} for name in NAMES]}
    candidates = list(database.stories.find(asked, dict.fromkeys(NAMES, 1)))
    for name in NAMES:
        for candidate in candidates:
            known = candidate.get(name) or []
            if set(keys) & set(known if isinstance(known, list) else [known]):
                return named(_whole(database, candidate["_id"]))
    raise NotFoundError(_absence(database, word, keys))


def _absence(database: Database[Document], word: str, keys: list[str]) -> str:
    tombstone = database.tombstones.find_one({"_id": {"$in": keys}})
    if tombstone:
        return f"the story {tombstone['_id']} was forgotten on {tombstone['forgotten_at']:%Y-%m-%d}"
    return f"no story {word!r} in the corpus"


def _whole(database: Database[Document], story_id: str) -> Document:
    document = database.stories.find_one({"_id": {"$eq": story_id}}, {"bands": 0})
    if document is None:
        raise NotFoundError(f"the story {story_id} has just been removed")
    return document


def same_story(document: Document) -> list[str]:
    """Return all ids of a story's article: edges may point at any of them."""
    return [document["story_id"], *document.get("also_ids", ())]


def links(
    database: Database[Document],
    document: Document,
    *,
    incoming: bool = False,
    relations: Iterable[Relation] = (),
    limit: int = 0,
) -> Iterator[Document]:
    """Yield a story's edges: those it shows in the order of the page, or (``incoming``) those that point at it.

    Each row has, beside the fields of the edge, ``headline`` and ``date_published`` of the story at its other end where the
    corpus holds that story. ``limit`` 0: all.
    """
    here, there = ("to", "from") if incoming else ("from", "to")
    asked: Document = {here: {"$in": same_story(document)}}
    if wanted := [str(relation) for relation in relations]:
        asked["relation"] = {"$in": wanted}
    pipeline: list[Document] = [{"$match": asked}]
    # of a page there are at most a few hundred; of those that point at a hub hundreds of thousands, never sorted
    pipeline += [] if incoming else [{"$sort": {"position": 1}}]
    pipeline += [{"$limit": limit}] if limit else []
    other = {"from": "stories", "localField": there, "foreignField": "_id", "as": "other"}
    pipeline += [{"$lookup": other | {"pipeline": [{"$project": SHOWN_OF_TARGET}]}}]
    for row in database.links.aggregate(pipeline):
        ends = row.pop("other")
        row.pop("_id")
        yield row | {name: ends[0][name] for name in SHOWN_OF_TARGET if ends and name in ends[0]}


def link_counts(database: Database[Document], document: Document, *, incoming: bool = False) -> dict[str, int]:
    """Return relation -> how many edges a story has, the most frequent first. Answered from the index alone."""
    asked = {"to" if incoming else "from": {"$in": same_story(document)}}
    counted = {"_id": "$relation", "edges": {"$sum": 1}}
    pipeline: list[Document] = [{"$match": asked}, {"$group": counted}, {"$sort": {"edges": -1, "_id": 1}}]
    return {row["_id"]: row["edges"] for row in database.links.aggregate(pipeline)}


def revisions(database: Database[Document], document: Document) -> Iterator[Document]:
    """Yield every state of a story's content, by when it was fetched first; ``seen`` are the times it stood."""
    asked = {"story_id": {"$eq": document["story_id"]}}
    for row in database.revisions.find(asked).sort([("story_id", 1), ("fetched_at", 1)]):
        row.pop("_id")
        yield row


def trail(database: Database[Document], document: Document) -> list[Document]:
    """Return how the crawl that last fetched a story came to it: the visits from the seed to the story."""
    steps: list[Document] = []
    crawl_id, key = document.get("crawl_id"), document.get("request_key")
    while key and key not in {step["request_key"] for step in steps}:
        visit = database.visits.find_one({"_id": {"$eq": f"{crawl_id}|{key}"}})
        if visit is None:
            break
        visit.pop("_id")
        steps.insert(0, visit)
        key = visit.get("discovered_from")
    return steps

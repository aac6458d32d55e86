"""How the documents of one article become one: its story, its revisions, its edges. Each write may be repeated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import DeleteOne, UpdateOne

from newscrawl.storage import documents

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from pymongo.asynchronous.database import AsyncDatabase

    Database = AsyncDatabase[dict[str, Any]]

Document = dict[str, Any]

SHARED = frozenset({"_id", "aliases", "also_ids", "content_hashes", "first_seen_at", "last_seen_at", "first_crawl_id"})
"""What a story's document has of all its states. Everything else describes the current one."""

EDGES = 1000
"""How many edges are moved at once."""


def as_read(story: Document) -> Document:
    """Return the query for a story's document if nobody has changed it since it was read."""
    seen = {name: story[name] for name in SHARED & story.keys()}
    return documents.as_known(story) | seen


def story_operation(survivor: Document, loser: Document) -> UpdateOne:
    """Return the write by which a story takes over another document of its article, if it is still as it was read.

    The state that was fetched later is the current one; of two fetched at once it is the survivor's. The article is gone if
    an answer after that said so.
    """
    newest = max(survivor, loser, key=lambda story: story["fetched_at"])
    names = {
        "aliases": {*loser["aliases"], loser["url"], survivor["url"]} - {newest["url"]},
        "also_ids": {*loser["also_ids"], loser["_id"]} - {survivor["_id"]},
        "content_hashes": loser["content_hashes"],
    }
    update: Document = {
        "$addToSet": {name: {"$each": sorted(values)} for name, values in names.items()},
        "$min": {"first_seen_at": loser["first_seen_at"]},
        "$max": {"last_seen_at": loser["last_seen_at"]},
    }
    current = {name: value for name, value in newest.items() if name not in SHARED | {"gone_at"}}
    missed = [story["gone_at"] for story in (survivor, loser) if "gone_at" in story]
    if after := [at for at in missed if at > newest["fetched_at"]]:
        current["gone_at"] = min(after)
    if lost := survivor.keys() - current.keys() - SHARED:
        update["$unset"] = dict.fromkeys(lost, "")
    if loser["first_seen_at"] < survivor["first_seen_at"] and "first_crawl_id" in loser:
        current["first_crawl_id"] = loser["first_crawl_id"]
    return UpdateOne(as_read(survivor), update | {"$set": current})


def under_id(story_id: str, story: Document) -> Document:
    """Return a story's document under another id of its article."""
    return story | {"_id": story_id, "also_ids": sorted({*story["also_ids"], story["_id"]} - {story_id})}


def revision_operation(survivor_id: str, state: Document, seen: Iterable[Document]) -> UpdateOne:
    """Return the write that adds a state to a story, with the times at which it was seen."""
    told = {name: value for name, value in state.items() if name not in {"_id", "seen"}} | {"story_id": survivor_id}
    return UpdateOne(
        {"_id": f"{survivor_id}|{state['content_hash']}"},
        {"$setOnInsert": told, "$addToSet": {"seen": {"$each": list(seen)}}},
        upsert=True,
    )


def last_state(survivor_id: str, story: Document) -> UpdateOne:
    """Return the write of the revision that a story's document speaks of, which may be all that is left of it."""
    kept = (*documents.CONTENT, "text", "word_count", "text_language", "crawl_id", "fetched_at")
    at: datetime = story["fetched_at"]
    state = {name: story[name] for name in kept if name in story}
    return revision_operation(survivor_id, state, [{"first": at, "last": at}])


async def move_revisions(database: Database, loser_id: str, survivor_id: str) -> None:
    """Give a story the revisions of another document of its article."""
    async for state in database.revisions.find({"story_id": loser_id}):
        write = revision_operation(survivor_id, state, state["seen"])
        await database.revisions.bulk_write([write])
        await database.revisions.delete_one({"_id": state["_id"]})


async def move_edges(database: Database, loser_id: str, survivor_id: str) -> None:
    """Let the edges from and to a document of an article begin and end at another; ends when none is left.

    An edge is removed only as it was read: what another crawl added to it meanwhile is moved in the next round.
    """
    asked = {"$or": [{"from": loser_id}, {"to": loser_id}]}
    while edges := await database.links.find(asked).limit(EDGES).to_list():
        if moved := [write for edge in edges for write in _moved(edge, loser_id, survivor_id)]:
            await database.links.bulk_write(moved)
        await database.links.bulk_write([DeleteOne(_edge_as_read(edge)) for edge in edges], ordered=False)


def _edge_as_read(edge: Document) -> Document:
    return {name: edge.get(name, {"$exists": False}) for name in ("_id", "fetched_at", "last_seen_at", "gone_at")}


def _moved(edge: Document, loser_id: str, survivor_id: str) -> list[UpdateOne]:
    """Return the writes that put an edge in its new place: none where it led from the article to itself.

    If there is an edge already, its words stand; it was seen when either was, and is gone if both are.
    """
    ends = {end: survivor_id if edge[end] == loser_id else edge[end] for end in ("from", "to")}
    if ends["from"] == ends["to"]:
        return []
    key = f"{ends['from']}|{ends['to']}|{edge['relation']}"
    earliest = {name: edge[name] for name in ("first_seen_at", "first_fetched_at") if name in edge}
    latest = {name: edge[name] for name in ("last_seen_at", "fetched_at") if name in edge}
    told = {name: value for name, value in edge.items() if name not in {"_id", *earliest, *latest}} | ends
    united: Document = {"$setOnInsert": told, "$min": earliest, "$max": latest}
    if "gone_at" in edge:
        both = UpdateOne({"_id": key, "gone_at": {"$exists": True}}, {"$max": {"gone_at": edge["gone_at"]}})
        return [UpdateOne({"_id": key}, united, upsert=True), both]
    return [UpdateOne({"_id": key}, united | {"$unset": {"gone_at": ""}}, upsert=True)]

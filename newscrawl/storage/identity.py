"""Which id an article is kept under when it has several, and where an id has gone that is no story's any more."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from newscrawl.items import Link, Story

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pymongo.asynchronous.database import AsyncDatabase

    from newscrawl.items import Index
    from newscrawl.storage.records import PageRecord

    Database = AsyncDatabase[dict[str, Any]]


def survivor_of(ids: Iterable[str]) -> str:
    """Return the id that an article stored under all of these is kept under: the shortest, of equally long ones the first.

    With the BBC's ids that is the oldest number. It depends on nothing but the ids, so that all crawls agree on it in
    whatever order they learn them, and it only ever gets smaller, so that no chain of merges leads back to its start.
    """
    return min(ids, key=lambda one: (len(one), one))


def ids_of(page: Story | Index) -> set[str]:
    """Return all ids of the article a page shows; none for an index page."""
    return {page.story_id, *page.also_ids} if isinstance(page, Story) else set()


def named_in(batch: Iterable[PageRecord]) -> set[str]:
    """Return every id that the edges, stories and visits of a batch name."""
    pages = [record.page for record in batch if record.page is not None]
    named = {record.visit.request_key for record in batch}
    return named.union(*(ids_of(page) for page in pages), (link.key for page in pages for link in page.links))


async def survivors(database: Database, ids: Iterable[str]) -> dict[str, str]:
    """Return id -> the id its article is kept under now, for those of the ids that were merged into another."""
    if await database.merges.find_one({}, {"_id": 1}) is None:  # nearly always, and 5,000 ids take their time
        return {}
    into: dict[str, str] = {}
    asked = list(ids)
    while asked:
        rows = {row["_id"]: row["into"] async for row in database.merges.find({"_id": {"$in": asked}}, {"into": 1})}
        into |= rows
        asked = list(set(rows.values()) - into.keys())
    return {one: _end(into, one) for one in into}


def _end(into: Mapping[str, str], one: str) -> str:
    while one in into:
        one = into[one]
    return one


def under_survivors(record: PageRecord, kept: Mapping[str, str]) -> None:
    """Give a page's story, and the links that point at merged stories, the ids they are kept under.

    A link that leads to the story's own page by another of its ids says nothing and is left out. The items themselves,
    which the crawl hands on to others, stay as they were read.
    """
    page = record.page
    if page is None or kept.keys().isdisjoint(ids_of(page).union(link.key for link in page.links)):
        return
    links = page.links
    if isinstance(page, Story):
        story_id = kept.get(page.story_id, page.story_id)
        moved = story_id != page.story_id
        links = [link for link in links if kept.get(link.key, link.key if moved else "") != story_id]
        others = ids_of(page) | {kept.get(one, one) for one in ids_of(page)}
        page = replace(page, story_id=story_id, also_ids=sorted(others - {story_id}))
    record.page = replace(page, links=[_to_survivor(link, kept) for link in links])


def _to_survivor(link: Link, kept: Mapping[str, str]) -> Link:
    return replace(link, key=kept[link.key], story_id=kept[link.key]) if link.key in kept else link

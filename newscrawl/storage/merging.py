"""Makes one story of two documents that turn out to be the same article, because a page names both ids.

The order of the writes: the id that is given up is recorded in ``merges``, and from then on everybody writes to the survivor;
then state, revisions and edges are taken over; last the document is removed. So whoever comes after a crash finds both and takes
the same steps again, and two crawls may take them at once.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pymongo.errors import DuplicateKeyError

from newscrawl.storage import documents, uniting
from newscrawl.storage.bulk import bulk
from newscrawl.storage.forget import forget_late, tombstoned
from newscrawl.storage.identity import ids_of, survivor_of, survivors
from newscrawl.storage.intervals import fetches_of, put_in_order

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pymongo.asynchronous.database import AsyncDatabase

    from newscrawl.items import Story

    Database = AsyncDatabase[dict[str, Any]]


async def merge_known(database: Database, stories: Iterable[Story]) -> None:
    """Merge stories that were just written with those of the corpus that name them, or that they name.

    Whoever writes a story looks afterwards, so of two crawls that write an article under two ids at once one sees both.
    """
    pages = list(stories)
    if not pages:
        return
    ids = set().union(*map(ids_of, pages))
    claimed = set().union(*(page.also_ids for page in pages))
    asked = {"$or": [{"also_ids": {"$in": list(ids)}}, {"_id": {"$in": list(claimed)}}]}
    rows = [row async for row in database.stories.find(asked, {"also_ids": 1})]
    stored = {page.story_id for page in pages} | {row["_id"] for row in rows}
    for article in connected([*map(ids_of, pages), *({row["_id"], *row["also_ids"]} for row in rows)]) if rows else []:
        await merge(database, article & stored)


def connected(groups: Iterable[set[str]]) -> list[set[str]]:
    """Return groups, each united with all that it shares an id with."""
    united: list[set[str]] = []
    for group in groups:
        touching = [other for other in united if other & group]
        united = [other for other in united if not other & group]
        united.append(group.union(*touching))
    return united


async def merge(database: Database, story_ids: Iterable[str]) -> str:
    """Merge stories that are one article; return the id under which it is kept."""
    survivor = survivor_of(story_ids)
    for loser in sorted({*story_ids} - {survivor}):
        survivor = await _merge(database, loser, survivor)
    return survivor


async def merge_again(database: Database, ids: Iterable[str]) -> dict[str, str]:
    """Take over what was written under ids that other crawls merged meanwhile; return where these went."""
    return {loser: await _merge(database, loser, to) for loser, to in (await survivors(database, ids)).items()}


async def finish(database: Database) -> None:
    """Finish the merges that were cut off."""
    async for row in database.merges.find({"merged_at": None}):
        await _merge(database, row["_id"], row["into"])


async def _merge(database: Database, loser: str, survivor: str) -> str:
    """Merge one story into another; return the id under which the article is kept in the end.

    Where another crawl merged one of them into a third story meanwhile, everything goes there.
    """
    begun = {"into": survivor, "begun_at": datetime.now(UTC)}
    await database.merges.update_one({"_id": loser}, {"$setOnInsert": begun}, upsert=True)
    kept = await survivors(database, {loser, survivor})
    homes = {kept[loser], kept.get(survivor, survivor)}
    home = homes.pop() if len(homes) == 1 else await merge(database, homes)
    await _take_over(database, loser, home)
    moved_on = (await survivors(database, {loser}))[loser]
    if moved_on != home:
        home = await _merge(database, home, moved_on)
    if await tombstoned(database, {loser, home}):
        await forget_late(database, {loser, home})
    await database.merges.update_one({"_id": loser, "merged_at": None}, {"$set": {"merged_at": datetime.now(UTC)}})
    return home


async def _take_over(database: Database, loser: str, survivor: str) -> None:
    """Move all of a story to another. What others added meanwhile is moved in another round, until nothing is left."""
    removed = False
    while not removed:
        story = await database.stories.find_one({"_id": loser})
        fetches = await fetches_of(database, [loser, survivor])
        await uniting.move_revisions(database, loser, survivor)
        if story:
            await database.revisions.bulk_write([uniting.last_state(survivor, story)])
            await _take_over_story(database, story, survivor)
        await uniting.move_edges(database, loser, survivor)
        await put_in_order(database, {survivor})
        await bulk(database, "links", [documents.gone_operation(survivor, at) for at in fetches])
        removed = story is None or bool((await database.stories.delete_one(uniting.as_read(story))).deleted_count)


async def _take_over_story(database: Database, loser: dict[str, Any], survivor: str) -> None:
    """Give a story the state of another document of its article, or what that adds to its own."""
    done = False
    while not done:
        there = await database.stories.find_one({"_id": survivor})
        if there:
            done = bool((await database.stories.bulk_write([uniting.story_operation(there, loser)])).matched_count)
        else:
            try:
                await database.stories.insert_one(uniting.under_id(survivor, loser))
                done = True
            except DuplicateKeyError:  # somebody else was faster: now it is there
                continue

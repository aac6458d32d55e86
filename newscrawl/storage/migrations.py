"""Which version of the schema a corpus has, and the steps that bring an older one to this newscrawl's."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pymongo import UpdateOne
from pymongo.errors import DuplicateKeyError

from newscrawl import __version__
from newscrawl.fingerprints import bands
from newscrawl.storage import schema
from newscrawl.storage.bulk import bulk
from newscrawl.storage.connection import check_version
from newscrawl.storage.lock import held
from newscrawl.storage.twins import Twins

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pymongo.asynchronous.database import AsyncDatabase

    Database = AsyncDatabase[dict[str, Any]]

logger = logging.getLogger(__name__)

UNVERSIONED = 1
"""The version of a corpus that says none: it was made before there were any."""


async def prepare(database: Database) -> None:
    """Make an empty database a corpus, or bring an older corpus to this version; where nothing is to be done, only look.

    Each step may be cut off and taken again, and several crawls may begin at once. Raises StoreUnavailableError for a
    corpus of a newer newscrawl.
    """
    if await _version(database) != schema.SCHEMA_VERSION:
        purpose = f"bringing corpus {database.name} to version {schema.SCHEMA_VERSION}"
        async with held(database.schema, "migration", purpose):
            await _migrate(database)
    await schema.complete(database)


async def _version(database: Database) -> int | None:
    """Return the version of a corpus, None where there is none. Raises StoreUnavailableError."""
    state = await database.schema.find_one(schema.STATE)
    check_version(database.name, state)
    if state:
        return int(state["version"])
    stored = await database.list_collection_names(filter={"name": {"$in": list(schema.VALIDATORS)}})
    return UNVERSIONED if stored else None


async def _migrate(database: Database) -> None:
    """Take the steps that nobody has taken meanwhile."""
    version = await _version(database)
    if version is None:
        await _record(database, None, schema.SCHEMA_VERSION)
        return
    for step in range(version, schema.SCHEMA_VERSION):
        logger.info("Bringing corpus %s from version %d to %d", database.name, step, step + 1)
        await MIGRATIONS[step](database)
        await _record(database, step, step + 1)


async def _record(database: Database, before: int | None, version: int) -> None:
    """Write that the corpus has this version now. Of a step that two processes took, the first tells."""
    now = datetime.now(UTC)
    told = {"from": before, "to": version, "newscrawl": __version__, "at": now}
    state = {"version": version, "newscrawl": __version__, "since": now}
    with suppress(DuplicateKeyError):  # the version is there
        await database.schema.update_one(
            schema.STATE | {"version": {"$not": {"$gte": version}}},
            {"$set": state, "$push": {"history": told}},
            upsert=True,
        )


OUTGROWN = {
    "links": ["from_1_relation_1", "to_1_relation_1"],
    "stories": [
        "text",
        "date_published_-1",
        *(
            f"{field}_1_date_published_-1"
            for field in ("section", "topics.name", "authors.name", "page_era", "language")
        ),
    ],
}
"""Indexes of version 1, whose questions those of version 2 answer."""


async def _to_version_2(database: Database) -> None:
    """Drop what version 2 does better, and look for twins of the stories that nobody has looked for yet."""
    for name, outgrown in OUTGROWN.items():
        there = await database[name].index_information()
        for index in there.keys() & set(outgrown):
            await database[name].drop_index(index)
    await schema.complete(database)  # with the index that twins are found by
    await _find_twins(database)


AT_ONCE = 100
"""How many stories are read, given their keys and compared at once."""


async def _find_twins(database: Database) -> None:
    """Give all stories the keys that their twins are found by, and write the edges to those. Cut off, it begins anew."""
    twins, batch = Twins(database), []
    async for story in database.stories.find({}, {"text": 1}, batch_size=AT_ONCE):
        batch.append(story)
        if len(batch) == AT_ONCE:
            await _compare(database, twins, batch)
            batch = []
    await _compare(database, twins, batch)


async def _compare(database: Database, twins: Twins, stories: list[dict[str, Any]]) -> None:
    keyed = [(story["_id"], bands(story.get("text", ""))) for story in stories]
    writes = [UpdateOne({"_id": story_id}, {"$set": {"bands": keys}}) for story_id, keys in keyed if keys]
    await bulk(database, "stories", writes)
    await twins.update([story_id for story_id, keys in keyed if keys], datetime.now(UTC))


MIGRATIONS: dict[int, Callable[[Database], Awaitable[None]]] = {1: _to_version_2}
"""Version -> the step from there to the next. A step may find its work half done, and is then to finish it."""

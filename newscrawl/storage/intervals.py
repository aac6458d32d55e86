"""When a story stood in which state: what fetches that came out of order, or at once, say together."""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby
from typing import TYPE_CHECKING, Any

from pymongo import UpdateOne

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from pymongo.asynchronous.database import AsyncDatabase

    Database = AsyncDatabase[dict[str, Any]]

Interval = dict[str, "datetime"]
"""``first`` and ``last``: fetches that found the story in one state, and none between them in another."""


def in_order(seen: Mapping[str, Iterable[Interval]]) -> dict[str, list[Interval]]:
    """Return content hash -> intervals, given any intervals of each state, which may overlap.

    Only the ends of an interval are known to be fetches. So a state that was found between them divides it, and intervals of
    one state without another between them are one. Of two states at one moment that which stood before comes first.
    """
    ends = {(at, state) for state, intervals in seen.items() for one in intervals for at in (one["first"], one["last"])}
    ordered: list[tuple[datetime, str]] = []
    for _, together in groupby(sorted(ends), key=lambda end: end[0]):
        before = ordered[-1][1] if ordered else ""
        ordered += sorted(together, key=lambda end: (end[1] != before, end[1]))
    intervals: dict[str, list[Interval]] = {state: [] for state in seen}
    for state, run in groupby(ordered, key=lambda end: end[1]):
        times = [at for at, _ in run]
        intervals[state].append({"first": times[0], "last": times[-1]})
    return intervals


async def put_in_order(database: Database, story_ids: Iterable[str]) -> None:
    """Bring the intervals of stories' revisions, and the beginning of their current state, into order.

    Each write changes only what is still as it was read, and what others wrote meanwhile is looked at again: two crawls may
    do this at once. Ends when there was nothing to change.
    """
    unsettled = sorted(story_ids)
    while unsettled:
        unsettled = await _put_in_order(database, unsettled)


async def _put_in_order(database: Database, story_ids: list[str]) -> list[str]:
    """Do it once; return the stories at which something was changed."""
    shown = {"story_id": 1, "content_hash": 1, "seen": 1}
    rows = defaultdict(list)
    async for row in database.revisions.find({"story_id": {"$in": story_ids}}, shown):
        rows[row["story_id"]].append(row)
    ordered = {one: in_order({row["content_hash"]: row["seen"] for row in rows[one]}) for one in rows}
    changes = [
        (
            one,
            UpdateOne({"_id": row["_id"], "seen": row["seen"]}, {"$set": {"seen": ordered[one][row["content_hash"]]}}),
        )
        for one in rows
        for row in rows[one]
        if row["seen"] != ordered[one][row["content_hash"]]
    ]
    beginnings = []
    current = {"content_hash": 1, "state_since": 1}
    async for story in database.stories.find({"_id": {"$in": list(ordered)}}, current):
        intervals = ordered[story["_id"]].get(story["content_hash"])
        if intervals and story.get("state_since") != intervals[-1]["first"]:
            beginnings.append((story["_id"], UpdateOne(story, {"$set": {"state_since": intervals[-1]["first"]}})))
    for collection, writes in ((database.revisions, changes), (database.stories, beginnings)):
        if writes:
            await collection.bulk_write([write for _, write in writes], ordered=False)
    return sorted({one for one, _ in changes + beginnings})


async def fetches_of(database: Database, story_ids: Iterable[str]) -> list[datetime]:
    """Return the fetches of stories that their revisions tell of, in order of time."""
    rows = database.revisions.find({"story_id": {"$in": list(story_ids)}}, {"seen": 1})
    return sorted({at async for row in rows for one in row["seen"] for at in one.values()})

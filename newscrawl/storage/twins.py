"""Twins: edges between stories whose texts are nearly the same.

Whoever writes a story looks afterwards for its twins among what is stored by then. So of two crawls that write at the same
time at least one sees what both wrote; as an edge has the same key whoever writes it, there are no two of it. A story that
is written anew between that look and the writing of its edges is looked at once more.

An edge stands each way, so that both stories show it and walks go over it in both directions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pymongo import DeleteMany, UpdateMany, UpdateOne

from newscrawl.fingerprints import ALIKE, Passages, similarity
from newscrawl.items import Relation, Target
from newscrawl.storage.identity import survivors
from newscrawl.storage.neighbours import Neighbours, Pair, pair

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from pymongo.asynchronous.database import AsyncDatabase

Document = dict[str, Any]

STATE = {"bands": 1, "also_ids": 1, "url": 1, "content_hash": 1}
"""What has to be known of a story."""

COMPARED_AT_ONCE = 50
"""How many pairs of texts are in memory at once."""


@dataclass(frozen=True, slots=True)
class Look:
    """What was found of some stories, and what it was found from."""

    states: dict[str, Document]
    """By story id; a story that is not stored has none."""
    twins: dict[Pair, float]
    """Pairs that are twins, with their similarity."""
    gone: set[Pair]
    """Pairs that were twins."""
    missing: set[str]
    """Stories that were looked for and are not stored: somebody had them forgotten."""

    @property
    def ends(self) -> list[str]:
        """All stories that edges are written for."""
        return sorted({story_id for one in (*self.twins, *self.gone) for story_id in one})


class Twins:
    """Keeps the twin edges of stories in step with their texts. To be told of stories after they were written."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self.database = database
        self.neighbours = Neighbours(database)

    async def update(self, story_ids: Iterable[str], now: datetime) -> None:
        """Write, renew and end the twin edges of stories, until the stories stay as they are meanwhile.

        Of a story that was merged into another these are the other's.
        """
        named = set(story_ids)
        kept = await survivors(self.database, named)
        ids = sorted({kept.get(one, one) for one in named})
        while ids:
            look = await self._look(ids)
            if writes := [*_writes(look, now)]:
                await self.database.links.bulk_write(writes, ordered=False)
            ids = await self._changed_since(look)

    async def _look(self, ids: list[str]) -> Look:
        standing = await self._standing(ids)
        states = {row["_id"]: row async for row in self.database.stories.find({"_id": {"$in": ids}}, STATE)}
        near = await self.neighbours.of({one: state["bands"] for one, state in states.items() if "bands" in state})
        alike = await self._similarities(sorted(near | standing), states)
        twins = {one: share for one, share in alike.items() if share >= ALIKE}
        return Look(states, twins, standing - twins.keys(), set(ids) - states.keys())

    async def _standing(self, ids: list[str]) -> set[Pair]:
        """Return the pairs of these stories that are twins so far."""
        touching = {"$or": [{end: {"$in": ids}, "relation": Relation.TWIN.value} for end in ("from", "to")]}
        edges = self.database.links.find(touching | {"gone_at": None}, {"from": 1, "to": 1})
        return {pair(edge["from"], edge["to"]) async for edge in edges}

    async def _similarities(self, pairs: list[Pair], states: dict[str, Document]) -> dict[Pair, float]:
        """Return how alike the texts of pairs are that may be twins, and add what was not known of the states of their ends."""
        found: dict[Pair, float] = {}
        for start in range(0, len(pairs), COMPARED_AT_ONCE):
            some = pairs[start : start + COMPARED_AT_ONCE]
            texts = await self._texts({story_id for one in some for story_id in one}, states)
            for one in some:
                if texts.keys() >= set(one) and _may_be_twins(*map(states.get, one)):
                    found[one] = similarity(texts[one[0]], texts[one[1]])
        return found

    async def _texts(self, ids: Iterable[str], states: dict[str, Document]) -> dict[str, Passages]:
        texts: dict[str, Passages] = {}
        async for row in self.database.stories.find({"_id": {"$in": list(ids)}}, STATE | {"text": 1}):
            texts[row["_id"]] = Passages(row.pop("text"))
            states.setdefault(row["_id"], row)
        return texts

    async def _changed_since(self, look: Look) -> list[str]:
        """Return which of the stories that edges were written for are no longer what they were."""
        if not (ends := look.ends):
            return []
        rows = self.database.stories.find({"_id": {"$in": ends}}, STATE)
        states = {row["_id"]: row async for row in rows}
        return [story_id for story_id in ends if states.get(story_id) != look.states.get(story_id)]


def _may_be_twins(one: Document | None, other: Document | None) -> bool:
    """Whether both are stored, long enough, and not one article under two ids."""
    if one is None or other is None or not (one.get("bands") and other.get("bands")):
        return False
    ids, others = ({state["_id"], *state.get("also_ids", ())} for state in (one, other))
    return not ids & others


def _writes(look: Look, now: datetime) -> Iterator[UpdateOne | UpdateMany | DeleteMany]:
    for one, share in look.twins.items():
        for start, end in (one, one[::-1]):
            yield _edge_write(start, look.states[end], share, now)
    if look.gone:
        ids = [_edge_id(*ends) for one in look.gone for ends in (one, one[::-1])]
        yield UpdateMany({"_id": {"$in": ids}, "gone_at": None}, {"$set": {"gone_at": now}})
    if missing := sorted(look.missing):
        touching = [{end: {"$in": missing}, "relation": Relation.TWIN.value} for end in ("from", "to")]
        yield DeleteMany({"$or": touching})


def _edge_id(start: str, end: str) -> str:
    return f"{start}|{end}|{Relation.TWIN.value}"


def _edge_write(start: str, end: Document, share: float, now: datetime) -> UpdateOne:
    ends = {
        "from": start,
        "to": end["_id"],
        "relation": Relation.TWIN.value,
        "target": Target.STORY.value,
        "position": 0,
    }
    update = {
        "$setOnInsert": ends,
        "$set": {"url": end["url"], "similarity": round(share, 3)},
        "$unset": {"gone_at": ""},
        "$min": {"first_seen_at": now},
        "$max": {"last_seen_at": now},
    }
    return UpdateOne({"_id": _edge_id(start, end["_id"])}, update, upsert=True)

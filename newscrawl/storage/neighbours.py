"""Which stories have a key of their texts in common: the candidates for twins, found by an index, never by a scan."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from itertools import chain
from typing import TYPE_CHECKING, Any

from newscrawl.fingerprints import WORTH_COMPARING, estimate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pymongo.asynchronous.database import AsyncDatabase

logger = logging.getLogger(__name__)

Document = dict[str, Any]
Pair = tuple[str, str]
"""Two story ids, the lesser first."""

STATE = {"bands": 1, "also_ids": 1, "url": 1, "content_hash": 1}
"""What has to be known of a story."""

CROWD = 50
"""How many stories may have a key. More do where the text is a template, and then the key tells nothing and is left out."""
AT_ONCE = 2000
"""How many stories are asked for at once; only where there are more has one to ask again, without the crowded keys."""
CROWDED_KEPT = 100_000
"""How many crowded keys are remembered, so that they are not asked for again."""


def pair(one: str, other: str) -> Pair:
    """Return two story ids as a pair."""
    return (one, other) if one < other else (other, one)


class Neighbours:
    """Finds candidates. It keeps nothing of the corpus but which keys are crowded."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self.stories = database.stories
        self.crowded: set[int] = set()

    async def of(self, stories: Iterable[Document]) -> tuple[set[Pair], dict[str, Document]]:
        """Return the pairs worth comparing that stories make with any story of the corpus, and their states by id."""
        own = {story["_id"]: story for story in stories}
        keys = set(chain.from_iterable(story.get("bands", ()) for story in own.values()))
        states = {row["_id"]: row for row in await self._having(keys)} | own
        found = {
            one: estimate(states[one[0]]["bands"], states[one[1]]["bands"]) for one in self._sharing(keys, own, states)
        }
        return {one for one, jaccard in found.items() if jaccard >= WORTH_COMPARING}, states

    async def _having(self, keys: set[int]) -> list[Document]:
        """Return the stories that have one of the keys; some are missing that have only crowded ones."""
        asked, limit = keys - self.crowded, AT_ONCE
        while asked:
            rows = await self.stories.find({"bands": {"$in": list(asked)}}, STATE).limit(limit).to_list()
            crowded = self._crowded(asked, rows)
            if len(rows) < limit:
                return rows
            asked -= crowded
            limit *= 1 if crowded else 2
        return []

    def _crowded(self, asked: set[int], rows: Iterable[Document]) -> set[int]:
        counts = Counter(chain.from_iterable(asked.intersection(row["bands"]) for row in rows))
        crowded = {key for key, stories in counts.items() if stories > CROWD}
        if new := crowded - self.crowded:
            logger.info("Stories of the same template: %d keys of their texts are no longer compared", len(new))
            if len(self.crowded) > CROWDED_KEPT:
                self.crowded.clear()
            self.crowded |= new
        return crowded

    def _sharing(self, keys: set[int], own: dict[str, Document], states: dict[str, Document]) -> set[Pair]:
        having: dict[int, list[str]] = defaultdict(list)
        for story_id, state in states.items():
            for key in keys.intersection(state.get("bands", ())) - self.crowded:
                having[key].append(story_id)
        return set(chain.from_iterable(_pairs(ids, own) for ids in having.values() if len(ids) > 1))


def _pairs(ids: list[str], own: dict[str, Document]) -> Iterator[Pair]:
    """Yield the pairs of the ids of which one at least is our own."""
    for one in ids:
        if one in own:
            yield from (pair(one, other) for other in ids if other != one)

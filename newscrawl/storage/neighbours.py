"""Which stories have a key of their texts in common: the candidates for twins, found by an index, never by a scan."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, defaultdict
from itertools import chain
from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING

from newscrawl.fingerprints import WORTH_COMPARING, estimate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pymongo.asynchronous.database import AsyncDatabase

logger = logging.getLogger(__name__)

Document = dict[str, Any]
Bands = dict[str, list[bytes]]
"""Story id -> the keys of its text."""
Pair = tuple[str, str]
"""Two story ids, the lesser first."""

BY_KEY = [("bands", ASCENDING)]
"""The index by which stories are found."""
CROWD = 50
"""How many stories may have a key. More do where the text is a template, and then the key tells nothing and is left out."""
AT_ONCE = 500
"""How many stories are asked for at once; only where there are more has one to ask again, without the crowded keys."""
SIDE_BY_SIDE = 3
"""In how many questions keys are asked for: while one answer is read the server finds the next."""
CROWDED_KEPT = 100_000
"""How many crowded keys are remembered, so that they are not asked for again."""


def pair(one: str, other: str) -> Pair:
    """Return two story ids as a pair."""
    return (one, other) if one < other else (other, one)


class Neighbours:
    """Finds candidates. It keeps nothing of the corpus but which keys are crowded."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self.stories = database.stories
        self.crowded: set[bytes] = set()

    async def of(self, own: Bands) -> set[Pair]:
        """Return the pairs worth comparing that stories make with any story of the corpus."""
        keys = sorted(set(chain.from_iterable(own.values())) - self.crowded)
        questions = [self._having(set(keys[start::SIDE_BY_SIDE]), own) for start in range(SIDE_BY_SIDE)]
        known = dict(own)
        for found in await asyncio.gather(*questions):
            known |= found
        return {
            one for one in set(self._sharing(known, own)) if estimate(known[one[0]], known[one[1]]) >= WORTH_COMPARING
        }

    async def _having(self, asked: set[bytes], own: Bands) -> Bands:
        """Return the other stories that have one of the keys; some are missing that have only crowded ones."""
        limit = AT_ONCE
        while asked:
            query = {"bands": {"$in": list(asked)}, "_id": {"$nin": list(own)}}
            # left to itself MongoDB may choose the index of ids, and reads all stories but our own
            rows = await self.stories.find(query, {"bands": 1}, hint=BY_KEY).limit(limit).to_list()
            crowded = self._crowded(asked, [*own.values(), *(row["bands"] for row in rows)])
            if len(rows) < limit:
                return {row["_id"]: row["bands"] for row in rows}
            asked -= crowded
            limit *= 1 if crowded else 2
        return {}

    def _crowded(self, asked: set[bytes], texts: Iterable[Sequence[bytes]]) -> set[bytes]:
        counts = Counter(chain.from_iterable(map(asked.intersection, texts)))
        crowded = {key for key, stories in counts.items() if stories > CROWD}
        if new := crowded - self.crowded:
            logger.info("Stories of the same template: %d keys of their texts are no longer compared", len(new))
            if len(self.crowded) > CROWDED_KEPT:
                self.crowded.clear()
            self.crowded |= new
        return crowded

    def _sharing(self, known: Bands, own: Bands) -> Iterator[Pair]:
        """Yield the pairs that have a key in common, one of them our own, as often as they have one."""
        counts = Counter(chain.from_iterable(known.values()))
        shared = {key for key, stories in counts.items() if stories > 1} - self.crowded
        having: dict[bytes, list[str]] = defaultdict(list)
        for story_id, bands in known.items():
            for key in shared.intersection(bands):
                having[key].append(story_id)
        for ids in having.values():
            yield from (pair(one, other) for one in ids if one in own for other in ids if other != one)

"""From what walks came to, in both directions, to the stories that the corpus holds of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from newscrawl.corpus.stories import same_story
from newscrawl.corpus.walks import walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pymongo.database import Database

    from newscrawl.corpus.walks import Reached
    from newscrawl.items import Relation

Document = dict[str, Any]

SHOWN = ("headline", "date_published", "section", "kind", "page_era", "url", "also_ids")
"""What is read of a story that was reached."""


@dataclass(frozen=True, slots=True)
class Around:
    """What lies before and behind a story."""

    ways: dict[str, tuple[Reached, str]]
    """Reached key -> the shortest way there, and its direction."""
    found: dict[str, Document]
    """Reached key -> the stored story."""
    cut: bool
    """Whether there is more than a walk may reach."""

    @property
    def missing(self) -> int:
        """How many stories were reached that the corpus does not hold."""
        return len(self.ways) - len(self.found)


def around(database: Database[Document], ids: Sequence[str], relations: Iterable[Relation], depth: int) -> Around:
    """Return the stories up to ``depth`` steps from these ids, in both directions."""
    relations = list(relations)
    outward = walk(database.links, ids, relations=relations, depth=depth)
    inward = walk(database.links, ids, relations=relations, depth=depth, incoming=True)
    ways = _nearest(outward.reached, inward.reached)
    return Around(ways, stored(database, list(ways)), outward.cut or inward.cut)


def _nearest(outward: Iterable[Reached], inward: Iterable[Reached]) -> dict[str, tuple[Reached, str]]:
    """Return key -> the shortest way there and its direction; of two equally short ones that which the start's links go."""
    ways = {one.key: (one, "out") for one in outward}
    for one in inward:
        if one.key not in ways or one.steps < ways[one.key][0].steps:
            ways[one.key] = (one, "in")
    return ways


def stored(database: Database[Document], keys: Sequence[str]) -> dict[str, Document]:
    """Return reached key -> the stored story with the fields of SHOWN; it may be known by another id."""
    fields = dict.fromkeys(SHOWN, 1)
    found = {row["_id"]: _named(row) for row in database.stories.find({"_id": {"$in": keys}}, fields)}
    others = set(keys) - found.keys()
    for row in database.stories.find({"also_ids": {"$in": list(others)}}, fields) if others else ():
        document = _named(row)
        found |= dict.fromkeys(others.intersection(same_story(document)), document)
    return found


def _named(row: Document) -> Document:
    return {"story_id": row.pop("_id"), **row}

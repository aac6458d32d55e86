"""Walks over the edges: what belongs to a story, so many steps away, in the direction of the links or against it.

A walk goes step by step, nearest stories first, until WALK_STORIES are reached; each step is one question that an index
answers alone. ``$graphLookup``, which asks for the whole way at once, has no bound on its breadth: where it meets a hub it goes
on for a minute and then fails at 100 MB. Where it meets none it is no faster (``docs/querying.md`` has the figures).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from newscrawl.items import Relation, Target

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pymongo.collection import Collection

Document = dict[str, Any]

MAX_DEPTH = 10
WALK_STORIES = 500
"""How many stories a walk reaches at most, in each direction."""


@dataclass(frozen=True, slots=True, order=True)
class Reached:
    """One story that a walk came to, by the shortest way."""

    steps: int
    relation: str
    """Of the last edge on the way."""
    via: str
    """The story at the other end of that edge."""
    key: str


@dataclass(frozen=True, slots=True)
class Walk:
    """Where a walk came to."""

    reached: list[Reached]
    """Nearest first."""
    cut: bool
    """Whether there is more than a walk may reach."""


def walk(
    links: Collection[Document],
    start: Sequence[str],
    *,
    relations: Iterable[Relation],
    depth: int,
    incoming: bool = False,
) -> Walk:
    """Return the stories up to ``depth`` steps from ``start`` over edges of the given relations."""
    here, there = ("to", "from") if incoming else ("from", "to")
    edges = {"relation": {"$in": [Relation(relation).value for relation in relations]}, "target": Target.STORY.value}
    fields = {"_id": 0, here: 1, there: 1, "relation": 1}
    found: dict[str, Reached] = {}
    frontier = list(start)
    for steps in range(1, depth + 1):
        rows = links.find({here: {"$in": frontier}, **edges}, fields)
        step = (Reached(steps, row["relation"], row[here], row[there]) for row in rows)
        reached = _nearest(step, known={*start, *found}, room=WALK_STORIES + 1 - len(found))
        found |= reached
        frontier = list(reached)
        if not frontier or len(found) > WALK_STORIES:
            break
    return Walk(sorted(found.values())[:WALK_STORIES], cut=len(found) > WALK_STORIES)


def _nearest(step: Iterable[Reached], known: set[str], room: int) -> dict[str, Reached]:
    """Return what one step reaches that is not known, as much as there is room for; of several ways to a story the first in order."""
    nearest: dict[str, Reached] = {}
    for reached in step:
        if reached.key not in known:
            nearest[reached.key] = min(reached, nearest.get(reached.key, reached))
        if len(nearest) == room:
            break
    return nearest

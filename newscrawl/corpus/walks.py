"""Walks over the edges: what belongs to a story, so many steps away, in the direction of the links or against it.

``$graphLookup`` walks the whole way in one question. It has no bound on its breadth: where a walk meets a hub it goes on for
a minute and then fails at 100 MB. So it gets a twentieth of a second; a walk that is not done by then is walked step by step,
nearest stories first, until WALK_STORIES are reached. Both ways give the same answer where that bound is not met.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pymongo.errors import ExecutionTimeout, OperationFailure

from newscrawl.items import Relation, Target

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pymongo.collection import Collection

Document = dict[str, Any]

MAX_DEPTH = 10
WALK_STORIES = 500
"""How many stories a walk reaches at most, in each direction."""
WALK_MILLISECONDS = 50
GRAPH_TOO_LARGE = {40099, 146, 292}
"""Error codes of a stage that needs more memory than it may have."""


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
    way = _Way(links, list(start), here, there, edges, depth)
    try:
        found = way.at_once()
    except OperationFailure as error:
        if not isinstance(error, ExecutionTimeout) and error.code not in GRAPH_TOO_LARGE:
            raise
        found = way.step_by_step()
    return Walk(sorted(found)[:WALK_STORIES], cut=len(found) > WALK_STORIES)


@dataclass(frozen=True, slots=True)
class _Way:
    """A walk to be made, and the two ways of making it. Both stop at one story more than a walk may reach."""

    links: Collection[Document]
    start: list[str]
    here: str
    """The end of an edge that is known …"""
    there: str
    """… and the end that is looked for."""
    edges: Document
    """What an edge has to be like."""
    depth: int

    def at_once(self) -> list[Reached]:
        """Return what one ``$graphLookup`` reaches. Raises OperationFailure where that is too much."""
        lookup = {
            "from": self.links.name, "startWith": {"$literal": self.start}, "as": "edge",
            "connectFromField": self.there, "connectToField": self.here, "restrictSearchWithMatch": self.edges,
            "maxDepth": self.depth - 1, "depthField": "steps",
        }  # fmt: skip
        nearest = {"$min": {"steps": "$edge.steps", "relation": "$edge.relation", "via": f"$edge.{self.here}"}}
        pipeline: list[Document] = [
            {"$match": {self.here: {"$in": self.start}, **self.edges}},
            {"$limit": 1},
            {"$graphLookup": lookup},
            {"$unwind": "$edge"},  # the two stages become one, so that no document has to hold all edges
            {"$match": {f"edge.{self.there}": {"$nin": self.start}}},
            {"$group": {"_id": f"$edge.{self.there}", "nearest": nearest}},
            {"$sort": {"nearest": 1, "_id": 1}},
            {"$limit": WALK_STORIES + 1},
        ]
        rows = self.links.aggregate(pipeline, maxTimeMS=WALK_MILLISECONDS)
        ways = ((row["nearest"], row["_id"]) for row in rows)
        return [Reached(way["steps"] + 1, way["relation"], way["via"], key) for way, key in ways]

    def step_by_step(self) -> list[Reached]:
        """Return what a walk reaches that asks for one step after the other."""
        found: dict[str, Reached] = {}
        frontier = self.start
        for steps in range(1, self.depth + 1):
            nearest = self._step(steps, frontier, known={*self.start, *found}, room=WALK_STORIES + 1 - len(found))
            found |= nearest
            frontier = list(nearest)
            if not frontier or len(found) > WALK_STORIES:
                break
        return list(found.values())

    def _step(self, steps: int, frontier: list[str], known: set[str], room: int) -> dict[str, Reached]:
        nearest: dict[str, Reached] = {}
        fields = {"_id": 0, self.here: 1, self.there: 1, "relation": 1}
        for edge in self.links.find({self.here: {"$in": frontier}, **self.edges}, fields):
            reached = Reached(steps, edge["relation"], edge[self.here], edge[self.there])
            if reached.key not in known:
                nearest[reached.key] = min(reached, nearest.get(reached.key, reached))
            if len(nearest) == room:
                break
        return nearest

"""Taking the corpus away: stories with their edges, edges and states, read from the server as they are written out."""

from __future__ import annotations

from collections import defaultdict
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from newscrawl.corpus.columns import EDGE, LINKS, REVISIONS, STORIES
from newscrawl.corpus.finding import searches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pymongo.database import Database

    from newscrawl.corpus.columns import Columns

Document = dict[str, Any]

CHUNK = 500
"""How many stories are in memory at a time."""


def stories(database: Database[Document], text: str | None, asked: Document) -> Iterator[Document]:
    """Yield the stories that match by id, each with all columns of STORIES that are known, ``links`` in the order of the page."""
    for chunk in _chunks(_matching(database, text, asked, STORIES)):
        edges = _edges(database, chunk, EDGE)
        for story in chunk:
            of_story = edges[story["story_id"]]
            yield story | {"links": [{name: edge[name] for name in EDGE if name in edge} for edge in of_story]}


def links(database: Database[Document], text: str | None, asked: Document) -> Iterator[Document]:
    """Yield the edges that start at the stories that match, with the columns of LINKS that are known."""
    for chunk in _chunks(_matching(database, text, asked, {})):
        yield from chain.from_iterable(_edges(database, chunk, LINKS).values())


def revisions(database: Database[Document], text: str | None, asked: Document) -> Iterator[Document]:
    """Yield the states of the stories that match, the first fetched first, with the columns of REVISIONS that are known."""
    fields = dict.fromkeys(REVISIONS, 1) | {"_id": 0}
    for chunk in _chunks(_matching(database, text, asked, {})):
        ids = [story["story_id"] for story in chunk]
        order = [("story_id", 1), ("fetched_at", 1)]
        yield from database.revisions.find({"story_id": {"$in": ids}}, fields).sort(order)


PARTS: dict[str, tuple[Callable[..., Iterator[Document]], Columns]] = {
    "stories": (stories, STORIES),
    "links": (links, LINKS),
    "revisions": (revisions, REVISIONS),
}
"""What can be taken away: how its rows are read, and their columns."""


def _matching(database: Database[Document], text: str | None, asked: Document, columns: Columns) -> Iterator[Document]:
    fields = {name: 1 for name in columns if name not in {"story_id", "links"}} or {"_id": 1}
    for search in searches(database, text, asked):
        # by id, because that order needs no memory; the ranks of a text search mean nothing here
        order = [("_id", 1)]
        for row in database.stories.find(search, fields, batch_size=CHUNK).sort(order).allow_disk_use(True):
            yield {"story_id": row.pop("_id"), **row}


def _edges(database: Database[Document], chunk: Iterable[Document], columns: Columns) -> dict[str, list[Document]]:
    """Return story id -> its edges by position."""
    asked = {"from": {"$in": [story["story_id"] for story in chunk]}}
    edges: dict[str, list[Document]] = defaultdict(list)
    for edge in database.links.find(asked, dict.fromkeys([*columns, "from"], 1) | {"_id": 0}):
        edges[edge["from"]].append(edge)
    return defaultdict(list, {start: sorted(some, key=lambda edge: edge["position"]) for start, some in edges.items()})


def _chunks(rows: Iterator[Document]) -> Iterator[list[Document]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk

"""What lies around stories, as a graph: nodes are stories, edges the links from one to the other."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from newscrawl.corpus.reached import around
from newscrawl.corpus.stories import same_story
from newscrawl.corpus.walks import WALK_STORIES, Reached
from newscrawl.items import Relation, Target

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from networkx import MultiDiGraph
    from pymongo.database import Database

Document = dict[str, Any]

EDGE = (
    "from",
    "to",
    "relation",
    "text",
    "group_title",
    "position",
    "similarity",
    "first_seen_at",
    "last_seen_at",
    "gone_at",
)
"""What a graph tells of an edge."""
NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML document may hold (XML 1.0, production 2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One story of a graph."""

    story_id: str
    headline: str | None = None
    date_published: datetime | None = None
    section: str | None = None
    kind: str | None = None
    page_era: str | None = None
    url: str | None = None
    steps: int = 0
    """Links between it and the nearest start, 0 for a start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """Stories and the links between them. Nodes come nearest first, then by date; edges by their ends and relation."""

    nodes: list[Node]
    edges: list[Document]
    """With the fields of EDGE; those that are not known are absent."""
    missing: int
    """How many stories were reached that the corpus does not hold; they are no nodes."""
    cut: bool
    """Whether there is more around the stories than a graph may hold; the nearest are here."""

    def to_networkx(self) -> MultiDiGraph:
        """Return it as networkx knows graphs: nodes by story id, edges with their relation as key.

        Attributes are those of the nodes and edges that are known, times as ISO 8601 text; ``label`` is the headline, or the
        relation.
        """
        from networkx import MultiDiGraph

        made = MultiDiGraph()
        for node in self.nodes:
            known = _plain(asdict(node))
            made.add_node(node.story_id, label=known.get("headline", node.story_id), **known)
        for edge in self.edges:
            ends = {"from": edge["from"], "to": edge["to"]}
            told = {name: value for name, value in edge.items() if name not in ends}
            made.add_edge(*ends.values(), key=edge["relation"], label=edge["relation"], **_plain(told))
        return made


def graph(
    database: Database[Document],
    starts: Sequence[Document],
    *,
    relations: Iterable[Relation],
    depth: int,
    stories: int = WALK_STORIES,
) -> Graph:
    """Return the stories up to ``depth`` links before or behind the starts, at most so many, and all links between them."""
    relations, ids = list(relations), [key for start in starts for key in same_story(start)]
    near = around(database, ids, relations, depth)
    found = near.found
    nodes = _nodes(starts, found, {key: way for key, (way, _) in near.ways.items()})
    kept = nodes[: max(stories, len(starts))]
    return Graph(
        nodes=kept,
        edges=_edges(database, kept, found, relations),
        missing=near.missing,
        cut=near.cut or len(kept) < len(nodes),
    )


def _nodes(starts: Iterable[Document], found: Mapping[str, Document], ways: Mapping[str, Reached]) -> list[Node]:
    nodes = {start["story_id"]: _node(start, 0) for start in starts}
    for key in sorted(found, key=lambda key: ways[key]):
        nodes.setdefault(found[key]["story_id"], _node(found[key], ways[key].steps))
    return sorted(nodes.values(), key=lambda node: (node.steps, str(node.date_published or ""), node.story_id))


def _node(document: Document, steps: int) -> Node:
    told = ("headline", "date_published", "section", "kind", "page_era", "url")
    return Node(story_id=document["story_id"], steps=steps, **{name: document.get(name) for name in told})


def _edges(
    database: Database[Document], nodes: Iterable[Node], found: Mapping[str, Document], relations: Iterable[Relation]
) -> list[Document]:
    """Return the links from node to node, an end that is known by another id under the node's own."""
    node_of = {key: document["story_id"] for key, document in found.items()} | {
        one.story_id: one.story_id for one in nodes
    }
    kept = {node.story_id for node in nodes}
    keys = [key for key, story_id in node_of.items() if story_id in kept]
    asked = {
        "from": {"$in": keys}, "to": {"$in": keys}, "target": Target.STORY.value,
        "relation": {"$in": [Relation(relation).value for relation in relations]},
    }  # fmt: skip
    rows = database.links.find(asked, dict.fromkeys(EDGE, 1) | {"_id": 0})
    edges = [row | {"from": node_of[row["from"]], "to": node_of[row["to"]]} for row in rows]
    return sorted(edges, key=lambda edge: (edge["from"], edge["to"], edge["relation"]))


def _plain(attributes: Mapping[str, Any]) -> Document:
    """Return attributes as every graph format takes them: times as text, no characters that XML cannot hold."""
    return {name: _as_text(value) for name, value in attributes.items() if value is not None}


def _as_text(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return NOT_IN_XML.sub("", value) if isinstance(value, str) else value

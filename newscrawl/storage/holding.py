"""What the corpus holds of a story: enough to tell whether to ask for it, or the whole of it as an item."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from newscrawl.freshness import Held
from newscrawl.items import (
    Author,
    Block,
    BlockType,
    Image,
    Inset,
    Kind,
    Link,
    Post,
    Relation,
    Story,
    Target,
    Topic,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from pymongo.asynchronous.database import AsyncDatabase

Document = dict[str, Any]

HEAD = {
    "url": 1, "aliases": 1, "kind": 1, "content_hash": 1, "crawl_id": 1, "fetched_at": 1, "date_published": 1,
    "date_modified": 1, "state_since": 1, "content_hashes": {"$slice": 2}, "etag": 1, "last_modified": 1, "gone_at": 1,
}  # fmt: skip

PARTS = {"authors": Author, "topics": Topic, "images": Image, "insets": Inset, "posts": Post}


async def held(database: AsyncDatabase[Document], key: str) -> Held | None:
    """Return what is held of a story under one of its ids, None if nothing."""
    rows = await database.stories.find({"$or": [{"_id": key}, {"also_ids": key}]}, HEAD).to_list()
    rows.sort(key=lambda row: row["_id"] != key)
    return _held(rows[0]) if rows else None


def _held(row: Document) -> Held:
    return Held(
        story_id=row["_id"],
        urls=frozenset({row["url"], *row.get("aliases", ())}),
        kind=Kind(row["kind"]),
        content_hash=row["content_hash"],
        crawl_id=row.get("crawl_id", ""),
        fetched_at=row["fetched_at"],
        changed_at=_changed_at(row),
        date_modified=row.get("date_modified"),
        etag=row.get("etag"),
        last_modified=row.get("last_modified"),
        gone="gone_at" in row,
    )


def _changed_at(row: Document) -> datetime:
    """Return when a story changed last, by its own word and by what was seen; of one without a date only the latter."""
    dates = [row[name] for name in ("date_published", "date_modified") if name in row]
    if "state_since" in row and (not dates or len(row.get("content_hashes", ())) > 1):
        dates.append(row["state_since"])
    at: datetime = min(max(dates, default=row["fetched_at"]), row["fetched_at"])
    return at


async def story(database: AsyncDatabase[Document], story_id: str) -> Story | None:
    """Return a story with the links its page shows, as reading the page had given it; None if it is not held."""
    row = await database.stories.find_one({"_id": story_id})
    if row is None:
        return None
    shown = {"from": story_id, "gone_at": None, "relation": {"$ne": Relation.TWIN.value}}
    edges = await database.links.find(shown).sort("position").to_list()
    return _story(row, edges)


def _story(row: Document, edges: Iterable[Document]) -> Story:
    story: Story = _part(Story, row)
    story.story_id, story.kind = row["_id"], Kind(story.kind)
    story.body = [Block(BlockType(block["type"]), block["text"]) for block in row["body"]]
    for name, kind in PARTS.items():
        setattr(story, name, [_part(kind, part) for part in row.get(name, ())])
    story.links = [_link(edge) for edge in edges]
    return story


def _link(edge: Document) -> Link:
    link: Link = _part(Link, edge)
    link.key, link.relation, link.target = edge["to"], Relation(link.relation), Target(link.target)
    link.story_id = link.key if link.target is Target.STORY else None
    return link


def _part(kind: type[Any], document: Document) -> Any:
    """Return a document as the dataclass it was made of; what it holds beside that is the corpus's own."""
    return kind(**{field.name: document[field.name] for field in fields(kind) if field.name in document})

"""The columns of what is taken out of the corpus, with their types: those of the dataclasses in ``newscrawl.items``."""

from __future__ import annotations

import types
from dataclasses import is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin, get_type_hints

from newscrawl.items import Link, Story

if TYPE_CHECKING:
    import pyarrow as pa

Columns = dict[str, Any]
"""Name -> the Python type of a column's values."""

_STORY, _LINK = get_type_hints(Story), get_type_hints(Link)

CONTENT: Columns = {
    name: _STORY[name]
    for name in (
        "url", "kind", "headline", "summary", "body", "authors", "section", "topics", "language", "images", "insets",
        "posts", "duration", "date_published", "date_published_raw", "date_modified", "date_modified_raw", "page_era",
        "sources", "problems", "extractor_version", "content_hash",
    )
} | {"text": str, "word_count": int}  # fmt: skip
"""What both a story and each of its states have."""

EDGE: Columns = {
    "to": str, "relation": str, "target": str, "url": str, "text": str, "group_title": str, "position": int,
    "similarity": float, "target_updated_at": datetime, "first_seen_at": datetime, "last_seen_at": datetime,
    "gone_at": datetime,
}  # fmt: skip
"""An edge as it stands within the story it starts from."""

STORIES: Columns = {
    "story_id": str, **CONTENT, "also_ids": list[str], "aliases": list[str], "content_hashes": list[str],
    "crawl_id": str, "first_crawl_id": str, "discovered_from": str, "depth": int, "fetched_at": datetime,
    "first_seen_at": datetime, "last_seen_at": datetime, "gone_at": datetime, "state_since": datetime,
    "links": list[EDGE],  # type: ignore[valid-type]  # a struct, see arrow_type
}  # fmt: skip
LINKS: Columns = {"from": str, **EDGE}
INTERVAL: Columns = {"first": datetime, "last": datetime}
REVISIONS: Columns = {
    "story_id": str, **CONTENT, "crawl_id": str, "fetched_at": datetime, "extraction_change": bool,
    "seen": list[INTERVAL],  # type: ignore[valid-type]
}  # fmt: skip

CSV: dict[str, tuple[str, ...]] = {
    "stories": (
        "story_id", "date_published", "date_modified", "section", "kind", "language", "page_era", "headline", "summary",
        "authors", "topics", "word_count", "text", "url", "images", "links", "content_hashes", "first_seen_at",
        "last_seen_at", "fetched_at", "gone_at", "crawl_id",
    ),
    "links": tuple(LINKS),
    "revisions": ("story_id", "fetched_at", "headline", "summary", "word_count", "text", "content_hash", "seen"),
}  # fmt: skip
"""The columns that a table without nesting has."""

_FOUND = ("headline", "summary", "date_published", "section", "page_era", "kind", "language", "word_count", "url")
FOUND: Columns = {"story_id": str, **{name: STORIES[name] for name in _FOUND}, "snippet": str, "score": float}
"""What a search tells of a story."""
LINKED: Columns = {**LINKS, "headline": str, "date_published": datetime}
"""What is told of an edge, with the story at its other end."""


def arrow_schema(columns: Columns) -> pa.Schema:
    """Return columns as Arrow has them: times in milliseconds UTC, lists, structs, string maps; every column may be null."""
    import pyarrow as pa

    return pa.schema([(name, arrow_type(hint)) for name, hint in columns.items()])


@cache
def _scalars() -> dict[type, pa.DataType]:
    import pyarrow as pa

    return {
        str: pa.string(),
        int: pa.int64(),
        float: pa.float64(),
        bool: pa.bool_(),
        datetime: pa.timestamp("ms", "UTC"),
    }


def arrow_type(hint: Any) -> pa.DataType:
    """Return the Arrow type of a Python type."""
    import pyarrow as pa

    if isinstance(hint, dict):
        return pa.struct([(name, arrow_type(one)) for name, one in hint.items()])
    if get_origin(hint) in {Union, types.UnionType}:
        return arrow_type(next(one for one in get_args(hint) if one is not type(None)))
    if get_origin(hint) is list:
        return pa.list_(arrow_type(*get_args(hint)))
    if get_origin(hint) is dict:
        return pa.map_(*map(arrow_type, get_args(hint)))
    if is_dataclass(hint):
        return arrow_type(get_type_hints(hint))
    return _scalars()[str if issubclass(hint, Enum) else hint]

"""Twins: pairs of stories whose texts are nearly the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newscrawl.items import Relation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pymongo.database import Database

Document = dict[str, Any]


def twins(
    database: Database[Document], stories: Sequence[str] | None, *, similarity: float, limit: int
) -> Iterator[Document]:
    """Yield the pairs of twins, the most similar first: ``from``, ``to``, ``similarity`` and ``first_seen_at``.

    ``stories``: only their twins, which then stand in ``to``; None: all pairs, each once. ``similarity``: at least that
    much. ``limit`` 0: all.
    """
    asked: Document = {"relation": Relation.TWIN.value, "gone_at": None, "similarity": {"$gte": similarity}}
    asked |= {"from": {"$in": list(stories)}} if stories else {"$expr": {"$lt": ["$from", "$to"]}}
    order = [("similarity", -1), ("from", 1), ("to", 1)]
    shown = {"_id": 0, "from": 1, "to": 1, "similarity": 1, "first_seen_at": 1}
    yield from database.links.find(asked, shown).sort(order).limit(limit)

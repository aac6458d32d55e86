"""Writes the edges of a batch's pages, and marks those that the pages show no longer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newscrawl.items import Outcome
from newscrawl.storage import documents
from newscrawl.storage.bulk import bulk, insert

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from pymongo import UpdateMany
    from pymongo.asynchronous.database import AsyncDatabase

    from newscrawl.items import Index, Story
    from newscrawl.storage.decisions import Decision
    from newscrawl.storage.records import PageRecord

    Database = AsyncDatabase[dict[str, Any]]


async def write_edges(
    database: Database, batch: Iterable[PageRecord], decisions: Iterable[Decision], now: datetime
) -> None:
    """Write the edges of pages; an older page adds to those that a newer one showed, and does not change them."""
    pages = [record.page for record in batch if record.page and record.visit.outcome is not Outcome.DUPLICATE]
    decided = {id(decision.story): decision for decision in decisions}
    edges = [(page, *edge) for page in pages for edge in documents.first_edges(page).items()]
    stories = {page for page, decision in decided.items() if decision.known is None}
    new = [edge for edge in edges if id(edge[0]) in stories]
    known = [edge for edge in edges if id(edge[0]) not in stories]
    born = [documents.new_edge(*edge, seen_at=now) for edge in new]
    known += [new[index] for index in await insert(database, "links", born)]
    writes = [documents.edge_operation(*edge, seen_at=now) for edge in known]
    overtaken = [known[index] for index in await bulk(database, "links", writes)]
    earlier = [documents.earlier_edge_operation(key, page.fetched_at, seen_at=now) for page, key, _ in overtaken]
    await bulk(database, "links", earlier)
    await bulk(database, "links", [write for page in pages for write in _gone(page, decided.get(id(page)))])


def _gone(page: Story | Index, decision: Decision | None) -> list[UpdateMany]:
    """Return the writes that mark what a page, and the next one that is known, show no longer; none for a new story."""
    if decision and decision.known is None:
        return []
    followed_at = decision.followed_at if decision else None
    start = documents.page_key(page)
    return [documents.gone_operation(start, at) for at in (page.fetched_at, followed_at) if at]

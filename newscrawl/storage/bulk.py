"""Unordered bulks of idempotent writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo.errors import BulkWriteError

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from pymongo.asynchronous.database import AsyncDatabase

Document = dict[str, Any]

DUPLICATE_KEY = 11000


async def bulk(database: AsyncDatabase[Document], collection: str, operations: list[Any]) -> list[int]:
    """Run a bulk; return the indexes of the operations that met a duplicate key: what they say is overtaken or known."""
    return await _duplicates(database[collection].bulk_write(operations, ordered=False)) if operations else []


async def insert(database: AsyncDatabase[Document], collection: str, documents: list[Document]) -> list[int]:
    """Insert documents, at half of the time a bulk of inserts takes; return the indexes of those whose key was there."""
    return await _duplicates(database[collection].insert_many(documents, ordered=False)) if documents else []


async def _duplicates(written: Awaitable[Any]) -> list[int]:
    try:
        await written
    except BulkWriteError as error:
        failed = error.details["writeErrors"]
        if error.details.get("writeConcernErrors") or any(write["code"] != DUPLICATE_KEY for write in failed):
            raise
        return [write["index"] for write in failed]
    return []

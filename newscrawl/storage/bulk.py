"""One unordered bulk of idempotent writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo.errors import BulkWriteError

if TYPE_CHECKING:
    from pymongo.asynchronous.database import AsyncDatabase

DUPLICATE_KEY = 11000


async def bulk(database: AsyncDatabase[dict[str, Any]], collection: str, operations: list[Any]) -> list[int]:
    """Run a bulk; return the indexes of the operations that met a duplicate key: what they say is overtaken or known."""
    if not operations:
        return []
    try:
        await database[collection].bulk_write(operations, ordered=False)
    except BulkWriteError as error:
        failed = error.details["writeErrors"]
        if error.details.get("writeConcernErrors") or any(write["code"] != DUPLICATE_KEY for write in failed):
            raise
        return [write["index"] for write in failed]
    return []

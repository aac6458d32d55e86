"""A lock in the corpus, for what only one process is to do at a time."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from pymongo.errors import ConnectionFailure

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from pymongo.asynchronous.collection import AsyncCollection

    Locks = AsyncCollection[dict[str, Any]]

logger = logging.getLogger(__name__)

LEASE_SECONDS = 15.0
"""How long a lock outlives a process that was killed. A living one renews its lease three times as often."""

LOOK_SECONDS = 0.25
"""Time between two looks at a lock that somebody else holds."""

NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@asynccontextmanager
async def held(locks: Locks, name: str, purpose: str) -> AsyncIterator[None]:
    """Hold the lock ``name``, a document of the collection ``locks``; wait for it, saying for what, where it is taken.

    All times are the server's. A process that was held up for longer than its lease may find that another one has begun
    the same work: what is done under the lock has to bear that.
    """
    owner = f"{socket.gethostname()} process {os.getpid()} {uuid4().hex[:8]}"
    await _acquire(locks, name, owner, purpose)
    renewing = asyncio.create_task(_renew(locks, name, owner))
    try:
        yield
    finally:
        renewing.cancel()
        await locks.delete_one({"_id": name, "owner": owner})


async def _acquire(locks: Locks, name: str, owner: str, purpose: str) -> None:
    free = {"$lt": [{"$ifNull": ["$expires_at", NEVER]}, "$$NOW"]}
    taken = {"_id": name, "owner": owner, "purpose": purpose, "acquired_at": "$$NOW", "expires_at": _lease()}
    take = [{"$replaceWith": {"$cond": [free, taken, "$$ROOT"]}}]
    told = False
    while True:
        holder = await locks.find_one_and_update({"_id": name}, take, upsert=True, return_document=True)
        assert holder
        if holder["owner"] == owner:
            return
        if not told:
            told = True
            logger.info(
                "Waiting for %s, which is %s since %s", holder["owner"], holder["purpose"], holder["acquired_at"]
            )
        await asyncio.sleep(LOOK_SECONDS)


async def _renew(locks: Locks, name: str, owner: str) -> None:
    while True:
        await asyncio.sleep(LEASE_SECONDS / 3)
        with suppress(ConnectionFailure):  # the work itself says it, and the next renewal is soon
            await locks.update_one({"_id": name, "owner": owner}, [{"$set": {"expires_at": _lease()}}])


def _lease() -> dict[str, Any]:
    return {"$add": ["$$NOW", int(LEASE_SECONDS * 1000)]}

"""The beginning of a crawl in the corpus."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from newscrawl.storage.connection import said_in_one_line
from newscrawl.storage.replay import replay
from newscrawl.storage.spool import DEAD_LETTERS, SPOOL, Spool
from newscrawl.storage.store import StoryStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from newscrawl.storage.connection import Server
    from newscrawl.storage.records import PageRecord

logger = logging.getLogger(__name__)


async def open_store(
    server: Server,
    crawl_id: str,
    crawl: dict[str, Any],
    *,
    on_settled: Callable[[PageRecord], None],
    on_lost: Callable[[Exception], None],
    patience: float,
    hopeless: Callable[[], bool],
) -> StoryStore:
    """Return the store of a crawl, once its start (``crawl``: seeds, arguments …) is recorded.

    What outages kept from this corpus is written before, so that a crawl that goes on knows of it. Raises
    StoreUnavailableError.
    """
    store = StoryStore(
        await server.connect_async(),
        server.database,
        crawl_id,
        on_settled=on_settled,
        on_lost=on_lost,
        patience=patience,
        hopeless=hopeless,
        spool=Spool.of(server, SPOOL, crawl_id),
        letters=Spool.of(server, DEAD_LETTERS, crawl_id),
    )
    try:
        with said_in_one_line(server.uri):
            await store.prepare()
            await _replay(server, store)
            await store.begin(crawl)
    except BaseException:
        await store.client.close()
        raise
    return store


async def _replay(server: Server, store: StoryStore) -> None:
    replayed = await replay(server, store.database)
    for line in replayed.told():
        logger.info("%s", line)
    for line in replayed.problems:
        logger.warning("%s", line)

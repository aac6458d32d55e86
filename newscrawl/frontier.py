"""The frontier: the spider middleware that writes every visit when it is decided and settles it when it has ended.

The crawl log in MongoDB is the queue; what stands in memory is a window of it.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from scrapy import Request, signals
from scrapy.exceptions import CloseSpider, DontCloseSpider, DropItem
from scrapy.spidermiddlewares.httperror import HttpError

from newscrawl.archive import ArchiveError
from newscrawl.freshness import UNASKED
from newscrawl.items import Index, Outcome, Story
from newscrawl.refusals import outcome_of
from newscrawl.signals import crawl_begun, visit_settled
from newscrawl.storage import PageRecord, Server, StoreUnavailableError, StoryStore, open_store
from newscrawl.storage.connection import describe

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from newscrawl.items import Visit
    from newscrawl.spiders.story import StorySpider

logger = logging.getLogger(__name__)

STORED_BEFORE = "newscrawl/stored_before"
"""Stat: stories that earlier runs of this crawl stored."""

WINDOW = 1000
"""How many requests may wait in memory; the rest wait in the crawl log."""


class RejectedError(DropItem):
    """An item that is not stored, with the outcome its visit gets."""

    def __init__(self, outcome: Outcome, reason: str) -> None:
        super().__init__(reason, log_level="INFO")
        self.outcome = outcome
        self.reason = reason


class Frontier:
    """Owns the store of one crawl and the visits between request and settlement."""

    store: StoryStore
    server: Server

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._open: dict[str, PageRecord] = {}
        """Pages whose item is in the pipelines, by request key."""
        self._tried: set[str] = set()
        """Keys of requests sent on their way and not settled yet."""
        self._overflow = False
        self._refilling: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Connect the signals by which a visit can end."""
        self = cls(crawler)
        crawler.signals.connect(self.item_dropped, signals.item_dropped)
        crawler.signals.connect(self.item_error, signals.item_error)
        crawler.signals.connect(self.spider_idle, signals.spider_idle)
        crawler.signals.connect(self.spider_closed, signals.spider_closed)
        return self

    # --- the crawl

    @property
    def spider(self) -> StorySpider:
        """The running spider."""
        return cast("StorySpider", self.crawler.spider)

    @property
    def opened(self) -> bool:
        """Whether this run is a crawl: ``scrapy parse``, ``shell`` and ``check`` ask for no visits and leave no trace."""
        return hasattr(self, "store")

    async def open(self) -> None:
        """Open the store and record the start of the crawl. Raises CloseSpider where it is not available."""
        arguments = self.spider.arguments
        try:
            self.server = Server.from_settings(self.crawler.settings)
            self.store = await self._begin()
        except StoreUnavailableError as error:
            logger.error("%s", error)
            raise CloseSpider("store_unavailable") from None
        if arguments.resume:
            await self._take_up()
        counts = await self.store.counts()
        stored = sum(counts.get(outcome.value, 0) for outcome in Outcome if outcome.stored)
        self.crawler.stats.set_value(STORED_BEFORE, stored)
        self.crawler.signals.send_catch_log(crawl_begun, max_stories=arguments.max_stories, stored=stored)

    async def _begin(self) -> StoryStore:
        """Return the store once the start of the crawl is recorded. Raises StoreUnavailableError."""
        spider, arguments = self.spider, self.spider.arguments
        return await open_store(
            self.server,
            arguments.crawl_id,
            {"spider": spider.name, "seeds": list(arguments.seeds), "arguments": arguments.as_given()},
            on_settled=self._settled,
            on_lost=self._lost,
            patience=self.crawler.settings.getfloat("NEWSCRAWL_OUTAGE_LIMIT"),
            hopeless=self._hopeless,
        )

    def _hopeless(self) -> bool:
        """Whether to wait no longer for a server that is away: it will not come back, or the crawl was told to stop."""
        engine = self.crawler.engine
        return self.server.failure is not None or not (engine and engine.running)

    async def _take_up(self) -> None:
        """Learn what the crawl decided before, so that nothing of it is decided again."""
        if self.spider.arguments.retry_failed:
            await self.store.reopen(Outcome.FAILED)
        await self.store.take_keys(self.spider.seen.add)

    async def spider_closed(self, reason: str) -> None:
        """Write what is left and the end of the crawl."""
        if self.opened:
            await self.store.end(reason)
            await self.store.close()
            for name, count in self.store.stats().items():
                self.crawler.stats.set_value(name, count)
        if hasattr(self, "server"):
            self.server.release()

    # --- visits are born

    async def process_start(self, start: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Write the seeds' visits, then let their requests through."""
        requests = [request async for request in start]
        if not all("visit" in request.meta for request in requests):
            for request in requests:
                yield request
            return
        await self.open()
        await self.store.add_pending([request.meta["visit"] for request in requests])
        for request in requests or await self._waiting():
            yield self._watched(request)

    async def process_spider_output(self, response: Response, result: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Keep the visits that a page decided until its item ends, and let its item and requests through."""
        if not self.opened:
            async for output in result:
                yield output
            return
        requests: list[Request] = []
        items: list[Story | Index] = []
        try:
            async for output in result:
                (requests if isinstance(output, Request) else items).append(output)
        except Exception as error:
            await self._end(response.meta["visit"], Outcome.FAILED, f"could not be read: {error!r}")
            raise
        visit: Visit = response.meta["visit"]
        _measure(visit, response)
        await self._settle_redirect(response, visit)
        record = PageRecord(visit, [request.meta["visit"] for request in requests])
        for item in items:
            self._open[visit.request_key] = record
            yield item
        if not items:
            await self.store.add(record)
        for request in requests:
            if self._admit():
                yield self._watched(request)

    async def _settle_redirect(self, response: Response, landed: Visit) -> None:
        """Settle the visit that was redirected; with it the one it led to is born."""
        if asked := response.meta.get("redirected"):
            _measure(asked, response)
            await self.store.add(PageRecord(asked, [landed]))

    def _admit(self) -> bool:
        """Whether one more request fits into the window."""
        fits = len(self._tried) < WINDOW
        self._overflow |= not fits
        return fits

    def _watched(self, request: Request) -> Request:
        self._tried.add(request.meta["visit"].request_key)
        return request.replace(errback=self.request_failed)

    # --- visits end

    def take(self, item: Story | Index) -> PageRecord:
        """Return the record of the page an item was read from, with the item in it; the caller brings it to the store.

        An item that was not asked for, because the corpus holds it, is not written.
        """
        record = self._open.pop(item.request_key or "")
        record.page = None if record.visit.outcome is Outcome.UNCHANGED else item
        return record

    async def request_failed(self, failure: Failure) -> None:
        """Settle the visit of a request that brought no page."""
        if isinstance(failure.value, ArchiveError):
            return  # the response is lost to the archive: the visit stays pending, a resumed crawl fetches it again
        outcome, reason = outcome_of(failure.value)
        visit: Visit = failure.request.meta["visit"]  # type: ignore[attr-defined]  # set by Scrapy
        if isinstance(failure.value, HttpError):  # came as a response: process_spider_output follows and settles it
            visit.outcome, visit.reason = outcome, reason
        else:
            logger.info("No page from %s: %s", visit.url, reason)
            await self._end(visit, outcome, reason)

    async def item_dropped(self, item: Story | Index, exception: DropItem) -> None:
        """Settle the visit of a page whose item a pipeline dropped. Its edges are kept."""
        if not self.opened:
            return
        record = self.take(item)
        if isinstance(exception, RejectedError):
            record.visit.outcome, record.visit.reason = exception.outcome, exception.reason
            if exception.outcome is not Outcome.PENDING:
                await self.store.add(record)

    async def item_error(self, item: Story | Index, failure: Failure) -> None:
        """Settle the visit of a page that a pipeline failed on."""
        record = self._open.pop(item.request_key or "", None)
        if record:
            await self._end(record.visit, Outcome.FAILED, f"could not be processed: {failure.value!r}")

    async def _end(self, visit: Visit, outcome: Outcome, reason: str | None) -> None:
        visit.outcome, visit.reason = outcome, reason
        await self.store.add(PageRecord(visit))

    def _settled(self, record: PageRecord) -> None:
        self._tried.discard(record.visit.request_key)
        self.crawler.stats.inc_value(f"newscrawl/visit/{record.visit.outcome.value}")
        if record.visit.saved:
            self.crawler.stats.inc_value(f"newscrawl/saved/{record.visit.saved}")
        self.crawler.signals.send_catch_log(visit_settled, record=record)
        if self._overflow and len(self._tried) < WINDOW // 2:
            self._refill_soon()

    def _lost(self, error: Exception) -> None:
        reason = self.server.failure or describe(self.server.uri, error)
        logger.error("%s. The crawl ends.", reason)
        engine = self.crawler.engine
        assert engine
        self._closing = asyncio.get_running_loop().create_task(engine.close_spider_async(reason="store_lost"))

    # --- what waits in the crawl log

    def spider_idle(self) -> None:
        """Ask the crawl log for visits that nobody here has tried; the spider closes when there are none."""
        if not self.opened:
            return
        self._refill_soon()
        raise DontCloseSpider

    def _refill_soon(self) -> None:
        if self._refilling is None or self._refilling.done():
            self._refilling = asyncio.get_running_loop().create_task(self._refill())

    async def _refill(self) -> None:
        engine = self.crawler.engine
        assert engine
        await self.store.flush()
        requests = await self._waiting()
        for request in requests:
            engine.crawl(self._watched(request))
        if self.store.lost is None and not requests and engine.spider_is_idle():
            await engine.close_spider_async(reason="finished")

    async def _waiting(self) -> list[Request]:
        """Return requests for pending visits that nobody here has tried, as many as the window has room for."""
        visits = await self.store.pending(WINDOW - len(self._tried), skip=self._tried.__contains__)
        self._overflow = bool(visits)
        return [self.spider.request(visit) for visit in visits]


def _measure(visit: Visit, response: Response) -> None:
    if UNASKED in response.flags:
        return
    visit.http_status, visit.bytes = response.status, len(response.body)
    latency = response.meta.get("download_latency")
    visit.milliseconds = None if latency is None else round(latency * 1000)
    visit.archive_record = response.meta.get("archive_record")
    visit.answered_at = response.meta.get("archive_date") or datetime.now(UTC)
    visit.reason = visit.reason or response.meta.get("shown")

"""Downloader middlewares: nothing but the site's hosts is requested, and nothing that robots.txt bars."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from scrapy import Request, signals
from scrapy.downloadermiddlewares.offsite import OffsiteMiddleware
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached
from scrapy.utils.misc import build_from_crawler

from newscrawl.refusals import DOWNLOAD_ERRORS, BarredError, OffSiteError, RobotsUnknownError, in_words

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Spider
    from scrapy.crawler import Crawler
    from scrapy.robotstxt import RobotParser

logger = logging.getLogger(__name__)

SERVER_ERROR = 500


class RobotsMiddleware(RobotsTxtMiddleware):
    """Scrapy's own, with three differences.

    Where robots.txt cannot be had, because its server fails or is silent, nothing is fetched from that host (RFC 9309,
    2.3.1.4); Scrapy would fetch everything. All requests that wait for one robots.txt are told what it says; in Scrapy
    2.19 only the first is. And a failure is one line in the log instead of a traceback.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._asked: dict[str, asyncio.Task[RobotParser]] = {}

    async def robot_parser(self, request: Request) -> RobotParser:
        """Return what the host's robots.txt says. Raises RobotsUnknownError."""
        url = urlparse_cached(request)
        if url.netloc not in self._asked:
            self._asked[url.netloc] = asyncio.create_task(self._ask(f"{url.scheme}://{url.netloc}/robots.txt"))
        return await self._asked[url.netloc]

    async def _ask(self, address: str) -> RobotParser:
        request = Request(
            address, callback=NO_CALLBACK, priority=self.DOWNLOAD_PRIORITY, meta={"dont_obey_robotstxt": True}
        )
        assert self.crawler.engine
        try:
            response = await self.crawler.engine.download_async(request)
        except IgnoreRequest:  # it leads to another site: then there is none
            return self._parser(b"")
        except tuple(DOWNLOAD_ERRORS) as error:
            raise self._unknown(address, in_words(error)) from error
        if response.status >= SERVER_ERROR:
            raise self._unknown(address, f"the server answered {response.status}")
        return self._parser(response.body)

    def _parser(self, body: bytes) -> RobotParser:
        return build_from_crawler(self._parserimpl, self.crawler, body)

    def _unknown(self, address: str, reason: str) -> RobotsUnknownError:
        error = RobotsUnknownError(f"{address} cannot be had, so nothing is fetched from there: {reason}")
        logger.warning("%s", error)
        return error

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        """Raise BarredError for a request that robots.txt bars."""
        try:
            super().process_request_2(rp, request)
        except IgnoreRequest as error:
            raise BarredError(str(error)) from None


@runtime_checkable
class SiteSpider(Protocol):
    """A spider that knows its site; ``scrapy shell`` runs others."""

    def may_fetch(self, url: str) -> bool:
        """Return whether an address is on the spider's site."""


class SiteOnlyMiddleware(OffsiteMiddleware):
    """Scrapy's own, with three differences.

    It decides by the spider's site; it has no back door (``dont_filter`` is set on every retried request, and its
    redirects would inherit it); and it refuses a request where it is downloaded, not where it is scheduled, because a
    request dropped by the scheduler ends nowhere and its visit would stay pending.
    """

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the middleware, without listening to request_scheduled."""
        self = cls(crawler.stats)
        self.crawler = crawler
        crawler.signals.connect(self.spider_opened, signal=signals.spider_opened)
        return self

    def process_request(self, request: Request, spider: Spider | None = None) -> None:
        """Raise OffSiteError for a request to another site."""
        assert self.crawler.spider
        if not self.should_follow(request, self.crawler.spider):
            self.stats.inc_value("offsite/filtered")
            raise OffSiteError(f"{request.url} is on another site")

    def should_follow(self, request: Request, spider: Spider) -> bool:
        """Return whether the spider may fetch the address."""
        return not isinstance(spider, SiteSpider) or spider.may_fetch(request.url)

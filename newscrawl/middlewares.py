"""Downloader middlewares: nothing but the site's hosts is requested, and nothing that robots.txt bars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from scrapy import signals
from scrapy.downloadermiddlewares.offsite import OffsiteMiddleware
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.defer import Deferred

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request, Spider
    from scrapy.crawler import Crawler
    from scrapy.robotstxt import RobotParser


class RobotsMiddleware(RobotsTxtMiddleware):
    """Scrapy's own, mended: of several requests that wait for one robots.txt only the first is told what it says.

    They all await one Deferred, whose result the first waiter consumes (Scrapy 2.19); the others would get None, which
    means "everything is allowed".
    """

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """Return what the host's robots.txt says, None if it has none."""
        await super().robot_parser(request)
        parser = self._parsers[urlparse_cached(request).netloc]
        return None if isinstance(parser, Deferred) else parser


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
        """Raise IgnoreRequest for a request to another site."""
        assert self.crawler.spider
        if not self.should_follow(request, self.crawler.spider):
            self.stats.inc_value("offsite/filtered")
            raise IgnoreRequest(f"{request.url} is on another site")

    def should_follow(self, request: Request, spider: Spider) -> bool:
        """Return whether the spider may fetch the address."""
        return not isinstance(spider, SiteSpider) or spider.may_fetch(request.url)

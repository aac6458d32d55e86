"""Downloader middleware: nothing but the site's hosts is ever requested."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from scrapy import signals
from scrapy.downloadermiddlewares.offsite import OffsiteMiddleware
from scrapy.exceptions import IgnoreRequest

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request, Spider
    from scrapy.crawler import Crawler


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

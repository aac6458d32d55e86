"""One page through Scrapy's own machinery: robots.txt, redirects, retries, and the archive where one is replayed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from scrapy import Request, Spider
from scrapy.utils.datatypes import SequenceExclude

from newscrawl.refusals import in_words

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from scrapy.http import Response
    from twisted.python.failure import Failure

    from newscrawl.sites import Site


class PageFetcher(Spider):
    """Fetches one page of a site and keeps it, whatever its status; nothing is stored, no link followed."""

    name = "page_fetcher"
    custom_settings: ClassVar[dict[str, Any]] = {  # type: ignore[misc]
        "ITEM_PIPELINES": {},
        "SPIDER_MIDDLEWARES": {},
        "EXTENSIONS": {"scrapy.extensions.logstats.LogStats": None},
    }
    response: Response | None = None
    failure: str | None = None
    """Why there is no response."""

    def __init__(self, url: str, site: Site, allow_private: bool) -> None:
        super().__init__()
        self.url, self.site, self.allow_private = url, site, allow_private

    async def start(self) -> AsyncIterator[Request]:
        """Yield the one request."""
        every_page = {"handle_httpstatus_list": SequenceExclude(range(300, 400))}
        yield Request(self.url, callback=self.parse, errback=self.failed, meta=every_page)

    def parse(self, response: Response, **kwargs: Any) -> None:
        """Keep the page."""
        self.response = response

    def failed(self, failure: Failure) -> None:
        """Keep the reason."""
        assert failure.value
        self.failure = in_words(failure.value)

    def may_fetch(self, url: str) -> bool:
        """Return whether an address is on the site."""
        return self.site.owns(url, allow_private=self.allow_private)

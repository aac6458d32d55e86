"""The downloader middleware that asks once more, in the browser, for a page that shows nothing without one."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from scrapy.http import HtmlResponse

from newscrawl.browser.need import Need, needed
from newscrawl.page import Page
from newscrawl.sites import site_for

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger(__name__)

LACKS = {
    Need.NO_BODY: "the page as sent has no body",
    Need.CONSENT: "the page as sent only asks for consent",
}
OK = 200


class BrowserMiddleware:
    """Stands where bodies are decoded and redirects followed; the page's visit knows nothing of the second request.

    ``request.meta`` of a page shown in the browser gets ``shown``: that it was, and why, in words.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._stats = crawler.stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the middleware."""
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Return the response, or the same request for the browser. It is asked for one page once."""
        if "playwright" in request.meta or response.status != OK or not isinstance(response, HtmlResponse):
            return response
        site = site_for(response.url, allow_private=True)
        why = needed(Page(response.body, response.url, _content_type(response)), site) if site else None
        if why is None:
            return response
        self._stats.inc_value(f"newscrawl/browser/{why.value}")
        logger.info("Showing %s in a browser: %s", response.url, LACKS[why])
        # how long a page takes to build itself says nothing about how busy its server is
        more = {
            "playwright": True,
            "shown": f"shown in a browser: {LACKS[why]}",
            "autothrottle_dont_adjust_delay": True,
        }
        return request.replace(meta=request.meta | more, dont_filter=True)


def _content_type(response: Response) -> str | None:
    value = response.headers.get("Content-Type")
    return value.decode("latin-1") if value else None

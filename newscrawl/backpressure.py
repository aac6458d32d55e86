"""Keeps a crawl from running ahead of its store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.frontier import Frontier

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler


class BackPressureMiddleware:
    """Holds requests back while the store has no room.

    Scrapy itself holds back only when the responses in hand exceed 5 MB, which may be thousands of small pages. So a
    crash can lose what the store has in hand and what was on its way, and while the database is away a crawl does not grow.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the middleware of a crawler."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Wait until the store has room for what the request may bring."""
        frontier = self.crawler.get_spider_middleware(Frontier)
        if frontier and frontier.opened:
            await frontier.store.room()

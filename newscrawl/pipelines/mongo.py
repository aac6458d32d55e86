"""Brings each page's record to the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.frontier import Frontier
from newscrawl.items import Outcome, Story

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

    from newscrawl.items import Index


class MongoPipeline:
    """The last step: what arrives here is written. Waits while the store has no room, which slows the crawl down."""

    frontier: Frontier

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the pipeline of a crawler."""
        return cls(crawler)

    def open_spider(self) -> None:
        """Find the frontier, which holds the store."""
        frontier = self.crawler.get_spider_middleware(Frontier)
        assert frontier
        self.frontier = frontier

    async def close_spider(self) -> None:
        """Write what is left, so that every visit is settled before the crawl's end is told."""
        if self.frontier.opened:
            await self.frontier.store.flush()

    async def process_item(self, item: Story | Index) -> Story | Index:
        """Return the item after its page was handed to the store; without a crawl (``scrapy parse``) there is none."""
        if not self.frontier.opened:
            return item
        record = self.frontier.take(item)
        if isinstance(item, Story):
            record.store_story = True
        else:
            record.visit.outcome = Outcome.INDEX
        await self.frontier.store.add(record)
        return item

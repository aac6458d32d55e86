"""Keeps to ``max_stories``: a slot is reserved before a story is written and given back if it was not stored."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

from newscrawl.frontier import RejectedError
from newscrawl.items import Outcome, Story
from newscrawl.signals import crawl_begun, visit_settled

if TYPE_CHECKING:
    from typing import Self

    from scrapy.core.engine import ExecutionEngine
    from scrapy.crawler import Crawler

    from newscrawl.items import Index
    from newscrawl.storage import PageRecord


class BudgetPipeline:
    """Lets exactly ``max_stories`` stories be stored, then closes the spider."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.max_stories = sys.maxsize
        self.reserved = 0
        self.stored = 0
        self._closing: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Listen for what came of each story."""
        self = cls(crawler)
        crawler.signals.connect(self.crawl_begun, crawl_begun)
        crawler.signals.connect(self.visit_settled, visit_settled)
        return self

    @property
    def _engine(self) -> ExecutionEngine:
        assert self.crawler.engine
        return self.crawler.engine

    def crawl_begun(self, max_stories: int, stored: int) -> None:
        """Take the budget, less what earlier runs of the crawl stored."""
        self.max_stories, self.reserved, self.stored = max_stories, stored, stored

    def process_item(self, item: Story | Index) -> Story | Index:
        """Return the item. Raises RejectedError where the budget is used up; the visit stays pending."""
        if isinstance(item, Story):
            if self.reserved >= self.max_stories:
                raise RejectedError(Outcome.PENDING, "max_stories is reached")
            self.reserved += 1
            if self.reserved >= self.max_stories:  # nothing is fetched that could not be stored
                self._engine.pause()
        return item

    def visit_settled(self, record: PageRecord) -> None:
        """Count a stored story, or give its slot back."""
        if not record.store_story:
            return
        if not record.visit.outcome.stored:
            self.reserved -= 1
            self._engine.unpause()
            return
        self.stored += 1
        if self.stored >= self.max_stories and self._closing is None:
            close = self._engine.close_spider_async(reason="max_stories")
            self._closing = asyncio.get_running_loop().create_task(close)

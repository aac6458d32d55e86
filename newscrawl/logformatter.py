"""One log line an event, without the whole item in it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from scrapy import logformatter

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.http import Response
    from scrapy.logformatter import LogFormatterResult
    from twisted.python.failure import Failure


class LogFormatter(logformatter.LogFormatter):
    """Scrapy's log formatter, but an item is named, not printed: a story has 10-50 kB."""

    def scraped(self, item: Any, response: Response | Failure | None, spider: Spider) -> LogFormatterResult:
        """Log that an item was scraped."""
        return {"level": logging.DEBUG, "msg": "Scraped %(url)s", "args": {"url": item.url}}

    def dropped(
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        """Log that a pipeline dropped an item, and why."""
        return {"level": logging.INFO, "msg": "Dropped %(url)s: %(why)s", "args": {"url": item.url, "why": exception}}

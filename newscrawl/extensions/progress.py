"""What a user sees while a crawl runs: a bar on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import logging
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING, Protocol

from scrapy import signals
from scrapy.exceptions import NotConfigured
from scrapy.utils.asyncio import create_looping_call

from newscrawl.items import Outcome
from newscrawl.signals import crawl_begun, visit_settled

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

    from newscrawl.storage import PageRecord

logger = logging.getLogger(__name__)

FAILURES = frozenset({Outcome.HTTP_ERROR, Outcome.FAILED, Outcome.REJECTED})
LINE_SECONDS = 30


class Tally:
    """What has come of the visits of this process so far."""

    def __init__(self, max_stories: int, stored_before: int = 0) -> None:
        self.max_stories = max_stories
        self.stored_before = stored_before
        self.outcomes: Counter[Outcome] = Counter()
        self.waiting = 0
        self._started = time.monotonic()

    @property
    def stored(self) -> int:
        """Stories that count towards max_stories."""
        return self.stored_before + sum(count for outcome, count in self.outcomes.items() if outcome.stored)

    @property
    def rate(self) -> float:
        """Pages per second since the start."""
        return self.outcomes.total() / max(time.monotonic() - self._started, 0.001)

    def __str__(self) -> str:
        failed = ", ".join(
            f"{count} {outcome}" for outcome, count in sorted(self.outcomes.items()) if outcome in FAILURES
        )
        return f"{self.rate:.1f} pages/s, {self.waiting} waiting, {failed or 'none failed'}"


class View(Protocol):
    """Something that shows a tally."""

    seconds: float

    def show(self, tally: Tally) -> None:
        """Show how it stands."""

    def close(self) -> None:
        """Leave the screen as it was."""


class Lines:
    """Log lines, for files, pipes and Scrapyd."""

    seconds: float = LINE_SECONDS

    def show(self, tally: Tally) -> None:
        """Log one line."""
        logger.info("%d of at most %d stories, %s", tally.stored, tally.max_stories, tally)

    def close(self) -> None:
        """Do nothing."""


class ProgressExtension:
    """Keeps a tally of settled visits and shows it at intervals."""

    view: View

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.tally = Tally(0)
        self._showing = create_looping_call(self._show)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Connect the signals. Raises NotConfigured where ``NEWSCRAWL_PROGRESS`` turns it off."""
        if not crawler.settings.getbool("NEWSCRAWL_PROGRESS"):
            raise NotConfigured
        self = cls(crawler)
        crawler.signals.connect(self.crawl_begun, crawl_begun)
        crawler.signals.connect(self.visit_settled, visit_settled)
        crawler.signals.connect(self.spider_closed, signals.spider_closed)
        return self

    def crawl_begun(self, max_stories: int, stored: int) -> None:
        """Begin to show."""
        self.tally = Tally(max_stories, stored)
        self.view = _view()
        self._showing.start(self.view.seconds, now=False)

    def visit_settled(self, record: PageRecord) -> None:
        """Count."""
        self.tally.outcomes[record.visit.outcome] += 1

    def spider_closed(self) -> None:
        """Show how it ended."""
        if self._showing.running:
            self._showing.stop()
            self._show()
            self.view.close()

    def _show(self) -> None:
        engine = self.crawler.engine
        if engine and engine.scheduler:
            self.tally.waiting = len(engine.scheduler)  # type: ignore[arg-type]
        self.view.show(self.tally)


def _view() -> View:
    """Return a bar where there is a terminal that can show one."""
    if sys.stderr.isatty():
        from rich.console import Console

        from newscrawl.extensions.bar import Bar

        console = Console(stderr=True)
        if console.is_interactive:
            return Bar(console)
    return Lines()

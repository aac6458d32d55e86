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
from scrapy.utils.log import get_scrapy_root_handler

from newscrawl.items import Outcome
from newscrawl.signals import crawl_begun, visit_settled

if TYPE_CHECKING:
    from typing import Self

    from rich.progress import Progress
    from scrapy.crawler import Crawler

    from newscrawl.storage import PageRecord

logger = logging.getLogger(__name__)

FAILURES = frozenset({Outcome.HTTP_ERROR, Outcome.FAILED, Outcome.REJECTED})
LINE_SECONDS = 30
BAR_SECONDS = 0.25


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


class Bar:
    """A progress bar. While it stands, log lines go through its console: two writers on one terminal garble both."""

    seconds: float = BAR_SECONDS

    def __init__(self, level: int) -> None:
        from rich.console import Console
        from rich.logging import RichHandler
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        console = Console(stderr=True)
        columns = (
            TextColumn("stories"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}"),
        )
        self.progress: Progress = Progress(*columns, console=console, transient=True)
        self.task = self.progress.add_task("")
        self.replaced = get_scrapy_root_handler()
        self.handler = RichHandler(level, console=console, show_path=False)
        self._swap(self.replaced, self.handler)
        self.progress.start()

    def show(self, tally: Tally) -> None:
        """Move the bar."""
        self.progress.update(self.task, description=str(tally), completed=tally.stored, total=tally.max_stories)

    def close(self) -> None:
        """Take the bar away and give the log back to Scrapy's handler."""
        self.progress.stop()
        self._swap(self.handler, self.replaced)

    @staticmethod
    def _swap(old: logging.Handler | None, new: logging.Handler | None) -> None:
        if old:
            logging.root.removeHandler(old)
        if new:
            logging.root.addHandler(new)


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
        settings = self.crawler.settings
        self.tally = Tally(max_stories, stored)
        on_terminal = sys.stderr.isatty() and settings.getbool("LOG_ENABLED") and not settings["LOG_FILE"]
        self.view = Bar(logging.getLevelName(settings["LOG_LEVEL"])) if on_terminal else Lines()
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

"""A crawl run from the command line: its summary and its exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.cli import Exit
from newscrawl.freshness import Saved
from newscrawl.frontier import STORED_BEFORE
from newscrawl.items import Outcome
from newscrawl.spiders.story import StorySpider
from newscrawl.storage.store import LOST, REFUSED, SPOOLED, UNWRITTEN
from newscrawl.summary import kept_back, next_commands, saved_line, visits_table

if TYPE_CHECKING:
    from scrapy.crawler import Crawler, CrawlerProcessBase

INTERRUPTED = "shutdown"
"""Scrapy's finish reason after SIGINT or SIGTERM."""

NEVER_BEGUN = frozenset({None, "store_unavailable"})
UNWRITABLE = NEVER_BEGUN | {"store_lost", "archive_failed"}
"""Finish reasons of a crawl that could not write."""


def run(process: CrawlerProcessBase, crawler: Crawler, given: dict[str, str]) -> Exit:
    """Run a crawl to its end, say what came of it, and return the exit code."""
    process.crawl(crawler, **given)
    process.start()
    code = exit_code(crawler)
    begun = crawler.stats and crawler.stats.get_value("finish_reason") not in NEVER_BEGUN
    if begun and isinstance(crawler.spider, StorySpider):
        _summarise(crawler.spider, crawler, code)
    return code


def _summarise(spider: StorySpider, crawler: Crawler, code: Exit) -> None:
    """Print what came of the crawl, to standard error: standard output may be a feed."""
    from rich.console import Console

    assert crawler.stats
    arguments = spider.arguments
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    if code == Exit.INTERRUPTED:
        stored = "" if crawler.stats.get_value(LOST) else "; all that was fetched is stored"
        console.print(f"scrapy crawl: interrupted{stored} under crawl {arguments.crawl_id}")
    counts = {one.value: crawler.stats.get_value(f"newscrawl/visit/{one.value}", 0) for one in Outcome}
    console.print(visits_table(counts) if any(counts.values()) else "no page was fetched")
    if saved := saved_line({way: crawler.stats.get_value(f"newscrawl/saved/{way}", 0) for way in Saved}):
        console.print(saved)
    console.print(f"crawl {arguments.crawl_id} in database {crawler.settings['MONGO_DATABASE']}")
    for line in kept_back(*(crawler.stats.get_value(name, 0) for name in (SPOOLED, UNWRITTEN, REFUSED))):
        console.print(line)
    commands = next_commands(
        arguments.crawl_id,
        seed_id=spider.site.story_id(arguments.seeds[0]) if code == Exit.OK else None,
        resumed_by=spider.name if code in {Exit.INTERRUPTED, Exit.STORE_UNAVAILABLE} else None,
    )
    for command in commands:
        console.print(f"  {command}")


def exit_code(crawler: Crawler) -> Exit:
    """Return what a finished crawl's exit code is, by how it ended and what was stored."""
    reason = crawler.stats.get_value("finish_reason") if crawler.stats else None
    if reason == INTERRUPTED:
        return Exit.INTERRUPTED
    if reason in UNWRITABLE or (crawler.stats and crawler.stats.get_value(LOST)):
        return Exit.STORE_UNAVAILABLE
    stored = [crawler.stats.get_value(f"newscrawl/visit/{one.value}", 0) for one in Outcome if one.stored]
    return Exit.OK if any(stored) or crawler.stats.get_value(STORED_BEFORE) else Exit.NOTHING_STORED
